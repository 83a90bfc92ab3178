// What happens when something in the list is pressed. The list listens once; nodes say what they are by data-act.
import { $ } from "../dom.js";
import { nameOf } from "../format.js";
import * as api from "../api.js";
import { begin, isBusy } from "../interactions.js";
import { findComponent } from "../render/components.js";
import { key, valuesOf } from "../render/select-label.js";
import { channel, commandsHere, emit, findMessage, isDm, mayWrite, state, user } from "../store.js";
import { emojiPicker } from "../composer/emoji-picker.js";
import { lightbox } from "../ui/lightbox.js";
import { menu } from "../ui/menu.js";
import { openSelect } from "../ui/select-menu.js";
import { toast, copy } from "../ui/toast.js";
import { showMessage } from "./list.js";
import { profile } from "./profile.js";

/** Send a press or a choice; what comes back is shown by the list (busy, failed) and by the modal. */
export function interact(message, component, values) {
  if (isBusy(message.id, component.custom_id)) return;
  if (state.failures.delete(message.id)) emit("redraw", message.id);
  const body = { message_id: message.id, custom_id: component.custom_id, ...(values ? { values } : {}) };
  begin(() => api.press(body), {
    kind: "component", title: component.label ?? component.custom_id, channelId: message.channel_id, messageId: message.id,
    customId: component.custom_id,
  });
}

/** Run a message or user command of an app. */
export function runContextCommand(item, targetId) {
  const body = { channel_id: state.channelId, command_id: item.id, options: [], target_id: targetId };
  const go = () => begin(() => api.runCommand(body), { kind: "command", title: item.name, channelId: state.channelId, again: go });
  go();
}

const ACTS = {
  press(el, message) {
    const component = findComponent(message.components, el.dataset.customId);
    if (component) interact(message, component);
  },
  select(el, message) {
    const component = findComponent(message.components, el.dataset.customId);
    if (!component) return;
    openSelect(component, el, valuesOf(component, message.id), (values) => {
      state.chosen.set(key(message.id, component.custom_id), values);
      emit("redraw", message.id);
      interact(message, component, values);
    });
  },
  picture(el) {
    if (el.classList.contains("spoiler-media") && !el.dataset.uiRevealed) el.dataset.uiRevealed = "yes";
    else if (el.tagName === "BUTTON") lightbox(el);
  },
  reveal: (el) => { el.dataset.uiRevealed = "yes"; },
  spoiler: (el) => { el.dataset.uiRevealed = el.dataset.uiRevealed ? "" : "yes"; },
  jump(el) {
    if (!showMessage(el.dataset.id)) toast("That message is further up. Scroll up to load it.");
  },
  reply: (_, message) => emit("reply", message),
  menu: (el, message) => messageMenu(message, el, "end"),
  react: (el, message) => react(message, el.dataset.emoji, el.dataset.mine !== "yes"),
  dismiss(_, message) {
    state.dismissed.add(message.id);
    emit("dismissed", message);
  },
  profile: (el) => profile(el.dataset.id, el),
  try: (el) => emit("try", { name: el.dataset.name, id: el.dataset.id }),
  "mention-user": (el) => profile(el.dataset.id, el),
  "mention-channel": (el) => emit("open-channel", el.dataset.id),
};

export function mountActions() {
  const area = $("#scroller");
  const messageOf = (el) => findMessage(el.closest("[data-message-id]")?.dataset.messageId);
  area.addEventListener("click", (event) => {
    const el = event.target.closest("[data-act]");
    if (!el || !ACTS[el.dataset.act]) return;
    ACTS[el.dataset.act](el, messageOf(el));
  });
  area.addEventListener("keydown", (event) => {
    const el = event.target.closest("[role=button][data-act]");
    if (el && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      el.click();
    }
  });
  area.addEventListener("contextmenu", (event) => {
    const message = messageOf(event.target);
    // Links and selected text keep the browser's own menu.
    if (!message || event.target.closest("a") || getSelection()?.toString()) return;
    event.preventDefault();
    messageMenu(message, { x: event.clientX, y: event.clientY });
  });
}

function textOf(message) {
  const parts = [message.content];
  const walk = (list) => list?.forEach((c) => { if (c.type === 10) parts.push(c.content); walk(c.components); });
  walk(message.components);
  return parts.filter(Boolean).join("\n");
}

const tell = (error) => toast(error.message, { tone: "trouble" });
const react = (message, emoji, add) => api.react(message, emoji, add).catch(tell);

// Discord writes custom emoji in reactions as name:id.
function addReaction(message, anchor) {
  emojiPicker(anchor, (text) => {
    const own = /^:(\w+):$/.exec(text)?.[1];
    const found = own && state.guild.emojis.find((e) => e.name === own);
    react(message, found ? `${found.name}:${found.id}` : text, true);
  }, "below");
}

function mayDelete(message) {
  return message.author.id === state.me || channel(message.channel_id)?.may?.delete_others === true;
}

function messageMenu(message, anchor, align = "start") {
  const apps = commandsHere(3);
  const here = channel()?.may ?? {};
  const text = textOf(message);
  const ephemeral = message.flags & 64;
  menu([
    ephemeral || !mayWrite() ? null : { label: "Reply", icon: "reply", run: () => emit("reply", message) },
    ephemeral || here.react === false ? null : { label: "Add reaction", icon: "smile", run: () => addReaction(message, anchor) },
    text ? { label: "Copy text", icon: "copy", run: () => copy(text, "Text") } : null,
    { label: "Copy message ID", icon: "id", run: () => copy(message.id, "Message ID") },
    ephemeral ? { label: "Dismiss", icon: "close", run: () => ACTS.dismiss(null, message) } : null,
    !ephemeral && mayDelete(message) ? { label: "Delete message", icon: "trash", danger: true, testid: "delete-message", run: () => api.deleteMessage(message).catch(tell) } : null,
    ...(apps.length && !ephemeral ? [{ heading: "Apps" }, ...apps.map((c) => ({ label: c.name, icon: "app", testid: "app-command", run: () => runContextCommand(c, message.id) }))] : []),
  ], anchor, { label: `Actions for the message of ${nameOf(message.author)}`, align });
}

/** User commands and copying, for names in the members list and on messages. */
export function userMenu(id, anchor) {
  const apps = commandsHere(2);
  const who = user(id);
  menu([
    isDm() ? null : { label: `Mention ${nameOf(who)}`, icon: "at", run: () => emit("insert", `<@${id}> `) },
    { label: "Copy user ID", icon: "id", run: () => copy(id, "User ID") },
    ...(apps.length ? [{ heading: "Apps" }, ...apps.map((c) => ({ label: c.name, icon: "app", testid: "app-command", run: () => runContextCommand(c, id) }))] : []),
  ], anchor, { label: `Actions for ${nameOf(who)}` });
}

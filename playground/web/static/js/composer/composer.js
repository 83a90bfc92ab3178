// Where one types: plain messages (reply, files, emoji) and, after "/", commands.
import { $, h } from "../dom.js";
import * as api from "../api.js";
import { nameOf } from "../format.js";
import { icon } from "../icons.js";
import { begin } from "../interactions.js";
import { channel, commandsHere, isDm, mayWrite, on, state } from "../store.js";
import { focusLastMessage, stick } from "../chat/list.js";
import { dropZone, preview, withinLimit } from "../ui/file-field.js";
import { Listbox } from "../ui/listbox.js";
import { toast } from "../ui/toast.js";
import { CommandForm } from "./command-form.js";
import { emojiPicker } from "./emoji-picker.js";
import { suggestions, toWire } from "./suggest.js";
import { entries, search } from "./values.js";

const MOST_CHARACTERS = 2000;
const MOST_FILES = 10;
const drafts = new Map(); // channel id → {text, files}, what was not sent there
let area, panel, slot, tray, replyBar, trouble;
let form = null; // the command being filled in
let picker = null; // {list, accept(item)} while a list stands over the plain text
let reply = null;
let files = [];

export function mountComposer() {
  [area, panel, slot, tray, replyBar, trouble] = ["textarea", "#panel", "#slot", "#tray", "#replybar", "#trouble"].map((s) => $(s, $("#composer")));
  const fileInput = $("#upload");
  $("#add").append(icon("plus"));
  $("#emoji").append(icon("smile", 22));
  $("#send").append(icon("send"));
  $("#add").addEventListener("click", () => fileInput.click());
  fileInput.addEventListener("change", () => { takeFiles([...fileInput.files]); fileInput.value = ""; });
  $("#emoji").addEventListener("click", () => emojiPicker($("#emoji"), insert));
  $("#send").addEventListener("click", send);
  area.addEventListener("input", () => { grow(); look(); });
  area.addEventListener("keydown", onKey);
  area.addEventListener("blur", () => setTimeout(() => document.activeElement !== area && !form && closePanel(), 120));
  area.addEventListener("focus", look);
  $("#composer").addEventListener("keydown", (event) => event.key === "Escape" && escape(event));
  $("#composer").addEventListener("paste", (event) => {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    takeFiles([...event.clipboardData.files]);
  });
  dropZone($("#main"), takeFiles);
  document.addEventListener("keydown", typeAnywhere);
  on("reply", setReply);
  on("insert", insert);
  on("try", startCommand);
}

// Letters typed while nothing has the focus go to the composer, as people expect of a chat.
function typeAnywhere(event) {
  const free = ["BODY", "LI", "MAIN"].includes(document.activeElement?.tagName ?? "BODY") || document.activeElement?.matches?.(".msg *");
  if (!free || event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey || event.key === " " || document.querySelector("dialog[open]")) return;
  focusComposer();
}

export function focusComposer() {
  if (form) form.focus();
  else area.focus({ preventScroll: true });
}

/** Another channel: keep what was typed in the last one. */
export function composerFor(previousId) {
  if (previousId) drafts.set(previousId, { text: form ? "" : area.value, files });
  const draft = drafts.get(state.channelId);
  files = draft?.files ?? [];
  leaveCommand(draft?.text ?? "", false);
  drawTray();
  setReply(null);
  const here = channel();
  const where = isDm(here) ? `@${nameOf(state.bot.user)}` : `#${here?.name ?? ""}`;
  area.placeholder = innerWidth < 600 ? "Type / for commands" : `Message ${where}, or type / for commands`;
  area.setAttribute("aria-label", `Message ${where}`);
  const closed = !mayWrite();
  if (closed) area.placeholder = "You can read here, but not write";
  area.disabled = closed;
  for (const button of ["#add", "#emoji", "#send"]) $(button).disabled = closed;
}

function grow() {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, innerHeight * 0.4)}px`;
  $("#composer").classList.toggle("filled", Boolean(area.value.trim() || files.length || form));
}

function say(text) {
  trouble.replaceChildren(...(text ? [icon("alert", 15), text] : []));
  trouble.hidden = !text;
}

// --- lists over the text ---------------------------------------------------------------------------------------------
function look() {
  say(null);
  const text = area.value;
  if (/^\/[^\n]*$/.test(text)) return lookForCommand(text.slice(1));
  const found = suggestions(text, area.selectionStart);
  if (!found) return closePanel();
  const list = new Listbox({ label: "Suggestions", testid: "suggestion", onChoose: (item) => {
    area.setRangeText(`${item.value} `, found.from, area.selectionStart, "end");
    closePanel();
    grow();
  } });
  return openPicker(list, found.items);
}

function lookForCommand(query) {
  const all = entries(commandsHere());
  const exact = query.endsWith(" ") && all.find((e) => e.name === query.trim());
  if (exact && !all.some((e) => e.name.startsWith(`${query.trim()} `))) return startCommand({ entry: exact });
  const found = search(all, query);
  const list = new Listbox({
    label: "Commands", testid: "picker-entry", empty: all.length ? `No command called /${query}` : "Artel has not told its commands yet; it may still be starting",
    onChoose: (item) => startCommand({ entry: item.entry }),
  });
  return openPicker(list, found.map((entry) => ({ label: `/${entry.name}`, value: entry.name, description: entry.description, entry, note: optionWords(entry) })), "Commands of Artel");
}

const optionWords = (entry) => entry.options.filter((o) => o.required).map((o) => o.name).join(" ");

function openPicker(list, items, title) {
  picker = list;
  list.input = area;
  area.setAttribute("aria-expanded", "true");
  area.setAttribute("aria-controls", list.id);
  list.show(items);
  showPanel([title ? h("h2", {}, title) : null, list.element]);
}

function showPanel(nodes) {
  panel.replaceChildren(...nodes.filter(Boolean));
  panel.hidden = false;
}

function closePanel() {
  picker = null;
  panel.hidden = true;
  area.setAttribute("aria-expanded", "false");
  area.removeAttribute("aria-activedescendant");
}

// --- commands --------------------------------------------------------------------------------------------------------
function startCommand({ entry, name, id }) {
  const all = entries(commandsHere());
  const chosen = entry ?? all.find((e) => e.name === name) ?? all.find((e) => e.command.id === id) ?? null;
  if (!chosen) {
    leaveCommand(name === undefined ? "/" : `/${name}`);
    return;
  }
  closePanel();
  form?.dispose();
  form = new CommandForm(chosen, { panel: showPanel, trouble: say, leave: leaveCommand, send: sendCommand });
  area.value = "";
  area.hidden = true;
  slot.replaceChildren(form.element);
  grow();
  form.focus();
}

function leaveCommand(text = "", focus = true) {
  form?.dispose();
  form = null;
  slot.replaceChildren();
  area.hidden = false;
  area.value = text;
  closePanel();
  say(null);
  grow();
  if (focus) {
    area.focus({ preventScroll: true });
    look();
  }
}

function sendCommand(payload, sent, title) {
  const channelId = state.channelId;
  const go = () => begin(() => api.runCommand(payload, sent), { kind: "command", title, channelId, again: go });
  leaveCommand();
  stick();
  go();
}

// --- plain messages --------------------------------------------------------------------------------------------------
async function send() {
  if (form) return form.send();
  const content = toWire(area.value.trim());
  if (picker && area.value.startsWith("/")) return picker.choose();
  if (!content && !files.length) return focusComposer();
  if (content.length > MOST_CHARACTERS) return say(`A message may have ${MOST_CHARACTERS} characters; this has ${content.length}.`);
  const kept = { text: area.value, files, reply };
  const payload = { content, ...(reply ? { reply_to: reply.id } : {}) };
  area.value = "";
  drafts.delete(state.channelId);
  files = [];
  setReply(null);
  drawTray();
  stick();
  try {
    await api.say(state.channelId, payload, kept.files);
  } catch (error) {
    if (!area.value) area.value = kept.text;
    files = kept.files;
    setReply(kept.reply);
    drawTray();
    say(`Not sent: ${error.message}`);
  }
  return undefined;
}

function onKey(event) {
  if (event.isComposing || picker?.key(event)) return undefined;
  if (event.key === "ArrowUp" && !area.value) return focusLastMessage();
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    send();
  }
  return undefined;
}

function escape(event) {
  if (form) leaveCommand();
  else if (picker) closePanel();
  else if (reply) setReply(null);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function insert(text) {
  if (form) leaveCommand("", false);
  const before = area.value.slice(0, area.selectionStart);
  area.setRangeText(`${before && !/\s$/.test(before) ? " " : ""}${text}${text.endsWith(" ") ? "" : " "}`, area.selectionStart, area.selectionEnd, "end");
  grow();
  area.focus({ preventScroll: true });
}

function setReply(message) {
  reply = message;
  replyBar.hidden = !message;
  if (!message) return;
  replyBar.replaceChildren(icon("reply", 16), h("span", {}, "Answering ", h("b", {}, nameOf(message.author))),
    h("button", { class: "iconbutton", type: "button", "aria-label": "Don't answer", on: { click: () => setReply(null) } }, icon("close", 15)));
  focusComposer();
}

function takeFiles(list) {
  if (!mayWrite()) return;
  const fine = withinLimit(list);
  if (form) {
    const rest = fine.filter((file) => !form.takeFile(file));
    if (rest.length) toast("This command takes no further files.", { tone: "trouble" });
    return;
  }
  files.push(...fine);
  if (files.length > MOST_FILES) toast(`A message takes up to ${MOST_FILES} files.`, { tone: "trouble" });
  files = files.slice(0, MOST_FILES);
  drawTray();
  focusComposer();
}

function drawTray() {
  tray.hidden = !files.length;
  tray.replaceChildren(...files.map((file) => h("li", {}, preview(file, 92), h("span", {}, file.name),
    h("button", { class: "iconbutton", type: "button", "aria-label": `Remove ${file.name}`, on: { click: () => { files = files.filter((f) => f !== file); drawTray(); } } }, icon("close", 15)))));
  grow();
}

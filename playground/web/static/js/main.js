// The page's composition root: reads the world, mounts the parts, and passes events on.
import { $ } from "./dom.js";
import * as api from "./api.js";
import { Live } from "./live.js";
import { startTicking } from "./format.js";
import { mountMissingPictures } from "./render/message.js";
import { icon } from "./icons.js";
import { heard } from "./interactions.js";
import { composerFor, focusComposer, mountComposer } from "./composer/composer.js";
import { mountActions } from "./chat/actions.js";
import * as list from "./chat/list.js";
import { drawMembers } from "./chat/members.js";
import { drawMe } from "./chat/people.js";
import { drawHeader, drawSidebar } from "./chat/sidebar.js";
import { mountTyping, typing } from "./chat/typing.js";
import { mountModals } from "./modal.js";
import * as store from "./store.js";
import { drawBanner } from "./ui/banner.js";
import { closePopover } from "./ui/popover.js";
import { mountPanels } from "./ui/panels.js";
import { mountTheme } from "./ui/theme.js";
import { toast } from "./ui/toast.js";

const { state, emit, on } = store;
const PAGE = 50; // messages per read
const live = new Live(onEvent, onState);
const reading = new Set();

function onState({ connected, again }) {
  state.connected = connected;
  drawBanner(() => live.now());
  if (again) readAgain();
}

const EVENTS = {
  message_create(message) {
    const fresh = store.upsert(message) === "created";
    typing.stop(message.author.id);
    if (message.channel_id === state.channelId) (fresh ? list.messageCreated : list.messageUpdated)(message);
    else if (message.author.id !== state.me) {
      state.unread.add(message.channel_id);
      drawSidebar();
    }
  },
  message_update(message) {
    const known = store.findMessage(message.id);
    if (!known && message.channel_id !== state.channelId) return;
    const fresh = store.upsert(message) === "created";
    if (message.channel_id === state.channelId) (fresh ? list.messageCreated : list.messageUpdated)(message);
  },
  message_delete({ id, channel_id: channelId }) {
    store.forget(channelId, id);
    list.messageGone(id);
  },
  interaction(event) {
    heard(event);
  },
  presence({ online }) {
    state.bot.online = online;
    drawBanner(() => live.now());
    drawMembers();
  },
  typing: (event) => typing.start(event),
  commands: () => readWorld().then(() => list.drawChannel()),
  emojis: () => readWorld().then(() => list.drawChannel()),
  channel(changed) {
    const known = store.channel(changed.id);
    if (known) Object.assign(known, changed);
    else state.channels.push(changed);
    drawSidebar();
    drawHeader();
  },
  reaction(event) {
    const message = store.countReaction(event);
    if (message) emit("redraw", message.id);
  },
};

function onEvent(kind, data) {
  EVENTS[kind]?.(data);
}

async function readWorld() {
  store.setWorld(await api.readWorld(state.me));
  drawSidebar();
  drawMembers();
  drawMe();
  drawHeader();
  drawBanner(() => live.now());
}

async function readAgain() {
  try {
    await readWorld();
    await readChannel(state.channelId);
    list.drawChannel();
  } catch (error) {
    toast(error.message, { tone: "trouble" });
  }
}

async function readChannel(id) {
  const messages = await api.readMessages(id);
  state.messages.set(id, messages);
  if (messages.length < PAGE) state.complete.add(id);
  else state.complete.delete(id);
}

async function openChannel(id) {
  const previous = state.channelId;
  if (!store.channel(id)) return;
  state.channelId = id;
  state.unread.delete(id);
  store.remembered.set("channel", id);
  closePopover();
  document.body.classList.remove("nav-open");
  composerFor(previous);
  drawSidebar();
  drawHeader();
  typing.draw();
  try {
    await readChannel(id);
  } catch (error) {
    toast(error.message, { tone: "trouble" });
  }
  if (state.channelId !== id) return;
  list.drawChannel({ jumpToBottom: true });
  if (matchMedia("(pointer: fine)").matches) focusComposer();
}

async function readOlder(id) {
  const [oldest] = store.messagesOf(id);
  if (!oldest || reading.has(id)) return;
  reading.add(id);
  try {
    const older = await api.readMessages(id, oldest.id);
    if (older.length < PAGE) state.complete.add(id);
    older.forEach(store.upsert);
    if (id === state.channelId) list.drawOlder();
  } catch { /* scrolling up again asks again */ } finally {
    reading.delete(id);
  }
}

async function become(id) {
  state.me = id;
  store.remembered.set("me", id);
  for (const kept of [state.messages, state.complete, state.failures, state.chosen, state.unread]) kept.clear();
  live.open(id);
  await readWorld();
  const keep = store.channel(state.channelId) ?? store.home();
  await openChannel(keep?.id);
  toast(`You are ${store.person()?.global_name ?? "somebody else"} now`);
}

function connectParts() {
  on("open-channel", (id) => (id === state.channelId ? document.body.classList.remove("nav-open") : openChannel(id)));
  on("older", readOlder);
  on("switch-person", (id) => become(id).catch((error) => toast(error.message, { tone: "trouble" })));
  on("dismissed", (message) => {
    list.messageGone(message.id);
    api.deleteMessage(message).catch(() => {}); // it is out of sight already
  });
  on("interaction", (record) => {
    if (record.state !== "failed" || record.kind !== "component") return;
    state.failures.set(record.messageId, record.error);
    emit("redraw", record.messageId);
  });
}

async function start() {
  mountTheme();
  mountPanels();
  list.mountList();
  mountActions();
  mountComposer();
  mountModals();
  mountTyping();
  connectParts();
  startTicking();
  mountMissingPictures();
  const wanted = new URLSearchParams(location.search).get("as") ?? store.remembered.get("me");
  try {
    store.setWorld(await api.readWorld(wanted).catch((error) => {
      if (!wanted || !error.status) throw error;
      return api.readWorld(null); // that person is gone: be the first one
    }));
  } catch (error) {
    $("#boot").replaceChildren(icon("alert", 30), error.message);
    setTimeout(() => location.reload(), 3000);
    return;
  }
  live.open(state.me);
  await readWorld();
  const kept = store.channel(store.remembered.get("channel")) ?? store.home();
  await openChannel(kept?.id);
  document.body.classList.add("ready");
}

start();

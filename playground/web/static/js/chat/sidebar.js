// Rail, channel list and the header of the open channel.
import { $, address, h } from "../dom.js";
import { nameOf } from "../format.js";
import { icon } from "../icons.js";
import { avatar } from "../render/message.js";
import { inline } from "../render/inline.js";
import { channel, emit, home, isDm, state } from "../store.js";
import { brandMark } from "../ui/brand.js";

const THREADS = [10, 11, 12];
const CATEGORY = 4;
const symbol = (c) => (THREADS.includes(c.type) ? "thread" : "hash");

function channelButton(c) {
  const here = c.id === state.channelId;
  const unread = state.unread.has(c.id);
  return h("li", {}, h("button", {
    class: `channel${here ? " here" : ""}${unread ? " unread" : ""}${THREADS.includes(c.type) ? " thread" : ""}`, type: "button",
    "aria-current": here ? "page" : null, data: { testid: "channel", channelId: c.id, label: c.name },
    on: { click: () => emit("open-channel", c.id) },
  }, isDm(c) ? avatar(state.bot.user, 24) : icon(symbol(c), 18), h("span", {}, isDm(c) ? nameOf(state.bot.user) : c.name),
  unread ? h("span", { class: "unread-dot", role: "img", "aria-label": "New messages" }) : null));
}

export function drawSidebar() {
  const shown = state.channels.filter((c) => c.type !== CATEGORY);
  const group = (title, list) => (list.length ? [h("h2", {}, title), h("ul", {}, list.map(channelButton))] : []);
  const inGuild = shown.filter((c) => !isDm(c));
  const ordered = inGuild.filter((c) => !THREADS.includes(c.type))
    .flatMap((c) => [c, ...inGuild.filter((t) => THREADS.includes(t.type) && t.parent_id === c.id)]);
  $("#channels").replaceChildren(...group("Channels", ordered), ...group("Direct messages", shown.filter(isDm)));
  $("#guild-name").textContent = state.guild.name ?? "";
  drawRail();
}

function drawRail() {
  const dm = state.channels.find(isDm);
  const inDm = isDm(channel());
  const initials = (state.guild.name ?? "?").split(/\s+/).map((w) => w[0]).join("").slice(0, 3);
  const guild = h("button", {
    class: `rail-button${inDm ? "" : " here"}`, type: "button", title: state.guild.name, "aria-label": `Server: ${state.guild.name}`,
    on: { click: () => emit("open-channel", home()?.id) },
  }, h("span", {}, initials), state.guild.icon_url ? h("img", { src: address(state.guild.icon_url), alt: "" }) : null);
  const direct = dm && h("button", {
    class: `rail-button${inDm ? " here" : ""}`, type: "button", title: "Direct messages", "aria-label": "Direct messages with Artel",
    on: { click: () => emit("open-channel", dm.id) },
  }, avatar(state.bot.user, 44));
  $("#rail-buttons").replaceChildren(h("span", { class: "rail-mark", title: "Artel playground" }, brandMark(38)), h("hr"), guild, ...(direct ? [direct] : []));
}

export function drawHeader() {
  const c = channel();
  if (!c) return;
  const title = isDm(c) ? nameOf(state.bot.user) : c.name;
  $("#channel-title").replaceChildren(isDm(c) ? icon("at", 20) : icon(symbol(c), 20), h("h1", {}, title));
  const topic = $("#channel-topic");
  topic.replaceChildren(...inline(c.topic ?? ""));
  topic.title = c.topic ?? "";
  document.title = `${isDm(c) ? "@" : "#"}${title} · Artel playground`;
}

// The beginning of a channel: what this place is, and what to try first.
import { h } from "../dom.js";
import { nameOf } from "../format.js";
import { brandMark } from "../ui/brand.js";
import { channel, commandsHere, emit, home, isDm, person, state } from "../store.js";
import { avatar } from "../render/message.js";

// In the order a newcomer would want them; only commands the bot has are shown.
const TRY = [
  ["generate", "Four new pictures in under a second"],
  ["train", "Teach a model this server's emoji"],
  ["models", "See which models there are"],
  ["help", "Everything it can do, on one page"],
];
const MOSAIC = 28; // emoji

function mosaic() {
  const every = Math.max(1, Math.floor(state.guild.emojis.length / MOSAIC)); // from all over the list: neighbours look alike
  const some = state.guild.emojis.filter((_, n) => n % every === 0).slice(0, MOSAIC);
  return some.length < 6 ? null : h("div", { class: "mosaic", "aria-hidden": "true" },
    some.map((e) => h("img", { src: `/emojis/${e.id}.png?size=64`, alt: "", draggable: "false" })));
}

function chips() {
  const slash = commandsHere();
  const wanted = TRY.filter(([name]) => slash.some((c) => c.name === name));
  const list = wanted.length ? wanted : slash.slice(0, 4).map((c) => [c.name, c.description]);
  return list.map(([name, about], n) =>
    h("button", { class: `chip${n ? "" : " first"}`, type: "button", data: { testid: "try-chip", label: `/${name}` }, on: { click: () => emit("try", { name }) } },
      h("b", {}, `/${name}`), h("span", {}, about)));
}

const hint = () => (commandsHere().length
  ? h("p", { class: "hero-hint" }, "Press one, or type ", h("kbd", {}, "/"), " to see every command.")
  : h("p", { class: "hero-hint" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), " Artel is waking up; its commands appear here in a moment."));

/** Nodes for the top of the open channel; empty while its beginning is not loaded. */
export function welcome() {
  const here = channel();
  if (!here || !state.complete.has(here.id)) return [];
  if (isDm(here)) {
    return [h("section", { class: "hero small" }, avatar(state.bot.user, 72), h("h1", {}, nameOf(state.bot.user)),
      h("p", {}, "Just you and the studio. Commands work here as in the server."), h("div", { class: "chips" }, chips()))];
  }
  if (home()?.id !== here.id) {
    return [h("section", { class: "hero small" }, h("h1", {}, `#${here.name}`),
      h("p", {}, here.topic || "This is the beginning of the channel."))];
  }
  return [h("section", { class: "hero", data: { testid: "welcome" } }, mosaic(),
    h("div", { class: "hero-text" }, brandMark(46), h("h1", {}, `Hello ${nameOf(person())}, meet Artel`),
      h("p", {}, `An art studio that lives in the chat of ${state.guild.name}. It learns from the server's own pictures and draws new ones in a blink.`)),
    h("div", { class: "chips", role: "group", "aria-label": "Things to try" }, chips()),
    hint())];
}

// A small card about somebody.
import { h } from "../dom.js";
import { nameOf } from "../format.js";
import { avatar, nameColor } from "../render/message.js";
import { emit, state, user } from "../store.js";
import { popover } from "../ui/popover.js";

export function profile(id, anchor) {
  const who = user(id);
  if (!who) return;
  const bot = who.id === state.bot.user?.id;
  let close = () => {};
  const name = h("h3", {}, nameOf(who), bot ? h("span", { class: "tag" }, "BOT") : null);
  const color = nameColor(who);
  if (color) name.style.setProperty("color", color);
  const roles = (who.role_names ?? []).map((r) => h("span", { class: "pill" }, r));
  const card = h("div", { class: "profile", role: "dialog", "aria-label": nameOf(who) },
    h("div", { class: "profile-band" }), avatar(who, 72), name,
    h("div", { class: "profile-handle" }, `@${who.username}`),
    bot ? h("p", {}, "The studio of this server. Type / to see what it can do.") : who.bio ? h("p", {}, who.bio) : null,
    roles.length ? h("div", { class: "pills" }, roles) : null,
    bot ? h("button", { class: "btn primary", type: "button", on: { click: () => { close(false); emit("try", { name: "" }); } } }, "See its commands") : null);
  close = popover(card, anchor, { width: 280 });
  card.tabIndex = -1;
  card.focus({ preventScroll: true });
}

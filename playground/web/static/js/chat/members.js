// Who is here, by role.
import { $, h } from "../dom.js";
import { nameOf } from "../format.js";
import { avatar, nameColor } from "../render/message.js";
import { state } from "../store.js";
import { userMenu } from "./actions.js";
import { profile } from "./profile.js";

// Most powerful first; a person stands under the first of their roles.
function groupsOfPeople() {
  const order = state.guild.roles.filter((r) => r.name !== "@everyone" && !r.managed).sort((a, b) => (b.position ?? 0) - (a.position ?? 0)).map((r) => r.name);
  const found = new Map();
  for (const one of state.people) {
    const title = order.find((name) => one.role_names?.includes(name)) ?? one.role_names?.[0] ?? "Members";
    found.set(title, [...(found.get(title) ?? []), one]);
  }
  const rank = (title) => (order.includes(title) ? order.indexOf(title) : order.length);
  return [...found].sort(([a], [b]) => rank(a) - rank(b));
}

function row(user, online = true) {
  const name = h("span", { class: "member-name" }, nameOf(user));
  const color = nameColor(user);
  if (color) name.style.setProperty("--name", color);
  const me = user.id === state.me;
  const about = user.bot ? (online ? "Draws with you" : "Away for a moment") : me ? "You" : user.bio;
  const button = h("button", { class: `member${online ? "" : " away"}`, type: "button", data: { testid: "member", userId: user.id } },
    h("span", { class: `presence${online ? " on" : ""}` }, avatar(user, 34)),
    h("span", { class: "member-text" }, h("span", { class: "member-line" }, name, user.bot ? h("span", { class: "tag" }, "BOT") : null),
      about ? h("small", {}, about) : null));
  button.addEventListener("click", () => profile(user.id, button));
  button.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    userMenu(user.id, { x: event.clientX, y: event.clientY });
  });
  return h("li", {}, button);
}

export function drawMembers() {
  const bot = state.bot.user;
  const sections = [
    bot ? ["Studio", [row({ ...bot, bot: true }, state.bot.online)]] : null,
    ...groupsOfPeople().map(([title, people]) => [title, people.map((p) => row(p))]),
  ].filter(Boolean);
  $("#members-list").replaceChildren(...sections.flatMap(([title, rows]) => [h("h2", {}, `${title} · ${rows.length}`), h("ul", {}, rows)]));
}

// Selects of every type: what can be chosen, and what the closed select shows.
import { h } from "../dom.js";
import { nameOf } from "../format.js";
import { state } from "../store.js";
import { customEmoji } from "./inline.js";

/** Choices as [{label, value, description, picture?, emoji?}], whatever the type of select (3, 5–8). */
export function choicesOf(select) {
  const users = () => [...state.people, state.bot.user].filter(Boolean).map((u) => ({
    label: nameOf(u), value: u.id, description: (u.role_names ?? []).join(", "), picture: u.avatar_url,
  }));
  const roles = () => state.guild.roles.map((r) => ({ label: `@${r.name.replace(/^@/, "")}`, value: r.id }));
  switch (select.type) {
    case 5: return users();
    case 6: return roles();
    case 7: return [...users(), ...roles()];
    case 8: return state.channels
      .filter((c) => c.type !== 1 && (!select.channel_types?.length || select.channel_types.includes(c.type)))
      .map((c) => ({ label: `#${c.name}`, value: c.id }));
    default: return select.options ?? [];
  }
}

export const key = (messageId, customId) => `${messageId}/${customId}`;

/** Values chosen now: by this person since the last edit, else what the message says. */
export function valuesOf(select, messageId) {
  const mine = state.chosen.get(key(messageId, select.custom_id));
  if (mine) return mine;
  if (select.default_values) return select.default_values.map((d) => d.id);
  return (select.options ?? []).filter((o) => o.default).map((o) => o.value);
}

export const emojiNode = (emoji) =>
  !emoji ? null : emoji.id ? customEmoji(emoji) : h("span", { class: "uniemoji" }, emoji.name);

export function selectLabel(select, messageId) {
  const values = valuesOf(select, messageId);
  const chosen = choicesOf(select).filter((c) => values.includes(c.value));
  if (!chosen.length) {
    const text = select.placeholder || "Make a selection";
    return { empty: true, text, nodes: [text] };
  }
  const text = chosen.map((c) => c.label).join(", ");
  const nodes = chosen.length === 1 ? [emojiNode(chosen[0].emoji), h("span", {}, text)] : chosen.map((c) => h("span", { class: "pill" }, c.label));
  return { empty: false, text, nodes };
}

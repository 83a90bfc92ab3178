// While one types a plain message: emoji after ":", people after "@", channels after "#"; and their wire form.
import { nameOf } from "../format.js";
import { isDm, state } from "../store.js";

const WORD = /(^|\s)([:@#])([\w.\-]*)$/u;
const MOST = 8;

/** {from, items} for the word before the caret, or null. */
export function suggestions(text, caret) {
  const match = WORD.exec(text.slice(0, caret));
  if (!match) return null;
  const [, , sign, typed] = match;
  if (sign === ":" && typed.length < 2) return null;
  const from = caret - typed.length - 1;
  const wanted = typed.toLowerCase();
  const items = LISTS[sign]().filter((i) => i.label.toLowerCase().includes(wanted)).slice(0, MOST);
  return items.length ? { from, items } : null;
}

const LISTS = {
  ":": () => state.guild.emojis.map((e) => ({ label: `:${e.name}:`, value: `:${e.name}:`, emoji: e })),
  "@": () => [...state.people, state.bot.user].filter(Boolean).map((u) => ({ label: `@${nameOf(u)}`, value: `@${nameOf(u)}`, picture: u.avatar_url })),
  "#": () => state.channels.filter((c) => !isDm(c)).map((c) => ({ label: `#${c.name}`, value: `#${c.name}` })),
};

/** What one typed in Discord's wire form: :name:, @Name and #channel become <:name:id>, <@id>, <#id>. */
export function toWire(text) {
  let out = text.replace(/(<a?)?:(\w{2,32}):/g, (all, wired, name) => {
    const found = !wired && state.guild.emojis.find((e) => e.name === name);
    return found ? `<${found.animated ? "a" : ""}:${found.name}:${found.id}>` : all;
  });
  const everybody = [...state.people, state.bot.user].filter(Boolean).sort((a, b) => nameOf(b).length - nameOf(a).length);
  for (const one of everybody) out = replaceWord(out, `@${nameOf(one)}`, `<@${one.id}>`);
  for (const c of state.channels.filter((x) => !isDm(x))) out = replaceWord(out, `#${c.name}`, `<#${c.id}>`);
  return out;
}

function replaceWord(text, word, by) {
  const safe = word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return text.replace(new RegExp(`(^|[\\s(])${safe}(?![\\w-])`, "gu"), (_, before) => before + by);
}

// Slash-command options: what kinds there are, what one may type, and how to say what is wrong.
import { nameOf } from "../format.js";
import { state } from "../store.js";

export const TYPE = { SUB: 1, GROUP: 2, STRING: 3, INTEGER: 4, BOOLEAN: 5, USER: 6, CHANNEL: 7, ROLE: 8, MENTIONABLE: 9, NUMBER: 10, ATTACHMENT: 11 };
const WORDS = {
  3: "text", 4: "whole number", 5: "yes or no", 6: "person", 7: "channel", 8: "role", 9: "person or role", 10: "number", 11: "file",
};

export const typeWord = (option) => (option.choices?.length ? "choice" : WORDS[option.type] ?? "value");

/** What can be chosen for an option without asking the bot: [{label, value, picture?}], or null for free typing. */
export function fixedChoices(option) {
  const people = () => [...state.people, state.bot.user].filter(Boolean).map((u) => ({ label: `@${nameOf(u)}`, value: u.id, picture: u.avatar_url }));
  const roles = () => state.guild.roles.map((r) => ({ label: `@${r.name.replace(/^@/, "")}`, value: r.id }));
  if (option.choices?.length) return option.choices.map((c) => ({ label: String(c.name), value: c.value }));
  switch (option.type) {
    case TYPE.BOOLEAN: return [{ label: "Yes", value: true }, { label: "No", value: false }];
    case TYPE.USER: return people();
    case TYPE.ROLE: return roles();
    case TYPE.MENTIONABLE: return [...people(), ...roles()];
    case TYPE.CHANNEL: return state.channels
      .filter((c) => c.type !== 1 && (!option.channel_types?.length || option.channel_types.includes(c.type)))
      .map((c) => ({ label: `#${c.name}`, value: c.id }));
    default: return null;
  }
}

const bounds = (option) => {
  const { min_value: min, max_value: max } = option;
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return `, ${min} or more`;
  return max !== undefined ? `, ${max} or less` : "";
};

/** The limits of an option in words, for its hint; "" if it has none. */
export function limitWords(option) {
  if (option.type === TYPE.INTEGER || option.type === TYPE.NUMBER) return bounds(option).replace(/^,?\s/, "");
  const { min_length: min, max_length: max } = option;
  if (option.type !== TYPE.STRING || option.choices?.length || (!min && !max)) return "";
  return min && max ? `${min}–${max} characters` : min ? `at least ${min} characters` : `up to ${max} characters`;
}

/** {value} for what was typed or chosen, {empty} for nothing, or {error} in plain words. `picked` is a chosen item. */
export function read(option, typed, picked) {
  if (picked && picked.label === typed) return { value: picked.value };
  const text = typed.trim();
  if (!text) return { empty: true };
  const fixed = fixedChoices(option);
  if (fixed) {
    const plain = (s) => s.toLowerCase().replace(/^[@#]/, "");
    const found = fixed.find((c) => plain(c.label) === plain(text) || String(c.value) === text);
    return found ? { value: found.value } : { error: `${option.name}: “${text}” is not in the list. Choose one from it.` };
  }
  if (option.type === TYPE.INTEGER || option.type === TYPE.NUMBER) return readNumber(option, text);
  if (option.min_length && text.length < option.min_length) return { error: `${option.name} needs at least ${option.min_length} characters.` };
  if (option.max_length && text.length > option.max_length) return { error: `${option.name} may have up to ${option.max_length} characters; this has ${text.length}.` };
  return { value: typed };
}

function readNumber(option, text) {
  const whole = option.type === TYPE.INTEGER;
  const number = Number(text.replace(",", "."));
  if (!Number.isFinite(number) || (whole && !Number.isSafeInteger(number))) {
    return { error: `${option.name} needs a ${whole ? "whole " : ""}number${bounds(option)}.` };
  }
  if (number < (option.min_value ?? -Infinity) || number > (option.max_value ?? Infinity)) {
    return { error: `${option.name} must be a ${whole ? "whole " : ""}number${bounds(option)}.` };
  }
  return { value: number };
}

/** Commands as the picker lists them: subcommands flattened to one entry each. */
export function entries(commands) {
  const flat = [];
  const add = (command, path, node) => {
    const subs = (node.options ?? []).filter((o) => o.type === TYPE.SUB || o.type === TYPE.GROUP);
    if (subs.length) subs.forEach((sub) => add(command, [...path, sub], sub));
    else flat.push({ command, path, name: [command.name, ...path.map((p) => p.name)].join(" "), description: node.description, options: node.options ?? [] });
  };
  commands.filter((c) => c.type === 1 || c.type === undefined).forEach((c) => add(c, [], c));
  return flat;
}

/** Entries that fit `query`, best first. */
export function search(list, query) {
  const wanted = query.toLowerCase().trim();
  const rank = (e) => {
    const name = e.name.toLowerCase();
    if (!wanted || name === wanted) return 0;
    if (name.startsWith(wanted)) return 1;
    if (name.includes(wanted)) return 2;
    return e.description.toLowerCase().includes(wanted) ? 3 : 9;
  };
  return list.map((e) => [rank(e), e]).filter(([r]) => r < 9).sort(([a], [b]) => a - b).map(([, e]) => e);
}

/** Options nested the way Discord sends subcommands. */
export const nest = (path, options) => path.reduceRight((inner, part) => [{ name: part.name, type: part.type, options: inner }], options);

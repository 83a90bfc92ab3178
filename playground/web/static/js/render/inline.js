// Discord's inline markdown as DOM nodes. Rules are tried in order at each place; the first that fits wins.
import { address, h } from "../dom.js";
import { fullTime, nameOf, stamp } from "../format.js";
import { channel, command, role, user } from "../store.js";

const DEEPEST = 10; // nesting; beyond it text stays as it is

const color = (number) => (number ? `#${number.toString(16).padStart(6, "0")}` : null);

export function customEmoji({ id, name, animated }, size = 48) {
  const kind = animated ? "gif" : "png";
  return h("img", {
    class: "emoji", src: `/emojis/${id}.${kind}?size=${size}`, alt: `:${name}:`, title: `:${name}:`, draggable: "false",
  });
}

function mention(kind, id, label, found) {
  return h("span", { class: `mention mention-${kind}`, role: "button", tabindex: "0", data: { act: `mention-${kind}`, id } },
    found ? label : `@unknown-${kind}`);
}

const userMention = (id) => {
  const found = user(id);
  return mention("user", id, `@${nameOf(found)}`, found);
};
const roleMention = (id) => {
  const found = role(id);
  const made = h("span", { class: "mention mention-role" }, `@${found?.name ?? "unknown-role"}`);
  if (found?.color) made.style.setProperty("--role", color(found.color));
  return made;
};
const channelMention = (id) => {
  const found = channel(id);
  return mention("channel", id, `#${found?.name}`, found);
};
const commandMention = (name, id) => {
  const label = `/${name}`;
  if (!command(id) && !name) return label;
  return h("span", { class: "mention mention-command", role: "button", tabindex: "0", data: { act: "try", id, name } }, label);
};

function timestamp(unix, style) {
  const seconds = Number(unix);
  if (Math.abs(seconds) > 8.64e12) return `<t:${unix}>`;
  return h("time", {
    class: "stamp", datetime: new Date(seconds * 1000).toISOString(), title: fullTime(new Date(seconds * 1000)),
    data: { tick: style === "R" ? seconds : null },
  }, stamp(seconds, style));
}

function anchor(url, children) {
  const href = address(url);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow", title: href }, children);
}

const spoiler = (children) =>
  h("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Spoiler, press to show", data: { act: "spoiler" } },
    h("span", {}, children));

const wrap = (tag) => (m, go) => h(tag, {}, go(m[1]));
const RULES = [
  [/\\([^\w\s])/y, (m) => m[1]],
  [/(`+)([\s\S]*?[^`])\1(?!`)/y, (m) => h("code", {}, m[2].trim() || m[2])],
  [/<(a?):(\w{2,32}):(\d+)>/y, (m) => customEmoji({ id: m[3], name: m[2], animated: m[1] === "a" })],
  [/<@!?(\d+)>/y, (m) => userMention(m[1])],
  [/<@&(\d+)>/y, (m) => roleMention(m[1])],
  [/<#(\d+)>/y, (m) => channelMention(m[1])],
  [/<\/([^:<>]{1,100}):(\d+)>/y, (m) => commandMention(m[1], m[2])],
  [/<t:(-?\d{1,17})(?::([tTdDfFR]))?>/y, (m) => timestamp(m[1], m[2])],
  [/@(everyone|here)\b/y, (m) => h("span", { class: "mention" }, m[0])],
  [/<(https?:\/\/[^\s<>]+)>/y, (m) => anchor(m[1], m[1])],
  [/\[((?:\\.|[^[\]\\])+)\]\(<?(https?:\/\/[^\s<>()]+(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?:\s+"[^"]*")?\)/y,
    (m, go) => anchor(m[2], go(m[1]))],
  [/https?:\/\/[^\s<>]*[^\s<>.,:;"'\])!?*_~|]/y, (m) => anchor(m[0], m[0])],
  [/\*\*\*([\s\S]+?)\*\*\*(?!\*)/y, (m, go) => h("strong", {}, h("em", {}, go(m[1])))],
  [/\*\*([\s\S]+?)\*\*(?!\*)/y, wrap("strong")],
  [/__([\s\S]+?)__(?!_)/y, wrap("u")],
  [/~~([\s\S]+?)~~(?!~)/y, wrap("s")],
  [/\|\|([\s\S]+?)\|\|/y, (m, go) => spoiler(go(m[1]))],
  [/\*(?=\S)((?:\*\*|[^*])*?[^\s*])\*(?!\*)/y, wrap("em")],
  [/_(?=\S)((?:__|[^_])*?[^\s_])_(?!\w)/y, (m, go, before) => (/\w$/.test(before) ? null : h("em", {}, go(m[1])))],
];
const STARTS = /[\\`<@[h*_~|]/g;

/** Nodes and strings for `text`; line ends become <br>. */
export function inline(text, depth = 0) {
  const out = [];
  let plain = "";
  const flush = () => {
    plain.split("\n").forEach((line, n) => {
      if (n) out.push(h("br"));
      if (line) out.push(line);
    });
    plain = "";
  };
  const go = (inner) => (depth >= DEEPEST ? inner : inline(inner, depth + 1));
  for (let at = 0; at < text.length;) {
    STARTS.lastIndex = at;
    const next = STARTS.exec(text);
    if (!next) {
      plain += text.slice(at);
      break;
    }
    plain += text.slice(at, next.index);
    at = next.index;
    const [length, node] = firstRule(text, at, go);
    if (node !== null) {
      flush();
      out.push(node);
    } else plain += text.slice(at, at + length);
    at += length;
  }
  flush();
  return out;
}

function firstRule(text, at, go) {
  for (const [pattern, make] of RULES) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const node = match && make(match, go, text.slice(Math.max(0, at - 1), at));
    if (node !== null && node !== undefined) return [match[0].length, node];
  }
  return [1, null];
}

// Discord's block markdown (headings, lists, quotes, code, subtext) as DOM nodes; inline rules are in inline.js.
import { h } from "../dom.js";
import { inline } from "./inline.js";

const FENCE = /```(?:([\w+#.-]+)\n)?\n?([\s\S]+?)\n?```/g;
const HEADING = /^(#{1,3})\s+(\S.*)$/;
const SUBTEXT = /^-#\s+(\S.*)$/;
const ITEM = /^(\s*)([-*]|\d{1,9}\.)\s+(\S.*)$/;
const ONLY_EMOJI = /^(?:<a?:\w+:\d+>|\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f|\s)+$/u;
const MOST_JUMBO = 27;

/** A <div class="md"> with the rendered text. */
export function markdown(text) {
  const box = h("div", { class: "md" });
  const source = String(text ?? "").replace(/\r\n?/g, "\n");
  if (ONLY_EMOJI.test(source) && [...source.matchAll(/<a?:|\p{Extended_Pictographic}/gu)].length <= MOST_JUMBO) {
    box.classList.add("jumbo");
  }
  let end = 0;
  for (const fence of source.matchAll(FENCE)) {
    box.append(...blocks(trimEdge(source.slice(end, fence.index), end > 0)));
    box.append(h("pre", { tabindex: "0" }, h("code", { data: { language: fence[1] } }, fence[2])));
    end = fence.index + fence[0].length;
  }
  box.append(...blocks(trimEdge(source.slice(end), end > 0)));
  return box;
}

// A line end beside a code block belongs to the block.
const trimEdge = (text, afterFence) => (afterFence ? text.replace(/^\n/, "") : text).replace(/\n$/, "");

function blocks(text) {
  if (!text) return [];
  const lines = text.split("\n");
  const out = [];
  let paragraph = [];
  const flush = () => {
    if (paragraph.length) out.push(h("div", { class: "p" }, inline(paragraph.join("\n"))));
    paragraph = [];
  };
  for (let n = 0; n < lines.length;) {
    const line = lines[n];
    const heading = HEADING.exec(line);
    const subtext = SUBTEXT.exec(line);
    if (line.startsWith(">>> ")) {
      flush();
      out.push(h("blockquote", {}, blocks([line.slice(4), ...lines.slice(n + 1)].join("\n"))));
      return out;
    }
    if (heading) {
      flush();
      out.push(h(`h${heading[1].length + 2}`, { class: `h${heading[1].length}` }, inline(heading[2])));
      n++;
    } else if (subtext) {
      flush();
      out.push(h("div", { class: "subtext" }, inline(subtext[1])));
      n++;
    } else if (/^>\s/.test(line)) {
      flush();
      const from = n;
      while (n < lines.length && /^>(\s|$)/.test(lines[n])) n++;
      out.push(h("blockquote", {}, blocks(lines.slice(from, n).map((l) => l.replace(/^>\s?/, "")).join("\n"))));
    } else if (ITEM.test(line)) {
      flush();
      const from = n;
      while (n < lines.length && ITEM.test(lines[n])) n++;
      out.push(list(lines.slice(from, n).map((l) => ITEM.exec(l))));
    } else {
      paragraph.push(line);
      n++;
    }
  }
  flush();
  return out;
}

function list(items) {
  const indent = items[0][1].length;
  const ordered = /\d/.test(items[0][2]);
  const made = h(ordered ? "ol" : "ul", ordered ? { start: parseInt(items[0][2], 10) } : {});
  for (let n = 0; n < items.length;) {
    const entry = h("li", {}, inline(items[n][3]));
    const from = ++n;
    while (n < items.length && items[n][1].length > indent) n++;
    if (n > from) entry.append(list(items.slice(from, n)));
    made.append(entry);
  }
  return made;
}

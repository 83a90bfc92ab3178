// Classic embeds.
import { address, h } from "../dom.js";
import { messageTime } from "../format.js";
import { gallery, thumbnail } from "./media.js";
import { markdown } from "./markdown.js";

const withIcon = (part, className, text) => part && h("div", { class: className },
  part.icon_url ? h("img", { src: address(part.icon_url), alt: "" }) : null,
  part.url ? h("a", { href: address(part.url), target: "_blank", rel: "noopener noreferrer" }, text) : h("span", {}, text));

export function embed(data) {
  const box = h("article", { class: "embed", data: { testid: "embed" } });
  if (data.color) box.style.setProperty("--accent-bar", `#${data.color.toString(16).padStart(6, "0")}`);
  const title = data.title && h("div", { class: "embed-title" },
    data.url ? h("a", { href: address(data.url), target: "_blank", rel: "noopener noreferrer" }, data.title) : data.title);
  const fields = data.fields?.length && h("div", { class: "embed-fields" }, data.fields.map((field) =>
    h("div", { class: field.inline ? "inline" : "" }, h("div", { class: "embed-name" }, markdown(field.name)), markdown(field.value))));
  const when = data.timestamp ? messageTime(new Date(data.timestamp)) : null;
  const foot = [data.footer?.text, when].filter(Boolean).join(" · ");
  box.append(h("div", { class: "embed-main" },
    data.author ? withIcon(data.author, "embed-author", data.author.name ?? "") : null, title || null,
    data.description ? markdown(data.description) : null, fields || null,
    data.image ? gallery([{ media: data.image }]) : null,
    foot ? withIcon(data.footer ?? {}, "embed-footer", foot) : null));
  if (data.thumbnail) box.append(thumbnail({ media: data.thumbnail }));
  return box;
}

// Components V2 (and the older action rows) as DOM. What a press does is not here: nodes carry data-act and the list
// listens (chat/actions.js), so that an updated message needs no new listeners.
import { address, h } from "../dom.js";
import { icon } from "../icons.js";
import { isBusy } from "../interactions.js";
import { fileCard, gallery, thumbnail } from "./media.js";
import { customEmoji } from "./inline.js";
import { markdown } from "./markdown.js";
import { selectLabel } from "./select-label.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "primary" };

export const emojiOf = (emoji) =>
  !emoji ? null : emoji.id ? customEmoji(emoji) : h("span", { class: "uniemoji", "aria-hidden": "true" }, emoji.name);

export const components = (list, message) => (list ?? []).map((one, n) => component(one, message, n));

function component(one, message, n) {
  const draw = DRAW[one.type];
  const node = draw ? draw(one, message) : h("div", { class: "unknown" }, `A component of type ${one.type}, which this page can't draw`);
  node.dataset.key ??= `c${n}-${one.type}`; // by place: servers give new ids at every edit
  return node;
}

const DRAW = {
  1: (row, message) => h("div", { class: "row" }, components(row.components, message)),
  2: (button, message) => {
    const inner = [emojiOf(button.emoji), button.label ? h("span", { class: "label" }, button.label) : null];
    const name = button.label || button.emoji?.name || "Button";
    if (button.style === 5) {
      return h("a", { class: "btn link", href: address(button.url), target: "_blank", rel: "noopener noreferrer", data: { testid: "button", label: name } },
        inner, icon("external", 15));
    }
    return h("button", {
      class: `btn ${STYLES[button.style] ?? "secondary"}`, type: "button", disabled: button.disabled, "aria-label": button.label ? null : name,
      "aria-busy": isBusy(message.id, button.custom_id) ? "true" : null,
      data: { act: "press", testid: "button", label: name, customId: button.custom_id, key: `b${button.custom_id}` },
    }, inner);
  },
  3: select, 5: select, 6: select, 7: select, 8: select,
  9: (section, message) => h("div", { class: "section" },
    h("div", { class: "section-text" }, components(section.components, message)),
    h("div", { class: "section-accessory" }, section.accessory ? component(section.accessory, message, 0) : null)),
  10: (text) => h("div", { class: "text" }, markdown(text.content)),
  11: (thumb) => thumbnail(thumb),
  12: (g) => gallery(g.items),
  13: (f) => fileCard({ url: f.file.url, name: f.name, size: f.size, spoiler: f.spoiler }),
  14: (s) => h("div", { class: `separator${s.divider === false ? "" : " divider"}${s.spacing === 2 ? " wide" : ""}`, role: s.divider === false ? null : "separator" }),
  17: (box, message) => {
    const made = h("div", { class: `container${box.spoiler ? " spoiler-media" : ""}`, data: { act: box.spoiler ? "reveal" : null } },
      components(box.components, message));
    if (box.accent_color != null) {
      made.classList.add("accented");
      made.style.setProperty("--accent-bar", `#${box.accent_color.toString(16).padStart(6, "0")}`);
    }
    return made;
  },
};

function select(one, message) {
  const label = selectLabel(one, message.id);
  return h("button", {
    class: `select${label.empty ? " empty" : ""}`, type: "button", disabled: one.disabled, "aria-haspopup": "listbox",
    "aria-busy": isBusy(message.id, one.custom_id) ? "true" : null,
    "aria-label": `${one.placeholder ?? "Choose"}: ${label.text}`,
    data: { act: "select", testid: "select", customId: one.custom_id, key: `s${one.custom_id}` },
  }, h("span", { class: "select-value" }, label.nodes), icon("down", 18));
}

/** Find a component of a message by its custom_id, however deep. */
export function findComponent(list, customId) {
  for (const one of list ?? []) {
    if (one.custom_id === customId) return one;
    const inside = findComponent([...(one.components ?? []), one.accessory, one.component].filter(Boolean), customId);
    if (inside) return inside;
  }
  return undefined;
}

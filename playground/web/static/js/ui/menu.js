// A menu of actions with submenus laid flat under headings; arrow keys, Home, End, first letters.
import { $$, h } from "../dom.js";
import { icon } from "../icons.js";
import { popover } from "./popover.js";

/** `entries`: {label, icon?, run, danger?, testid?} | {heading} | "-" . */
export function menu(entries, anchor, { label = "Actions", align = "start" } = {}) {
  let close = () => {};
  const item = (entry) => {
    if (entry === "-") return h("hr", {});
    if (entry.heading) return h("div", { class: "menu-heading", role: "presentation" }, entry.heading);
    return h("button", {
      class: `menu-item${entry.danger ? " danger" : ""}`, role: "menuitem", type: "button", tabindex: "-1",
      data: { testid: entry.testid ?? "menu-item", label: entry.label },
      on: { click: () => { close(true); entry.run(); } },
    }, h("span", {}, entry.label), entry.icon ? icon(entry.icon, 17) : null);
  };
  const box = h("div", { class: "menu", role: "menu", "aria-label": label }, entries.filter(Boolean).map(item));
  const items = () => $$("[role=menuitem]", box);
  box.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    const letter = event.key.length === 1 && all.findIndex((x, n) => n > at && x.textContent.toLowerCase().startsWith(event.key.toLowerCase()));
    if (to !== undefined) all.at(to % all.length).focus();
    else if (letter >= 0 && letter !== false) all[letter].focus();
    else if (event.key === "Tab") close(true);
    else return;
    event.preventDefault();
  });
  close = popover(box, anchor, { align });
  items()[0]?.focus({ preventScroll: true });
  return close;
}

// The open menu of a select: search when long, several choices, keyboard. Used in messages and in modals.
import { h } from "../dom.js";
import { choicesOf } from "../render/select-label.js";
import { Listbox } from "./listbox.js";
import { popover } from "./popover.js";

const SEARCH_FROM = 9;

/** Open `select`'s choices under `anchor`; `done(values)` when the choice changed. */
export function openSelect(select, anchor, chosen, done) {
  const most = select.max_values ?? 1;
  const least = select.min_values ?? 1;
  const multiple = most > 1 || least === 0;
  const all = choicesOf(select);
  const marked = new Set(chosen);
  const before = [...chosen].join();
  let close = () => {};
  const list = new Listbox({
    label: select.placeholder || "Choices", multiple,
    onChoose(item) {
      if (!multiple) {
        close(true);
        done([item.value]);
        return;
      }
      if (marked.has(item.value)) marked.delete(item.value);
      else if (marked.size < most) marked.add(item.value);
      else if (most === 1) { marked.clear(); marked.add(item.value); }
      refresh();
    },
  });
  list.marked = marked;
  const hint = h("div", { class: "select-hint" });
  const search = h("input", {
    class: "select-search", type: "text", role: "combobox", placeholder: "Search", "aria-label": "Search the choices", "aria-controls": list.id, "aria-expanded": "true",
    on: { input: () => { const typed = search.value.toLowerCase(); list.show(all.filter((c) => c.label.toLowerCase().includes(typed))); } },
  });
  list.input = search;
  const commit = h("button", { class: "btn primary small", type: "button", on: { click: () => close(true) } }, "Done");
  function refresh() {
    list.mark(false);
    hint.textContent = marked.size < least ? `Choose at least ${least}` : `${marked.size} of ${most} chosen`;
    commit.disabled = marked.size < least;
  }
  const box = h("div", { class: "select-menu" }, search, list.element, multiple ? h("div", { class: "select-foot" }, hint, commit) : null);
  search.classList.toggle("visually-hidden", all.length < SEARCH_FROM);
  box.addEventListener("keydown", (event) => list.key(event, event.target === commit ? [] : ["Enter"]));
  close = popover(box, anchor, {
    width: Math.max(260, anchor.offsetWidth), align: "start",
    onClose: () => multiple && marked.size >= least && [...marked].join() !== before && done([...marked]),
  });
  list.show(all, all.findIndex((c) => marked.has(c.value)));
  refresh();
  search.focus({ preventScroll: true });
}

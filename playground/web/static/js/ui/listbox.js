// A list one chooses from while the focus stays where it is (an input, or the list itself).
import { address, h } from "../dom.js";
import { icon } from "../icons.js";
import { emojiNode } from "../render/select-label.js";

let count = 0;

export class Listbox {
  /** `onChoose(item)`; items {label, value, description?, emoji?, picture?, note?}; `multiple` marks instead of choosing. */
  constructor({ label, onChoose, empty = "Nothing fits", multiple = false, testid = "option" }) {
    this.id = `list${++count}`;
    this.onChoose = onChoose;
    this.emptyText = empty;
    this.testid = testid;
    this.active = 0;
    this.items = [];
    this.marked = new Set();
    this.element = h("div", { class: "listbox", role: "listbox", id: this.id, "aria-label": label, "aria-multiselectable": multiple || null });
    this.element.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the input
    this.element.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) this.choose(Number(row.dataset.index));
    });
    this.element.addEventListener("pointermove", (event) => {
      const row = event.target.closest("[role=option]");
      if (row && Number(row.dataset.index) !== this.active) this.move(Number(row.dataset.index), false);
    });
  }

  show(items, active = 0) {
    this.items = items;
    this.active = Math.max(0, Math.min(active, items.length - 1));
    this.element.replaceChildren(...(items.length ? items.map((item, n) => this.row(item, n)) : [h("div", { class: "listbox-empty" }, this.emptyText)]));
    this.mark(false);
  }

  row(item, n) {
    return h("div", { class: "option", role: "option", id: `${this.id}-${n}`, data: { index: n, testid: this.testid, value: item.value, label: item.label } },
      item.picture ? h("img", { class: "option-picture", src: address(item.picture), alt: "" }) : emojiNode(item.emoji),
      h("span", { class: "option-text" }, h("b", {}, item.label), item.description ? h("small", {}, item.description) : null),
      item.note ? h("span", { class: "option-note" }, item.note) : null, h("span", { class: "option-check" }, icon("check", 16)));
  }

  get current() {
    return this.items[this.active];
  }

  get activeId() {
    return this.items.length ? `${this.id}-${this.active}` : null;
  }

  move(to, scroll = true) {
    if (!this.items.length) return;
    this.active = (to + this.items.length) % this.items.length;
    this.mark(scroll);
  }

  mark(scroll = true) {
    [...this.element.children].forEach((row, n) => {
      if (!row.dataset.index) return;
      row.classList.toggle("active", n === this.active);
      row.setAttribute("aria-selected", String(this.marked.has(this.items[n].value)));
      if (scroll && n === this.active) row.scrollIntoView({ block: "nearest" });
    });
    if (this.input) {
      if (this.activeId) this.input.setAttribute("aria-activedescendant", this.activeId);
      else this.input.removeAttribute("aria-activedescendant");
    }
  }

  choose(n = this.active) {
    if (this.items[n]) this.onChoose(this.items[n]);
  }

  /** Arrow keys, Home, End, and `accept` keys choose. Returns whether the key was used. */
  key(event, accept = ["Enter", "Tab"]) {
    if (!this.items.length || event.isComposing) return false;
    const to = { ArrowDown: this.active + 1, ArrowUp: this.active - 1 }[event.key];
    if (to !== undefined) this.move(to);
    else if (accept.includes(event.key) && !event.shiftKey) this.choose();
    else return false;
    event.preventDefault();
    return true;
  }
}

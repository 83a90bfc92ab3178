// One option of a slash command as a chip: a name, an input that fits its type, and its list of suggestions.
import * as api from "../api.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { preview, withinLimit } from "../ui/file-field.js";
import { Listbox } from "../ui/listbox.js";
import { fixedChoices, limitWords, read, TYPE, typeWord } from "./values.js";

const DEBOUNCE_MS = 130;

export class OptionField {
  /** `host`: {ask(field) → payload for autocomplete, panel(field), next(field), send(), remove(field), changed()}. */
  constructor(option, host) {
    this.option = option;
    this.host = host;
    this.picked = null;
    this.file = null;
    this.input = option.type === TYPE.ATTACHMENT ? this.fileInput() : this.textInput();
    this.element = h("label", {
      class: "optchip", data: { testid: "option", name: option.name, type: typeWord(option), required: String(Boolean(option.required)) },
    }, h("span", { class: "optname" }, option.name), this.input);
    if (this.show) this.element.append(this.show);
    this.list = new Listbox({ label: `Suggestions for ${option.name}`, onChoose: (item) => this.pick(item), testid: "suggestion", empty: "Nothing fits what you typed" });
    this.list.input = this.input;
    this.element.addEventListener("focusin", () => this.focused());
    this.element.addEventListener("keydown", (event) => this.key(event));
  }

  textInput() {
    const input = h("input", {
      type: "text", class: "optinput", role: "combobox", "aria-expanded": "true", autocomplete: "off", spellcheck: "false",
      "aria-label": `${this.option.name}: ${this.option.description}${this.option.required ? ", required" : ""}`, placeholder: typeWord(this.option),
      inputmode: this.option.type === TYPE.INTEGER ? "numeric" : this.option.type === TYPE.NUMBER ? "decimal" : null, data: { testid: "option-input", name: this.option.name },
    });
    input.addEventListener("input", () => { this.size(); this.wrong(null); this.suggest(); this.host.changed(); });
    queueMicrotask(() => this.size());
    return input;
  }

  fileInput() {
    const input = h("input", { type: "file", class: "visually-hidden", "aria-label": `${this.option.name}: ${this.option.description}`, data: { testid: "option-input", name: this.option.name } });
    this.show = h("span", { class: "optfile" }, icon("upload", 15), "drop or choose a file");
    input.addEventListener("change", () => input.files.length && this.setFile(input.files[0]));
    return input;
  }

  setFile(file) {
    const [fine] = withinLimit([file]);
    if (!fine) return;
    this.file = fine;
    this.wrong(null);
    this.show.replaceChildren(preview(fine, 22), h("span", {}, fine.name));
    this.host.changed();
    this.host.next(this);
  }

  size() {
    const shown = this.input.value || this.input.placeholder;
    this.input.style.width = `${Math.min(34, Math.max(4, shown.length + 1))}ch`;
  }

  focus() {
    this.input.focus({ preventScroll: true });
    this.input.select?.();
  }

  focused() {
    this.host.panel(this);
    this.suggest();
  }

  hint() {
    const { name, description, required } = this.option;
    const limits = limitWords(this.option);
    return h("div", { class: "opthint" }, h("b", {}, name), h("span", { class: `pill${required ? " must" : ""}` }, required ? "required" : "optional"),
      h("span", {}, description), h("small", {}, [typeWord(this.option), limits].filter(Boolean).join(", ")));
  }

  suggest() {
    const typed = this.picked && this.picked.label === this.input.value ? "" : this.input.value.trim().toLowerCase();
    const fixed = fixedChoices(this.option);
    if (fixed) {
      const found = fixed.filter((c) => c.label.toLowerCase().includes(typed));
      this.showList(found, Math.max(0, found.findIndex((c) => c.value === this.picked?.value)));
    } else if (this.option.autocomplete) this.complete();
    else this.showList(null);
  }

  showList(items, active = 0) {
    this.items = items;
    if (items) this.list.show(items, active);
    this.host.panel(this);
  }

  complete() {
    clearTimeout(this.timer);
    this.aborter?.abort();
    const aborter = new AbortController();
    this.aborter = aborter;
    if (!this.items) this.showList([]);
    this.timer = setTimeout(async () => {
      try {
        const { choices } = await api.complete(this.host.ask(this), aborter.signal);
        if (!aborter.signal.aborted) this.showList(choices.map((c) => ({ label: c.name, value: c.value })));
      } catch (error) {
        if (aborter.signal.aborted) return;
        this.list.emptyText = error.status ? "No suggestions just now; you can type freely" : error.message;
        this.showList([]);
      }
    }, this.asked ? DEBOUNCE_MS : 0);
    this.asked = true;
  }

  pick(item) {
    this.picked = item;
    this.input.value = item.label;
    this.size();
    this.wrong(null);
    this.host.changed();
    this.host.next(this);
  }

  key(event) {
    if (event.isComposing) return;
    const settled = this.picked && this.picked.label === this.input.value;
    if (this.items?.length && !event.shiftKey) {
      // Enter on a settled or empty optional chip sends; on an unsettled one it takes the marked suggestion.
      const accept = settled ? [] : this.input.value || this.option.required ? ["Enter", "Tab"] : [];
      if (this.list.key(event, accept)) return;
    }
    if (event.key === "Enter") {
      event.preventDefault();
      if (this.file === null && this.input.type === "file") this.input.click();
      else this.host.send();
    } else if (event.key === "Tab" && !event.shiftKey) {
      if (this.host.next(this)) event.preventDefault();
    } else if (event.key === "Backspace" && !this.input.value) {
      event.preventDefault();
      this.host.remove(this);
    }
  }

  read() {
    if (this.option.type !== TYPE.ATTACHMENT) return read(this.option, this.input.value, this.picked);
    return this.file ? { file: this.file } : { empty: true };
  }

  wrong(text) {
    this.element.classList.toggle("wrong", Boolean(text));
    this.input.setAttribute("aria-invalid", String(Boolean(text)));
    this.host.trouble(text);
  }

  dispose() {
    clearTimeout(this.timer);
    this.aborter?.abort();
  }
}

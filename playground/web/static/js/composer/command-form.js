// A slash command being filled in: its name, the chips of its options, and a tail where one adds optional ones.
import { h } from "../dom.js";
import { state } from "../store.js";
import { Listbox } from "../ui/listbox.js";
import { OptionField } from "./option-field.js";
import { nest, TYPE, typeWord } from "./values.js";

export class CommandForm {
  /** `host`: {panel(nodes), send(payload, files, title), leave(text), trouble(text)}. */
  constructor(entry, host) {
    this.entry = entry;
    this.host = host;
    this.fields = [];
    this.tail = h("input", {
      class: "optinput tail", type: "text", role: "combobox", "aria-expanded": "true", autocomplete: "off", spellcheck: "false",
      "aria-label": `/${entry.name}: press Enter to send, type to add an option`, data: { testid: "command-tail", autofocus: "1" },
    });
    this.more = h("button", { class: "addopt", type: "button", tabindex: "-1", data: { testid: "more-options" }, on: { click: () => this.tail.focus() } });
    this.element = h("div", { class: "command", role: "group", "aria-label": `Command ${entry.name}`, data: { testid: "command", name: entry.name } },
      h("span", { class: "command-name" }, `/${entry.name}`), this.tail, this.more);
    this.element.addEventListener("pointerdown", (event) => {
      if (event.target !== this.element) return;
      event.preventDefault();
      this.tail.focus();
    });
    this.list = new Listbox({ label: "Options", onChoose: (item) => this.add(item.option, true), testid: "option-choice", empty: "No option of that name" });
    this.list.input = this.tail;
    this.tail.addEventListener("focus", () => this.tailPanel());
    this.tail.addEventListener("input", () => { this.tail.style.width = `${Math.max(2, this.tail.value.length + 1)}ch`; this.tailPanel(); });
    this.tail.addEventListener("keydown", (event) => this.tailKey(event));
    entry.options.filter((o) => o.required).forEach((o) => this.add(o, false));
    this.drawMore();
  }

  get left() {
    return this.entry.options.filter((o) => !this.fields.some((f) => f.option === o));
  }

  focus() {
    (this.fields.find((f) => f.read().empty) ?? { focus: () => this.tail.focus({ preventScroll: true }) }).focus();
  }

  add(option, focus) {
    const field = new OptionField(option, {
      ask: (f) => ({ channel_id: state.channelId, command_id: this.entry.command.id, options: nest(this.entry.path, this.values(f)) }),
      panel: (f) => this.element.contains(document.activeElement) && f.element.contains(document.activeElement) && this.fieldPanel(f),
      next: (f) => this.next(f), send: () => this.send(), remove: (f) => this.remove(f), changed: () => {}, trouble: (text) => this.host.trouble(text),
    });
    this.fields.push(field);
    this.tail.before(field.element);
    this.tail.value = "";
    this.drawMore();
    if (focus) field.focus();
    return field;
  }

  remove(field) {
    if (field.option.required) {
      const before = this.fields[this.fields.indexOf(field) - 1];
      if (before) before.focus();
      else this.host.leave(`/${this.entry.name}`);
      return;
    }
    field.dispose();
    this.fields.splice(this.fields.indexOf(field), 1);
    field.element.remove();
    this.host.trouble(null);
    this.drawMore();
    this.tail.focus();
  }

  /** Go to what should be filled next; true if there was anything after `field`. */
  next(field) {
    const after = this.fields.slice(this.fields.indexOf(field) + 1);
    const goal = after.find((f) => f.read().empty) ?? after[0];
    if (goal) goal.focus();
    else this.tail.focus();
    return true;
  }

  drawMore() {
    const count = this.left.length;
    this.more.hidden = !count;
    this.more.textContent = this.fields.length ? `+${count} optional` : `${count} option${count > 1 ? "s" : ""}`;
  }

  fieldPanel(field) {
    this.host.panel([field.hint(), field.items ? field.list.element : null]);
  }

  tailPanel() {
    const typed = this.tail.value.trim().toLowerCase();
    const fitting = this.left.filter((o) => o.name.includes(typed));
    const hint = h("div", { class: "opthint" }, h("b", {}, `/${this.entry.name}`), h("span", {}, this.entry.description),
      h("small", {}, this.left.length ? "Enter sends · Tab adds an option" : "Enter sends"));
    this.list.show(fitting.map((o) => ({ label: o.name, value: o.name, description: o.description, note: typeWord(o), option: o })));
    this.host.panel([hint, this.left.length ? this.list.element : null]);
  }

  tailKey(event) {
    const typed = this.tail.value.trim();
    if (event.key === "Tab" && event.shiftKey) return;
    if (this.left.length && this.list.key(event, typed ? ["Enter", "Tab"] : ["Tab"])) return;
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (typed) this.host.trouble(`/${this.entry.name} has no option called “${typed}”.`);
      else this.send();
    } else if (event.key === "Backspace" && !this.tail.value) {
      event.preventDefault();
      const last = this.fields.at(-1);
      if (last) last.focus();
      else this.host.leave(`/${this.entry.name}`);
    }
  }

  // What is filled in so far, for autocomplete; the field asked about is marked.
  values(focused) {
    return this.fields.flatMap((f) => {
      const typed = f.input.value;
      if (f === focused) return [{ name: f.option.name, type: f.option.type, value: typed, focused: true }];
      const got = f.read();
      return got.value === undefined ? [] : [{ name: f.option.name, type: f.option.type, value: got.value }];
    });
  }

  send() {
    const options = [];
    const files = [];
    for (const field of this.fields) {
      const got = field.read();
      const missing = got.empty && field.option.required;
      const error = got.error ?? (missing ? `${field.option.name} is required: ${field.option.description.replace(/\.$/, "")}.` : null);
      if (error) {
        field.focus();
        field.wrong(error);
        return;
      }
      if (got.empty) continue;
      const value = got.file ? files.push(got.file) - 1 : got.value;
      options.push({ name: field.option.name, type: field.option.type, value });
    }
    const payload = { channel_id: state.channelId, command_id: this.entry.command.id, options: nest(this.entry.path, options) };
    this.host.send(payload, files, `/${this.entry.name}`);
  }

  /** A dropped or pasted file goes to the first attachment option still open. False if there is none. */
  takeFile(file) {
    const open = this.fields.find((f) => f.option.type === TYPE.ATTACHMENT && !f.file);
    const spare = this.left.find((o) => o.type === TYPE.ATTACHMENT);
    const field = open ?? (spare && this.add(spare, false));
    if (!field) return false;
    field.setFile(file);
    return true;
  }

  dispose() {
    this.fields.forEach((f) => f.dispose());
  }
}

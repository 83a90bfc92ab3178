// The inputs of a modal: text (4), selects (3, 5–8), files (19), radio (21), checkboxes (22, 23), in a label (18) or old row (1).
import { h } from "./dom.js";
import { fileField } from "./ui/file-field.js";
import { icon } from "./icons.js";
import { selectLabel } from "./render/select-label.js";
import { openSelect } from "./ui/select-menu.js";

let count = 0;

/** {element, customId, read(files) → value, check() → the element to correct or null, focus(), dirty()} */
export function field(outer) {
  const inner = outer.type === 18 ? outer.component : outer.components?.[0] ?? outer;
  const id = `field${++count}`;
  const required = inner.required !== false && inner.type !== 23;
  const title = outer.type === 18 ? outer.label : inner.label;
  const made = (MAKE[inner.type] ?? unknown)(inner, id, title);
  const error = h("div", { class: "field-error", id: `${id}-error` });
  const element = h(made.group ? "fieldset" : "div", { class: "field", data: { testid: "field", customId: inner.custom_id } },
    inner.type === 23 ? null : h(made.group ? "legend" : "label", { class: "field-title", for: made.group ? null : id }, title ?? "", required ? h("span", { class: "required", "aria-label": "required" }, "*") : null),
    outer.description ? h("p", { class: "field-about" }, outer.description) : null, made.element, error);
  return {
    element, customId: inner.custom_id, read: made.read, focus: made.focus, dirty: made.dirty,
    check() {
      const wrong = made.check(required);
      error.replaceChildren(...(wrong ? [icon("alert", 14), wrong] : []));
      element.classList.toggle("wrong", Boolean(wrong));
      return wrong ? made : null;
    },
  };
}

const unknown = (inner) => ({
  element: h("p", {}, `A field of type ${inner.type}, which this page can't draw`), read: () => null, check: () => null, focus() {}, dirty: () => false,
});

function textInput(c, id) {
  const long = c.style === 2;
  const input = h(long ? "textarea" : "input", {
    id, class: "input", type: long ? null : "text", rows: long ? 4 : null, placeholder: c.placeholder, maxlength: c.max_length ?? 4000,
    data: { testid: "field-input", customId: c.custom_id },
  });
  input.value = c.value ?? "";
  const left = h("span", { class: "counter" });
  const tally = () => { left.textContent = c.max_length ? `${input.value.length} / ${c.max_length}` : ""; };
  input.addEventListener("input", tally);
  tally();
  return {
    element: h("div", { class: "text-field" }, input, left), read: () => input.value, focus: () => input.focus(), dirty: () => input.value !== (c.value ?? ""),
    check(required) {
      const size = input.value.length;
      if (!size) return required ? "Please fill this in." : null;
      if (c.min_length && size < c.min_length) return `A little longer, please: at least ${c.min_length} characters.`;
      return null;
    },
  };
}

function selectInput(c, id) {
  let values = selectLabelValues(c);
  const value = h("span", { class: "select-value" });
  const button = h("button", { id, class: "select", type: "button", "aria-haspopup": "listbox", data: { testid: "select", customId: c.custom_id } }, value, icon("down", 18));
  const draw = () => {
    const label = selectLabel({ ...c, default_values: values.map((v) => ({ id: v })) }, "modal");
    button.classList.toggle("empty", label.empty);
    value.replaceChildren(...label.nodes.filter(Boolean));
  };
  let touched = false;
  button.addEventListener("click", () => openSelect(c, button, values, (chosen) => { values = chosen; touched = true; draw(); }));
  draw();
  return {
    element: button, read: () => values, focus: () => button.focus(), dirty: () => touched,
    check: (required) => (required && values.length < Math.max(1, c.min_values ?? 1) ? "Please choose." : null),
  };
}
const selectLabelValues = (c) => (c.default_values ?? []).map((d) => d.id).concat((c.options ?? []).filter((o) => o.default).map((o) => o.value));

function choiceRows(c, id, type) {
  const inputs = (c.options ?? []).map((o) => h("input", { type, name: id, value: o.value, checked: o.default, data: { testid: "choice", value: o.value } }));
  const rows = inputs.map((input, n) => h("label", { class: "choice" }, input, h("span", { class: "choice-mark", "aria-hidden": "true" }, type === "checkbox" ? icon("check", 13) : null),
    h("span", { class: "option-text" }, h("b", {}, c.options[n].label), c.options[n].description ? h("small", {}, c.options[n].description) : null)));
  const chosen = () => inputs.filter((i) => i.checked).map((i) => i.value);
  let touched = false;
  const element = h("div", { class: "choices", on: { change: () => { touched = true; } } }, rows);
  return { element, chosen, group: true, focus: () => inputs[0]?.focus(), dirty: () => touched };
}

function radioInput(c, id) {
  const rows = choiceRows(c, id, "radio");
  return { ...rows, read: () => rows.chosen()[0] ?? null, check: (required) => (required && !rows.chosen().length ? "Please choose one." : null) };
}

function checkboxes(c, id) {
  const rows = choiceRows(c, id, "checkbox");
  const least = c.min_values ?? 1;
  return {
    ...rows, read: () => rows.chosen(),
    check(required) {
      const size = rows.chosen().length;
      if (required && size < least) return `Please choose at least ${least}.`;
      return c.max_values && size > c.max_values ? `At most ${c.max_values}, please.` : null;
    },
  };
}

function checkbox(c, id, title) {
  const input = h("input", { id, type: "checkbox", checked: c.default, data: { testid: "choice", customId: c.custom_id } });
  return {
    element: h("label", { class: "choice" }, input, h("span", { class: "choice-mark", "aria-hidden": "true" }, icon("check", 13)), h("span", {}, title ?? "Yes")),
    read: () => input.checked, check: () => null, focus: () => input.focus(), dirty: () => input.checked !== Boolean(c.default),
  };
}

function files(c, id) {
  const least = c.min_values ?? 1;
  const picker = fileField({ id, most: c.max_values ?? 1, testid: "field-files" });
  return {
    element: picker.element, focus: picker.focus, dirty: () => picker.files.length > 0,
    read: (all) => picker.files.map((file) => all.push(file) - 1),
    check: (required) => (required && picker.files.length < least ? (least === 1 ? "Please add a file." : `Please add at least ${least} files.`) : null),
  };
}

const MAKE = { 4: textInput, 3: selectInput, 5: selectInput, 6: selectInput, 7: selectInput, 8: selectInput, 19: files, 21: radioInput, 22: checkboxes, 23: checkbox };

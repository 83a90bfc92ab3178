// A modal that the bot opened: a native <dialog> (focus trap and Escape for free), one field per component.
import { $, h } from "./dom.js";
import * as api from "./api.js";
import { icon } from "./icons.js";
import { begin } from "./interactions.js";
import { markdown } from "./render/markdown.js";
import { on, state } from "./store.js";
import { avatar } from "./render/message.js";
import { field } from "./modal-fields.js";

let waiting = null; // {record, finish}

export function mountModals() {
  on("interaction", (record) => {
    if (record.state === "modal" && record.modal && !record.modalShown) {
      record.modalShown = true;
      openModal(record, record.modal);
    }
    if (waiting && waiting.record === record && record.state !== "sent") waiting.finish(record);
  });
}

function openModal(record, modal) {
  const parts = (modal.components ?? []).map((one) => (one.type === 10 ? { element: markdown(one.content) } : field(one)));
  const fields = parts.filter((p) => p.read);
  const trouble = h("div", { class: "modal-trouble", role: "alert" });
  const submit = h("button", { class: "btn primary", type: "submit", data: { testid: "modal-submit" } }, h("span", { class: "label" }, "Submit"));
  const form = h("form", { class: "modal-form", novalidate: true, method: "dialog" },
    h("header", {}, avatar(state.bot.user, 32), h("h2", { id: "modal-title" }, modal.title),
      h("button", { class: "iconbutton", type: "button", "aria-label": "Close", on: { click: () => leave() } }, icon("close"))),
    h("div", { class: "modal-body" }, parts.map((p) => p.element)), trouble,
    h("footer", {}, h("button", { class: "btn secondary", type: "button", on: { click: () => leave() } }, "Cancel"), submit));
  const dialog = h("dialog", { class: "modal", "aria-labelledby": "modal-title", data: { testid: "modal", customId: modal.custom_id } }, form);
  const came = document.activeElement;

  function leave() {
    if (!fields.some((f) => f.dirty?.())) return dialog.close();
    const button = (words, style, run) => h("button", { class: `btn small ${style}`, type: "button", on: { click: run } }, words);
    const keep = button("Keep writing", "secondary", () => { trouble.replaceChildren(); fields[0]?.focus(); });
    trouble.replaceChildren(h("span", { class: "modal-question" }, "Close and lose what you typed?"), keep, button("Discard", "danger", () => dialog.close()));
    return keep.focus();
  }

  function send() {
    const wrong = fields.map((f) => f.check()).find(Boolean);
    if (wrong) {
      wrong.focus();
      return;
    }
    const files = [];
    const values = Object.fromEntries(fields.map((f) => [f.customId, f.read(files)]));
    trouble.textContent = "";
    submit.setAttribute("aria-busy", "true");
    const body = { interaction_id: record.id, custom_id: modal.custom_id, values };
    begin(() => api.submitModal(body, files), { kind: "modal", title: modal.title, channelId: record.channelId, messageId: record.messageId })
      .then((sent) => {
        if (sent.state !== "sent") return finish(sent);
        waiting = { record: sent, finish };
        return undefined;
      });
  }

  function finish(sent) {
    waiting = null;
    submit.removeAttribute("aria-busy");
    if (sent.state === "failed") {
      trouble.replaceChildren(icon("alert", 16), sent.error === "The application did not respond" ? "Something went wrong. What you typed is still here: try again." : sent.error);
    } else dialog.close();
  }

  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(); }
  });
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
  dialog.addEventListener("close", () => {
    dialog.remove();
    (came?.isConnected ? came : $("#composer textarea"))?.focus?.({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
  fields[0]?.focus();
}

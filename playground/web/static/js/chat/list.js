// The messages of the open channel: drawn once, then changed row by row, held to the bottom while one reads there.
import { $, $$, h, morph } from "../dom.js";
import { dayTitle, nameOf } from "../format.js";
import { icon } from "../icons.js";
import { isBusy, isMine, messageSeen, openIn } from "../interactions.js";
import { groups, messageRow, timeOf, avatar } from "../render/message.js";
import { emit, findMessage, forget, messagesOf, on, person, state } from "../store.js";
import { welcome } from "./welcome.js";

const NEAR_BOTTOM = 90; // px
const MOST_ROWS = 220; // older ones are read again when one scrolls up
const SHOW_PENDING_AFTER_MS = 220; // quick answers need no "sending"

let scroller, list, pendingBox, jump;
let stuck = true;
let lastTop = 0;
let unseen = 0;

export function mountList() {
  scroller = $("#scroller");
  list = $("#messages");
  pendingBox = $("#pending");
  jump = $("#jump");
  scroller.addEventListener("scroll", onScroll, { passive: true });
  new ResizeObserver(() => stuck && toBottom()).observe($("#scroller-inner"));
  new ResizeObserver(() => stuck && toBottom()).observe(scroller);
  list.addEventListener("keydown", walk);
  jump.addEventListener("click", () => { stuck = true; toBottom(true); });
  on("interaction", (record) => { drawBusy(record); drawPending(); });
  on("redraw", redraw);
}

// Arrow keys go from message to message once one has the focus (ArrowUp in an empty composer gives it to the last).
function walk(event) {
  if (!event.target.matches(".msg")) return;
  const step = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" }[event.key];
  if (step) (event.target[step] ?? (event.key === "ArrowDown" ? $("#composer-text") : event.target)).focus();
  else if (event.key === "Enter") $("[data-act=menu]", event.target)?.click();
  else return;
  event.preventDefault();
}

export const focusLastMessage = () => list.lastElementChild?.focus();

const visible = () => messagesOf().filter((m) => !state.dismissed.has(m.id));
const rowOf = (id) => list.querySelector(`[data-message-id="${CSS.escape(id)}"]`);

function onScroll() {
  const near = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_BOTTOM;
  // Only somebody scrolling up lets go of the bottom: content that grows also fires scroll events, far from it.
  if (near) stuck = true;
  else if (scroller.scrollTop < lastTop) stuck = false;
  lastTop = scroller.scrollTop;
  if (stuck) unseen = 0;
  drawJump();
  if (scroller.scrollTop < 300 && !state.complete.has(state.channelId)) emit("older", state.channelId);
}

function drawJump() {
  jump.hidden = stuck;
  jump.replaceChildren(icon("down", 17), unseen ? `${unseen} new message${unseen > 1 ? "s" : ""}` : "To the newest");
}

export function toBottom(smooth = false) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  scroller.scrollTo({ top: scroller.scrollHeight, behavior: smooth && !calm ? "smooth" : "instant" });
}

export function stick() {
  stuck = true;
  toBottom();
}

function rowsFor(m, previous) {
  const row = messageRow(m, previous);
  if (!previous || timeOf(previous).toDateString() !== timeOf(m).toDateString()) {
    row.prepend(h("div", { class: "day", role: "separator", data: { key: "day" } }, h("span", {}, dayTitle(timeOf(m)))));
  }
  return row;
}

/** Draw the open channel from the store, keeping what is already right. */
export function drawChannel({ jumpToBottom = false } = {}) {
  const shown = visible();
  const next = h("ol", { id: "messages" }, shown.map((m, n) => rowsFor(m, shown[n - 1])));
  const keys = new Set(shown.map((m) => m.id));
  for (const row of $$(":scope > li", list)) if (!keys.has(row.dataset.key)) row.remove();
  let spot = list.firstElementChild;
  for (const row of [...next.children]) {
    if (spot && spot.dataset.key === row.dataset.key) {
      spot = morph(spot, row).nextElementSibling;
    } else list.insertBefore(row, spot);
  }
  $("#welcome").replaceChildren(...welcome());
  drawPending();
  if (jumpToBottom) stick();
}

/** Keep the place while older messages are put above. */
export function drawOlder() {
  const before = scroller.scrollHeight - scroller.scrollTop;
  drawChannel();
  scroller.scrollTop = scroller.scrollHeight - before;
}

export function messageCreated(m) {
  const shown = visible();
  const at = shown.findIndex((x) => x.id === m.id);
  const row = rowsFor(m, shown[at - 1]);
  row.classList.add("fresh");
  list.insertBefore(row, shown[at + 1] ? rowOf(shown[at + 1].id) : null);
  if (shown[at + 1]) regroup(shown[at + 1], m);
  if (isMine(m)) stuck = true; // one looks forward to one's own answer
  if (stuck) {
    toBottom();
    while (list.children.length > MOST_ROWS) {
      forget(state.channelId, list.firstElementChild.dataset.messageId);
      state.complete.delete(state.channelId);
      list.firstElementChild.remove();
    }
  } else {
    unseen++;
    drawJump();
  }
  messageSeen(m);
}

export function messageUpdated(m) {
  redraw(m.id);
  messageSeen(m);
}

function redraw(id) {
  const row = rowOf(id);
  const m = row && findMessage(id);
  if (!m) return;
  const shown = visible();
  const next = rowsFor(m, shown[shown.findIndex((x) => x.id === id) - 1]);
  if (row.classList.contains("fresh")) next.classList.add("fresh");
  morph(row, next);
  if (stuck) toBottom();
}

function regroup(m, previous) {
  const row = rowOf(m.id);
  if (row && row.classList.contains("compact") !== groups(m, previous)) redraw(m.id);
}

export function messageGone(id) {
  const row = rowOf(id);
  if (!row) return;
  const nextId = row.nextElementSibling?.dataset.messageId;
  const hadFocus = row.contains(document.activeElement);
  row.remove();
  if (nextId) redraw(nextId);
  if (hadFocus) $("#composer [data-autofocus]")?.focus({ preventScroll: true });
}

/** Scroll to a message and light it up. */
export function showMessage(id) {
  const row = rowOf(id);
  if (!row) return false;
  row.scrollIntoView({ block: "center" });
  row.classList.add("lit");
  setTimeout(() => row.classList.remove("lit"), 1600);
  return true;
}

function drawBusy(record) {
  const row = record.messageId && rowOf(record.messageId);
  if (!row) return;
  for (const el of $$("[data-custom-id]", row)) {
    if (isBusy(record.messageId, el.dataset.customId)) el.setAttribute("aria-busy", "true");
    else el.removeAttribute("aria-busy");
  }
}

function drawPending() {
  const now = performance.now();
  const open = openIn(state.channelId);
  const late = open.filter((r) => r.state === "failed" || now - r.click >= SHOW_PENDING_AFTER_MS);
  if (late.length < open.length) setTimeout(drawPending, SHOW_PENDING_AFTER_MS);
  const before = pendingBox.childElementCount;
  pendingBox.replaceChildren(...late.map(pendingRow));
  if (pendingBox.childElementCount > before && stuck) toBottom();
}

function pendingRow(record) {
  const failed = record.state === "failed";
  const away = () => { record.dismissed = true; drawPending(); };
  return h("li", { class: `pending${failed ? " failed" : ""}`, role: failed ? "alert" : "status", data: { testid: failed ? "command-failed" : "command-sending" } },
    h("div", { class: "context" }, avatar(person(), 18), h("b", {}, nameOf(person())), "used", h("span", { class: "context-command" }, record.title)),
    failed ? h("div", { class: "failure" }, icon("alert", 15), record.error, h("button", { class: "textlink", type: "button", on: { click: () => { away(); record.again?.(); } } }, "Try again"),
      h("button", { class: "textlink", type: "button", on: { click: away } }, "Dismiss"))
      : h("div", { class: "thinking" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), "Sending…"));
}

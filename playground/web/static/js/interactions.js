// What this person set going: commands, presses, modals. Follows each from the click to the painted answer.
//
// `window.artel.lastInteraction` = {click, acknowledged, message, painted}: performance.now() times in ms, so a
// difference is a duration; null while it has not happened. `window.artel.interactions` keeps the last hundred.
import { painted, picturesReady } from "./dom.js";
import { emit, findMessage } from "./store.js";
import { readInteraction } from "./api.js";

const LOADING = 1 << 7;
const ASK_AGAIN_MS = 4000; // the server gives up at 3 s; ask once more in case its event was lost
const KEPT = 100;

const records = [];
const byId = new Map();
const early = new Map(); // events that came before the answer to our POST
const updatedAt = new Map(); // message id → when it last came, performance.now()
window.artel = { lastInteraction: null, interactions: [] };

/** Start one: `send()` is the POST. `about` {kind, title, channelId, messageId?, customId?} is for those who draw it. */
export async function begin(send, about) {
  const record = { ...about, id: null, state: "sent", error: null, click: performance.now(), timing: null };
  record.timing = { id: null, click: record.click, acknowledged: null, message: null, painted: null };
  window.artel.lastInteraction = record.timing;
  window.artel.interactions = [...window.artel.interactions.slice(1 - KEPT), record.timing];
  performance.mark("artel:click", { detail: about.title });
  records.push(record);
  if (records.length > KEPT) byId.delete(records.shift().id);
  emit("interaction", record);
  try {
    const { interaction_id: id } = await send();
    record.id = record.timing.id = id;
    byId.set(id, record);
    const seen = early.get(id);
    early.delete(id);
    if (seen) apply(record, seen.event, seen.at);
    else setTimeout(() => record.state === "sent" && askAgain(record), ASK_AGAIN_MS);
  } catch (error) {
    settle(record, "failed", error.message);
  }
  return record;
}

async function askAgain(record) {
  try {
    const event = await readInteraction(record.id);
    if (event.state !== "sent") return heard(event);
  } catch { /* told below */ }
  return settle(record, "failed", null);
}

/** An `interaction` event of the stream. */
export function heard(event) {
  if (event.state === "sent") return; // told at once, often before our POST is answered
  const record = byId.get(event.id);
  const at = performance.now();
  if (record) apply(record, event, at);
  else {
    early.set(event.id, { event, at });
    if (early.size > KEPT) early.delete(early.keys().next().value);
  }
}

function apply(record, event, at) {
  if (record.timing.acknowledged === null) {
    record.timing.acknowledged = at;
    performance.mark("artel:acknowledged", { startTime: at });
  }
  record.answerId = event.message_id ?? record.answerId;
  settle(record, event.state, event.error, event.modal);
  const shown = record.answerId && updatedAt.get(record.answerId);
  const message = shown && findMessage(record.answerId);
  if (message && shown >= record.click && !(message.flags & LOADING)) measure(record, record.answerId, shown);
}

function settle(record, outcome, error = null, modal = null) {
  record.state = outcome;
  record.error = outcome === "failed" ? error || "The application did not respond" : null;
  record.modal = modal;
  emit("interaction", record);
}

/** A message came or changed: is it the answer somebody waits for? */
export function messageSeen(message) {
  const at = performance.now();
  updatedAt.set(message.id, at);
  if (updatedAt.size > 500) updatedAt.delete(updatedAt.keys().next().value);
  if (message.flags & LOADING) return;
  for (const record of records) {
    if (record.timing.message !== null || !record.id) continue;
    if (record.answerId === message.id || message.interaction_metadata?.id === record.id) {
      measure(record, message.id, at);
    }
  }
}

async function measure(record, messageId, at) {
  if (record.timing.message !== null) return;
  record.timing.message = at;
  performance.mark("artel:message", { startTime: at });
  await Promise.resolve(); // the list draws it in the same turn of the event
  const row = document.querySelector(`[data-message-id="${CSS.escape(messageId)}"]`);
  if (row) await picturesReady(row);
  await painted();
  record.timing.painted = performance.now();
  performance.mark("artel:painted");
  performance.measure("artel:interaction", { start: record.click, end: record.timing.painted, detail: record.title });
}

/** Whether `message` answers something this person set going since the page was opened. */
export const isMine = (message) => byId.has(message.interaction_metadata?.id);

/** Interactions of a channel that still wait for their first answer, or whose command failed. */
export const openIn = (channelId) =>
  records.filter((r) => r.channelId === channelId && r.kind === "command" && !r.dismissed &&
    (r.state === "sent" || r.state === "failed"));
export const isBusy = (messageId, customId) =>
  records.some((r) => r.state === "sent" && r.messageId === messageId && r.customId === customId);

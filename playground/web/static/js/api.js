// The playground's routes (docs/playground-api.md) as functions. `as` is always the person one acts for.
import { state } from "./store.js";

export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function call(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new ApiError("The playground can't be reached. Is it still running?", 0);
  }
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new ApiError(body?.message ?? `The playground answered ${answer.status}.`, answer.status);
  return body;
}

const as = (me = state.me) => (me ? `as=${encodeURIComponent(me)}` : "");
const json = (body) => ({
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
});
const form = (payload, files = []) => {
  const body = new FormData();
  body.append("payload_json", JSON.stringify(payload));
  files.forEach((file, n) => body.append(`files[${n}]`, file, file.name));
  return { method: "POST", body };
};

export const readWorld = (me) => call(`/_/world?${as(me)}`);
export const readMessages = (channelId, before) =>
  call(`/_/channels/${channelId}/messages?${as()}&limit=50${before ? `&before=${before}` : ""}`);
export const say = (channelId, payload, files) =>
  call(`/_/channels/${channelId}/messages?${as()}`, form(payload, files));
const one = (message, rest = "") => `/_/channels/${message.channel_id}/messages/${message.id}${rest}?${as()}`;
export const deleteMessage = (message) => call(one(message), { method: "DELETE" });
export const react = (message, emoji, add) =>
  call(one(message, `/reactions/${encodeURIComponent(emoji)}`), { method: add ? "PUT" : "DELETE" });
export const runCommand = (payload, files) => call(`/_/commands?${as()}`, form(payload, files));
export const complete = (payload, signal) => call(`/_/autocomplete?${as()}`, { ...json(payload), signal });
export const press = (payload) => call(`/_/components?${as()}`, json(payload));
export const submitModal = (payload, files) => call(`/_/modals?${as()}`, form(payload, files));
export const readInteraction = (id) => call(`/_/interactions/${id}?${as()}`);
export const eventsUrl = (me) =>
  `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/_/events?as=${encodeURIComponent(me)}`;

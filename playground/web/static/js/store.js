// What the page knows, and who wants to hear when it changes. Messages are kept as the server sent them.

export const state = {
  me: null, people: [], guild: { emojis: [], roles: [] }, channels: [], bot: { user: null, online: true }, commands: [],
  application: null, limits: { attachment_size: 10 << 20 },
  channelId: null,
  messages: new Map(), // channel id → messages, oldest first
  complete: new Set(), // channels whose beginning is loaded
  unread: new Set(),
  chosen: new Map(), // "message id/custom_id" → what was chosen last in a select
  failures: new Map(), // message id → why its last press failed
  dismissed: new Set(), // ephemeral messages put away
  connected: true,
};

const listeners = new Map();
export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(listener);
}
export const emit = (topic, data) => listeners.get(topic)?.forEach((listener) => listener(data));

export const person = (id = state.me) => state.people.find((p) => p.id === id);
export const user = (id) => person(id) ?? (state.bot.user?.id === id ? state.bot.user : undefined);
export const channel = (id = state.channelId) => state.channels.find((c) => c.id === id);
export const role = (id) => state.guild.roles.find((r) => r.id === id);
export const command = (id) => state.commands.find((c) => c.id === id);
export const messagesOf = (id = state.channelId) => state.messages.get(id) ?? [];
export const isDm = (c) => c?.type === 1;
export const mayWrite = (c = channel()) => c?.may?.send !== false;
/** Where a newcomer lands: the first channel of the server in which they can do something. */
export const home = () => state.channels.find((c) => c.type === 0 && mayWrite(c)) ?? state.channels[0];

/** Commands of `type` that can be used in the open channel: a command says for servers (0) or direct messages (1). */
export function commandsHere(type = 1) {
  const here = channel();
  if (here?.may?.use_commands === false) return [];
  return state.commands.filter((c) => (c.type ?? 1) === type && (c.contexts == null || c.contexts.includes(isDm(here) ? 1 : 0)));
}

export function findMessage(id) {
  for (const list of state.messages.values()) {
    const found = list.find((m) => m.id === id);
    if (found) return found;
  }
  return undefined;
}

/** Put a message in its place by id; the same id again replaces it. Returns "created" or "updated". */
export function upsert(message) {
  const list = state.messages.get(message.channel_id) ?? [];
  state.messages.set(message.channel_id, list);
  const at = list.findIndex((m) => m.id === message.id);
  if (at >= 0) {
    list[at] = message;
    for (const key of state.chosen.keys()) if (key.startsWith(`${message.id}/`)) state.chosen.delete(key);
    return "updated";
  }
  let spot = list.length;
  while (spot > 0 && BigInt(list[spot - 1].id) > BigInt(message.id)) spot--;
  list.splice(spot, 0, message);
  return "created";
}

/** Add or take away one reaction; returns the message if it is known here. */
export function countReaction({ message_id: id, user_id: who, emoji, added = true }) {
  const message = findMessage(id);
  if (!message) return null;
  message.reactions ??= [];
  const same = (r) => (emoji.id ? r.emoji.id === emoji.id : r.emoji.name === emoji.name);
  let found = message.reactions.find(same);
  if (!found) message.reactions.push((found = { emoji, count: 0, me: false }));
  found.count += added ? 1 : -1;
  if (who === state.me) found.me = added;
  message.reactions = message.reactions.filter((r) => r.count > 0);
  return message;
}

export function forget(channelId, id) {
  const list = state.messages.get(channelId);
  const at = list?.findIndex((m) => m.id === id) ?? -1;
  if (at >= 0) list.splice(at, 1);
}

export function setWorld(world) {
  const me = typeof world.me === "object" ? world.me.id : world.me;
  Object.assign(state, world, { me });
  const { user: account, ...about } = world.bot;
  state.bot = { ...about, user: { avatar_url: about.avatar_url, role_names: about.role_names, ...account, bot: true } };
  state.channels = [...world.channels].sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
}

/** A small setting that outlives the page. Private windows may refuse storage: then it lives as long as the page. */
export const remembered = {
  get(key) {
    try { return localStorage.getItem(`artel.${key}`); } catch { return null; }
  },
  set(key, value) {
    try { localStorage.setItem(`artel.${key}`, value); } catch { /* not kept */ }
  },
};

// "Artel is typing…" under the composer; a typing event lasts ten seconds, as Discord's does.
import { $, h } from "../dom.js";
import { nameOf } from "../format.js";
import { state, user } from "../store.js";

const LASTS_MS = 10_000;
const now = new Map(); // user id → {channelId, until, name}

export const typing = {
  start({ channel_id: channelId, user: who, user_id: id }) {
    const one = who ?? user(id);
    if (!one || one.id === state.me) return;
    now.set(one.id, { channelId, until: Date.now() + LASTS_MS, name: nameOf(one) });
    this.draw();
  },
  stop(id) {
    if (now.delete(id)) this.draw();
  },
  draw() {
    for (const [id, one] of now) if (one.until < Date.now()) now.delete(id);
    const names = [...now.values()].filter((o) => o.channelId === state.channelId).map((o) => o.name);
    $("#typing").replaceChildren(...(names.length
      ? [h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), h("b", {}, names.join(", ")), names.length > 1 ? " are typing…" : " is typing…"] : []));
  },
};

export function mountTyping() {
  setInterval(() => now.size && typing.draw(), 1000);
}

// The event stream: one WebSocket that comes back by itself.
import { eventsUrl } from "./api.js";

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 5000;

export class Live {
  /** `onEvent(kind, data)`; `onState({connected, again})`, `again` true after a gap, when the page must read anew. */
  constructor(onEvent, onState) {
    this.onEvent = onEvent;
    this.onState = onState;
    this.wait = FIRST_WAIT_MS;
  }

  open(me) {
    this.close();
    this.me = me;
    const socket = new WebSocket(eventsUrl(me));
    this.socket = socket;
    socket.onopen = () => {
      this.wait = FIRST_WAIT_MS;
      this.onState({ connected: true, again: this.lost === true });
      this.lost = false;
    };
    socket.onmessage = (frame) => {
      const { t, d } = JSON.parse(frame.data);
      this.onEvent(t, d);
    };
    socket.onclose = () => {
      if (socket !== this.socket) return;
      this.lost = true;
      this.onState({ connected: false });
      this.timer = setTimeout(() => this.open(this.me), this.wait);
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
    };
  }

  now() {
    this.wait = FIRST_WAIT_MS;
    this.open(this.me);
  }

  close() {
    clearTimeout(this.timer);
    const old = this.socket;
    this.socket = null;
    old?.close();
  }
}

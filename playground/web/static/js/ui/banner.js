// Trouble that lasts: the server or the bot is away.
import { $, h } from "../dom.js";
import { icon } from "../icons.js";
import { state } from "../store.js";

const PATIENCE_MS = 1200; // a blink of a connection is nobody's business
let timer = null;

export function drawBanner(retry) {
  clearTimeout(timer);
  const bar = $("#banner");
  const away = !state.connected ? ["The playground is away. Trying again…", true]
    : !state.bot.online ? ["Artel is away for a moment. Everything stays as it is; buttons work again once it is back.", false] : null;
  if (!away) {
    bar.hidden = true;
    return;
  }
  timer = setTimeout(() => {
    bar.replaceChildren(icon("retry", 17), h("span", {}, away[0]), ...(away[1] ? [h("button", { class: "textlink", type: "button", on: { click: retry } }, "Try now")] : []));
    bar.hidden = false;
  }, PATIENCE_MS);
}

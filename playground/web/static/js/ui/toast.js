// A word in passing: "Copied", or why something could not be done.
import { $, h } from "../dom.js";
import { icon } from "../icons.js";

export function toast(text, { tone = "info", seconds = 4 } = {}) {
  const made = h("div", { class: `toast ${tone}`, role: tone === "trouble" ? "alert" : "status", data: { testid: "toast" } },
    icon(tone === "trouble" ? "alert" : "check", 17), text);
  $("#toasts").append(made);
  setTimeout(() => made.remove(), seconds * 1000);
}

export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what} copied`);
  } catch {
    toast(`The browser did not allow copying. ${what}: ${text}`, { seconds: 10 });
  }
}

// Light, dark, or as the system has it; a press goes round. theme-early.js sets it before the first paint.
import { $ } from "../dom.js";
import { icon } from "../icons.js";
import { remembered } from "../store.js";

const CYCLE = ["system", "light", "dark"];
const LOOK = { system: ["auto", "as your system"], light: ["sun", "light"], dark: ["moon", "dark"] };
const system = matchMedia("(prefers-color-scheme: light)");

function apply(choice) {
  document.documentElement.dataset.theme = choice === "system" ? (system.matches ? "light" : "dark") : choice;
  const [name, words] = LOOK[choice];
  const button = $("#theme");
  button.replaceChildren(icon(name, 20));
  button.title = `Theme: ${words}`;
  button.setAttribute("aria-label", `Theme: ${words}. Press to change`);
}

export function mountTheme() {
  let choice = CYCLE.includes(remembered.get("theme")) ? remembered.get("theme") : "system";
  apply(choice);
  system.addEventListener("change", () => apply(choice));
  $("#theme").addEventListener("click", () => {
    choice = CYCLE[(CYCLE.indexOf(choice) + 1) % CYCLE.length];
    remembered.set("theme", choice);
    apply(choice);
  });
}

// The side panels: drawers on a narrow screen, columns on a wide one.
import { $ } from "../dom.js";
import { icon } from "../icons.js";
import { remembered } from "../store.js";

const NARROW = matchMedia("(max-width: 900px)");

export function mountPanels() {
  const nav = $("#nav-toggle");
  const members = $("#members-toggle");
  nav.append(icon("menu"));
  members.append(icon("people"));
  const set = (name, open) => {
    document.body.classList.toggle(name, open);
    nav.setAttribute("aria-expanded", String(document.body.classList.contains("nav-open")));
    members.setAttribute("aria-expanded", String(NARROW.matches ? document.body.classList.contains("members-open") : !document.body.classList.contains("members-hidden")));
  };
  document.body.classList.toggle("members-hidden", remembered.get("members") === "hidden");
  set("nav-open", false);
  nav.addEventListener("click", () => set("nav-open", !document.body.classList.contains("nav-open")));
  members.addEventListener("click", () => {
    if (NARROW.matches) return set("members-open", !document.body.classList.contains("members-open"));
    const hide = !document.body.classList.contains("members-hidden");
    remembered.set("members", hide ? "hidden" : "shown");
    return set("members-hidden", hide);
  });
  const away = () => { set("nav-open", false); set("members-open", false); };
  $("#scrim").addEventListener("click", away);
  document.addEventListener("keydown", (event) => event.key === "Escape" && away());
}

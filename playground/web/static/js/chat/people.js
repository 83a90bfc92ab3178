// Who one is: the panel at the foot of the channel list, and the switcher that says what each person may do.
import { $, h } from "../dom.js";
import { nameOf } from "../format.js";
import { icon } from "../icons.js";
import { avatar } from "../render/message.js";
import { emit, person, state } from "../store.js";
import { popover } from "../ui/popover.js";

// In order of power; the first whose word stands in a role name tells what the person may do.
const MAY = [
  { word: "mod", icon: "shield", may: ["Everything a member may", "Stop any training, delete any picture", "Set the server's default model, add emoji"] },
  { word: "admin", icon: "shield", may: ["Everything a member may", "Stop any training, delete any picture", "Set the server's default model, add emoji"] },
  { word: "artist", icon: "brush", may: ["Everything a member may", "Train models", "Contribute own art and take it back"] },
  { word: "", icon: "people", may: ["Make pictures and play with them", "Keep the best as files", "Delete what is their own"] },
];
const powers = (who) => MAY.find((m) => (who.role_names ?? []).some((r) => r.toLowerCase().includes(m.word))) ?? MAY.at(-1);

export function drawMe() {
  const me = person();
  if (!me) return;
  const button = h("button", {
    class: "me-button", type: "button", "aria-haspopup": "dialog", "aria-label": `You are ${nameOf(me)}. Change person`, data: { testid: "person-switcher" },
  }, avatar(me, 36), h("span", { class: "me-text" }, h("b", {}, nameOf(me)), h("small", {}, me.role_names?.[0] ?? "Member")),
  h("span", { class: "me-swap" }, icon("swap", 17), "Switch"));
  button.addEventListener("click", () => openSwitcher(button));
  $("#me").replaceChildren(button);
}

function openSwitcher(anchor) {
  let close = () => {};
  const card = (who) => {
    const { icon: symbol, may } = powers(who);
    const me = who.id === state.me;
    return h("button", {
      class: `person${me ? " here" : ""}`, type: "button", "aria-pressed": String(me), data: { testid: "person", userId: who.id },
      on: { click: () => { close(true); if (!me) emit("switch-person", who.id); } },
    }, avatar(who, 48), h("span", { class: "person-text" },
      h("span", { class: "person-name" }, h("b", {}, nameOf(who)), h("span", { class: "pill" }, icon(symbol, 13), who.role_names?.[0] ?? "Member")),
      who.bio ? h("small", {}, who.bio) : null,
      h("ul", {}, may.map((m) => h("li", {}, icon("check", 14), m)))));
  };
  const box = h("div", { class: "switcher", role: "dialog", "aria-label": "Be somebody else" },
    h("h3", {}, "Who do you want to be?"), h("p", {}, "The same server through three pairs of eyes."), state.people.map(card));
  close = popover(box, anchor, { side: "above", width: "min(380px, calc(100vw - 16px))" });
  (box.querySelector(".here") ?? box.querySelector(".person"))?.focus({ preventScroll: true });
}

// Who one is: the panel at the foot of the channel list, and the switcher that says what each person may do.
import { $, h } from "../dom.js";
import { nameOf } from "../format.js";
import { icon } from "../icons.js";
import { avatar } from "../render/message.js";
import { emit, person, state } from "../store.js";
import { popover } from "../ui/popover.js";

// What a permission means in this place, strongest first.
const POWERS = [
  [5n, "Decide how Artel works in this server"],
  [13n, "Delete anyone's messages and pictures"],
  [40n, "Put people in time-out"],
  [43n, "Add emoji and stickers to the server"],
  [35n, "Start threads"],
  [31n, "Use Artel's commands and buttons"],
  [15n, "Write messages and add files"],
];
const MOST_LINES = 4;

/** {icon, may}: what somebody may do beyond what everyone may, read from their roles. */
function powers(who) {
  const bits = (role) => BigInt(role?.permissions ?? 0);
  const everyone = bits(state.guild.roles.find((r) => r.id === state.guild.id || r.name === "@everyone"));
  const own = state.guild.roles.filter((r) => who.role_names?.includes(r.name)).reduce((sum, r) => sum | bits(r), 0n);
  const lines = (from) => POWERS.filter(([bit]) => from & (1n << bit)).map(([, words]) => words);
  const extra = lines(own & ~everyone);
  if (!extra.length) return { icon: "people", may: [...lines(everyone), "Delete what is their own"].slice(0, MOST_LINES) };
  return { icon: own & (1n << 13n) ? "shield" : "brush", may: ["Everything a member may", ...extra].slice(0, MOST_LINES) };
}

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

// The emoji of this server and the common others, with search.
import { $$, h } from "../dom.js";
import { state } from "../store.js";
import { popover } from "../ui/popover.js";

const COMMON = "😀 😂 🥹 😊 😍 🤩 😎 🤔 😴 😭 😡 🥳 🤖 👻 🎃 👍 👎 👏 🙌 🙏 💪 👀 🧠 ❤️ 🧡 💛 💚 💙 💜 🖤 ✨ ⭐ 🔥 🌈 ☀️ 🌙 ⚡ ❄️ 🌊 🌱 🌸 🍄 🦊 🐱 🐶 🐼 🦉 🐙 🦋 🐢 🎨 🖌️ 🖼️ 📷 🎲 🎉 🏆 🚀 ✅ ❌ ❓ 💡 🔁 🗑️".split(" ");

/** Open the picker; `pick(text)` gets ":name:" or a character. */
export function emojiPicker(anchor, pick, side = "above") {
  let close = () => {};
  const own = state.guild.emojis.map((e) => h("button", { class: "emoji-cell", type: "button", title: `:${e.name}:`, "aria-label": e.name, data: { text: `:${e.name}:`, find: e.name.toLowerCase(), testid: "emoji-cell" } },
    h("img", { src: `/emojis/${e.id}.${e.animated ? "gif" : "png"}?size=48`, alt: "", loading: "lazy" })));
  const common = COMMON.map((e) => h("button", { class: "emoji-cell", type: "button", "aria-label": e, data: { text: e, find: e } }, h("span", { class: "uniemoji" }, e)));
  const search = h("input", { class: "select-search", type: "text", placeholder: "Search this server's emoji", "aria-label": "Search emoji" });
  const nothing = h("div", { class: "listbox-empty", hidden: true }, "No emoji of that name");
  const section = (title, cells) => h("section", {}, h("h3", {}, title), h("div", { class: "emoji-grid" }, cells));
  const box = h("div", { class: "emoji-picker", role: "dialog", "aria-label": "Emoji" }, search,
    h("div", { class: "emoji-scroll" }, own.length ? section(state.guild.name || "This server", own) : null, section("Common", common), nothing));
  const cells = () => $$(".emoji-cell", box).filter((c) => !c.hidden);
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    for (const cell of [...own, ...common]) cell.hidden = Boolean(wanted) && !cell.dataset.find.includes(wanted);
    for (const part of $$("section", box)) part.hidden = !$$(".emoji-cell", part).some((c) => !c.hidden);
    nothing.hidden = cells().length > 0;
  });
  box.addEventListener("click", (event) => {
    const cell = event.target.closest(".emoji-cell");
    if (!cell) return;
    pick(cell.dataset.text);
    if (!event.shiftKey) close(false);
  });
  box.addEventListener("keydown", (event) => {
    const all = cells();
    const at = all.indexOf(document.activeElement);
    const columns = Math.max(1, Math.floor(box.querySelector(".emoji-grid").clientWidth / 40));
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    if (event.key === "Enter" && event.target === search && all.length) {
      pick(all[0].dataset.text);
      close(false);
    } else if (step && (at >= 0 || event.key === "ArrowDown")) {
      const to = at < 0 ? 0 : at + step;
      if (to < 0) search.focus();
      else all[Math.min(to, all.length - 1)].focus();
    } else return;
    event.preventDefault();
  });
  close = popover(box, anchor, { side, align: "end", width: "min(376px, calc(100vw - 16px))" });
  search.focus({ preventScroll: true });
}

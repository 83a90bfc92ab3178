// A picture alone on the screen: arrow keys, zoom, download.
import { $$, h } from "../dom.js";
import { icon } from "../icons.js";
import { displaySide } from "../render/media.js";

/** Open the picture of `tile`; its neighbours are the other pictures of the same message. */
export function lightbox(tile) {
  const row = tile.closest("[data-message-id]") ?? document;
  const tiles = $$(".tile:not(.thumb):not(.spoiler-media)", row).filter((t) => t.querySelector("img"));
  if (!tiles.includes(tile)) tiles.splice(0, tiles.length, tile);
  let at = tiles.indexOf(tile);
  const stage = h("div", { class: "lightbox-stage" });
  const caption = h("span", { class: "lightbox-caption" });
  const download = h("a", { class: "iconbutton", "aria-label": "Download", title: "Download" }, icon("download"));
  const open = h("a", { class: "iconbutton", target: "_blank", rel: "noopener", "aria-label": "Open in a new tab", title: "Open in a new tab" }, icon("external"));
  const step = (by, name) => h("button", { class: `lightbox-step ${name}`, type: "button", "aria-label": name === "previous" ? "Previous picture" : "Next picture", on: { click: () => show(at + by) } },
    icon(by < 0 ? "left" : "right", 26));
  const dialog = h("dialog", { class: "lightbox", "aria-label": "Picture", data: { testid: "lightbox" } },
    h("div", { class: "lightbox-bar" }, caption, download, open,
      h("button", { class: "iconbutton", type: "button", "aria-label": "Close", title: "Close (Esc)", on: { click: () => dialog.close() } }, icon("close"))),
    stage, ...(tiles.length > 1 ? [step(-1, "previous"), step(1, "next")] : []));

  function show(to) {
    at = (to + tiles.length) % tiles.length;
    const { src, about } = tiles[at].dataset;
    const width = Number(tiles[at].dataset.width) || 0;
    const height = Number(tiles[at].dataset.height) || width;
    const image = h("img", { src, alt: about || "Picture", data: { testid: "lightbox-image" } });
    stage.classList.remove("zoomed");
    if (width) {
      const room = Math.min(innerWidth * 0.9, innerHeight * 0.78);
      const longest = Math.max(width, height);
      const { hard } = displaySide(longest, room);
      const scale = longest <= 96 ? Math.max(1, Math.floor(room / longest)) : Math.max(1, Math.min(4, room / longest));
      image.classList.toggle("hard", hard);
      image.style.width = `min(${Math.round(width * scale)}px, 92vw, ${(78 * width) / height}vh)`;
    }
    stage.replaceChildren(image);
    caption.textContent = [about, width ? `${width} × ${height}` : null, tiles.length > 1 ? `${at + 1} of ${tiles.length}` : null].filter(Boolean).join(" · ");
    download.href = open.href = src;
    download.download = src.split("/").pop().split("?")[0];
  }

  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(at - 1);
    else if (event.key === "ArrowRight") show(at + 1);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target.tagName === "IMG") stage.classList.toggle("zoomed");
    else if (event.target === dialog || event.target === stage) dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    (tile.isConnected ? tile : null)?.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  show(at);
  dialog.tabIndex = -1;
  dialog.showModal();
  dialog.focus();
}

// Things that float over the page: one at a time, closed by Escape, by a press elsewhere, or by whoever opened it.
import { h } from "../dom.js";

const GAP = 6;
let current = null;

/** Show `content` beside `anchor` (an element, or {x, y}). Returns a function that closes it. */
export function popover(content, anchor, { side = "below", align = "start", width, onClose, restoreFocus = true } = {}) {
  closePopover();
  const came = document.activeElement;
  const box = h("div", { class: "popover" }, content);
  if (width) box.style.width = typeof width === "number" ? `${width}px` : width;
  (document.querySelector("dialog[open]:last-of-type") ?? document.body).append(box);
  const place = () => position(box, anchor, side, align);
  place();
  const observer = new ResizeObserver(place);
  observer.observe(box);
  const element = anchor instanceof Element ? anchor : null;
  element?.setAttribute("aria-expanded", "true");
  const close = (focusBack = restoreFocus) => {
    if (current !== close) return;
    current = null;
    observer.disconnect();
    window.removeEventListener("resize", place);
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("keydown", escape, true);
    element?.setAttribute("aria-expanded", "false");
    const inside = box.contains(document.activeElement);
    box.remove();
    if (focusBack && (inside || document.activeElement === document.body)) (element?.isConnected ? element : came)?.focus?.({ preventScroll: true });
    onClose?.();
  };
  const outside = (event) => {
    if (box.contains(event.target)) return;
    // A press on the anchor closes too, and must not open it again.
    if (element?.contains(event.target)) element.addEventListener("click", (e) => e.stopImmediatePropagation(), { once: true, capture: true });
    close(false);
  };
  const escape = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    close(true);
  };
  window.addEventListener("resize", place);
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("keydown", escape, true);
  current = close;
  return close;
}

export const closePopover = () => current?.(false);
export const popoverIsOpen = () => current !== null;

function position(box, anchor, side, align) {
  const a = anchor instanceof Element ? anchor.getBoundingClientRect()
    : { left: anchor.x, right: anchor.x, top: anchor.y, bottom: anchor.y, width: 0 };
  const { offsetWidth: w, offsetHeight: hgt } = box;
  const room = { below: innerHeight - a.bottom - GAP, above: a.top - GAP };
  const above = side === "above" ? room.above >= hgt || room.above > room.below : room.below < hgt && room.above > room.below;
  const left = align === "end" ? a.right - w : a.left;
  const top = above ? a.top - GAP - hgt : a.bottom + GAP;
  box.style.left = `${Math.max(8, Math.min(left, innerWidth - w - 8))}px`;
  box.style.top = `${Math.max(8, Math.min(top, innerHeight - hgt - 8))}px`;
}

// Pictures: galleries laid out as Discord does, single pictures, thumbnails, files.
import { address, h } from "../dom.js";
import { fileSize } from "../format.js";
import { icon } from "../icons.js";

const PIXEL_ART_UP_TO = 96; // px; pictures up to this are enlarged by whole factors with hard pixels
const SIDE = { 1: 480, 2: 280, 3: 192, 4: 264 }; // wanted side of a tile in px, by number of pictures; more: 184
const ROWS = { 1: 1, 2: 1, 3: 2, 4: 2, 5: 2, 6: 2 }; // rows of tiles by number of pictures; more: 3
const SHARE = 0.48; // of the window's height a gallery may take, so that a whole panel is seen at once
const WIDEST = 550;
const TALLEST = 512;

/** How large a picture of `source` px is shown where `target` px is wanted, and whether its pixels stay hard. */
export function displaySide(source, target) {
  const factor = Math.max(1, Math.floor((target * 1.05) / source));
  const whole = factor * source;
  const near = whole <= target * 1.05 && whole >= target * 0.75; // a whole factor keeps pixels even
  return { side: near ? whole : target, hard: source <= PIXEL_ART_UP_TO && factor >= 2 };
}

const wantedSide = (count) =>
  Math.min(SIDE[count] ?? 184, Math.max(110, (innerHeight * SHARE) / (ROWS[count] ?? 3)));

const isVideo = (media) => media.content_type?.startsWith("video/");

function shown(media, description) {
  const src = address(media.url ?? media.proxy_url);
  if (isVideo(media)) return h("video", { src, controls: true, loop: true, muted: true, playsinline: true, preload: "metadata" });
  return h("img", { src, alt: description || "", draggable: "true", width: media.width, height: media.height });
}

/** One picture as a button that opens the lightbox. `item` is {media, description, spoiler}. */
function tile(item, key, { hard = false } = {}) {
  const label = item.description || "Picture";
  const box = h(isVideo(item.media) ? "div" : "button", {
    class: `tile${hard ? " hard" : ""}${item.spoiler ? " spoiler-media" : ""}`,
    type: isVideo(item.media) ? null : "button",
    "aria-label": item.spoiler ? "Spoiler picture, press to show" : `Open: ${label}`,
    data: {
      key, act: "picture", testid: "picture", src: address(item.media.url), about: item.description,
      width: item.media.width, height: item.media.height,
    },
  }, shown(item.media, item.description));
  if (item.description) box.title = item.description;
  return box;
}

export function gallery(items) {
  if (items.length === 1) return single(items[0]);
  const source = Math.max(...items.map((i) => Math.max(i.media.width ?? 0, i.media.height ?? 0)));
  const { side, hard } = displaySide(source || 256, wantedSide(items.length));
  const box = h("div", { class: `gallery of-${Math.min(items.length, 10)}`, role: "group", "aria-label": `${items.length} pictures` },
    items.map((item, n) => tile(item, `g${n}`, { hard })));
  box.style.setProperty("--tile", `${side}px`);
  return box;
}

function single(item) {
  const { width, height } = item.media;
  const box = h("div", { class: "gallery of-1" });
  const longest = Math.max(width ?? 0, height ?? 0);
  const wanted = wantedSide(1);
  const { side, hard } = displaySide(longest || 256, wanted);
  const one = tile(item, "g0", { hard });
  if (longest) {
    const scale = Math.min(longest > wanted ? 1 : side / longest, WIDEST / width, Math.min(TALLEST, wanted) / height);
    one.style.setProperty("width", `${Math.round(width * scale)}px`);
    one.style.setProperty("aspect-ratio", `${width} / ${height}`);
  }
  box.append(one);
  return box;
}

export function thumbnail(component) {
  const { width } = component.media;
  const made = tile(component, "thumb", displaySide(width || 256, 88));
  made.classList.add("thumb");
  return made;
}

export function fileCard({ url, name, size, spoiler }) {
  const href = address(url);
  const title = name || decodeURIComponent(href.split("/").pop().split("?")[0]) || "file";
  return h("div", { class: `filecard${spoiler ? " spoiler-media" : ""}`, data: { testid: "file" } },
    h("span", { class: "filecard-icon" }, icon("file", 28)),
    h("span", { class: "filecard-text" },
      h("a", { href, target: "_blank", rel: "noopener noreferrer", download: title }, title),
      size ? h("small", {}, fileSize(size)) : null),
    h("a", { class: "iconbutton", href, download: title, "aria-label": `Download ${title}` }, icon("download", 18)));
}

/** Attachments of a plain message: pictures together as a gallery, then the other files. */
export function attachments(list) {
  const isPicture = (a) => a.content_type?.startsWith("image/") || a.content_type?.startsWith("video/");
  const pictures = list.filter((a) => isPicture(a) && (a.width || a.content_type.startsWith("video/")));
  const rest = list.filter((a) => !pictures.includes(a));
  const items = pictures.map((a) => ({ media: a, description: a.description ?? a.filename, spoiler: a.filename?.startsWith("SPOILER_") }));
  return [
    items.length ? gallery(items) : null,
    ...rest.map((a) => fileCard({ url: a.url, name: a.filename, size: a.size })),
  ];
}

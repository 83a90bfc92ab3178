// Choosing files: a button, drag and drop, paste; previews; the size limit said before the upload, not after.
import { h } from "../dom.js";
import { fileSize } from "../format.js";
import { icon } from "../icons.js";
import { state } from "../store.js";
import { toast } from "./toast.js";

/** A picture of the file, or its symbol; the object URL is freed once it is shown. */
export function preview(file, size = 72) {
  if (!file.type.startsWith("image/")) return h("span", { class: "preview-symbol" }, icon("file", size / 2.4));
  const url = URL.createObjectURL(file);
  const image = h("img", { src: url, alt: "" });
  const free = () => URL.revokeObjectURL(url);
  image.addEventListener("load", free, { once: true });
  image.addEventListener("error", () => { free(); image.replaceWith(h("span", { class: "preview-symbol" }, icon("file", size / 2.4))); }, { once: true });
  return image;
}

/** Files within the limit; says which were too large. */
export function withinLimit(files) {
  const limit = state.limits?.attachment_size ?? Infinity;
  const large = files.filter((f) => f.size > limit);
  if (large.length) toast(`${large.map((f) => `${f.name} (${fileSize(f.size)})`).join(", ")}: files may have up to ${fileSize(limit)}.`, { tone: "trouble", seconds: 7 });
  return files.filter((f) => f.size <= limit);
}

/** Call `take(files)` for what is dropped on `element`. */
export function dropZone(element, take) {
  let depth = 0;
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const over = (on) => element.classList.toggle("dragging", on);
  element.addEventListener("dragenter", (event) => { if (hasFiles(event)) { event.preventDefault(); depth++; over(true); } });
  element.addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); if (!depth) over(false); });
  element.addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
  element.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    depth = 0;
    over(false);
    take([...event.dataTransfer.files]);
  });
}

/** {element, files, focus}: `files` is the live array of what was chosen. */
export function fileField({ id, most = 1, testid = "files", onChange }) {
  const files = [];
  const input = h("input", { id, type: "file", class: "visually-hidden", multiple: most > 1, data: { testid } });
  const shelf = h("ul", { class: "shelf" });
  const zone = h("label", { class: "dropzone", for: id }, icon("upload", 24), h("span", {}, h("b", {}, "Drop files here"), " or press to choose"),
    h("small", {}, `${most > 1 ? `Up to ${most} files` : "One file"}, ${fileSize(state.limits?.attachment_size ?? 0)} each`));
  const element = h("div", { class: "file-field" }, input, zone, shelf);
  function draw() {
    shelf.replaceChildren(...files.map((file) => h("li", {}, preview(file), h("span", {}, file.name), h("small", {}, fileSize(file.size)),
      h("button", { class: "iconbutton", type: "button", "aria-label": `Remove ${file.name}`, on: { click: () => { files.splice(files.indexOf(file), 1); draw(); input.focus(); } } }, icon("close", 15)))));
    element.classList.toggle("full", files.length >= most);
    onChange?.(files);
  }
  function take(list) {
    const fine = withinLimit(list);
    if (files.length + fine.length > most) toast(most === 1 ? "One file only: the last one counts." : `Up to ${most} files.`);
    files.push(...fine);
    files.splice(0, Math.max(0, files.length - most));
    draw();
  }
  input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
  element.addEventListener("paste", (event) => { if (event.clipboardData?.files.length) take([...event.clipboardData.files]); });
  dropZone(element, take);
  return { element, files, focus: () => input.focus(), take };
}

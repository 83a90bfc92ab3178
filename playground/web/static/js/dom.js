// Building and updating the page's DOM. No string ever becomes HTML: untrusted text only goes into text nodes and attributes.

/** Create an element. `props`: class, data (dataset), style (object), on (listeners), anything else an attribute. */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

function fill(el, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") el.className = value;
    else if (name === "data") Object.entries(value).forEach(([k, v]) => v != null && (el.dataset[k] = v));
    else if (name === "style") Object.entries(value).forEach(([k, v]) => v != null && el.style.setProperty(k, v));
    else if (name === "on") Object.entries(value).forEach(([k, v]) => el.addEventListener(k, v));
    else el.setAttribute(name, value === true ? "" : value);
  }
  el.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false && c !== ""));
  return el;
}

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// What belongs to the person looking, not to the message: an update must not take it away.
const KEPT = new Set(["aria-busy", "aria-expanded", "data-ui-revealed", "data-want", "tabindex"]);
const swaps = new WeakMap();

/** Make `from` look like `to`, touching only what differs; focus, open menus and shown pictures survive. */
export function morph(from, to) {
  if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName || keyOf(from) !== keyOf(to)) {
    from.replaceWith(to);
    return to;
  }
  if (from.nodeType === Node.TEXT_NODE) {
    if (from.data !== to.data) from.data = to.data;
    return from;
  }
  if (from.nodeName === "IMG" && !samePicture(from.getAttribute("src"), to.getAttribute("src"))) return swapImage(from, to);
  syncAttributes(from, to);
  morphChildren(from, to);
  return from;
}

const keyOf = (node) => node.dataset?.key ?? null;

function syncAttributes(from, to) {
  for (const { name, value } of [...to.attributes]) {
    if (name === "style") continue;
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  for (const { name } of [...from.attributes]) {
    if (name !== "style" && !KEPT.has(name) && !to.hasAttribute(name)) from.removeAttribute(name);
  }
  // cssText, since the page's policy forbids style attributes set as text.
  if (from.style && from.style.cssText !== to.style.cssText) from.style.cssText = to.style.cssText;
}

function morphChildren(from, to) {
  const keyed = new Map([...from.childNodes].filter((n) => keyOf(n)).map((n) => [keyOf(n), n]));
  let spot = from.firstChild;
  for (const next of [...to.childNodes]) {
    const key = keyOf(next);
    let match = key ? keyed.get(key) : spot;
    if (!key && match && (keyOf(match) || match.nodeName !== next.nodeName)) match = null;
    if (!match) {
      from.insertBefore(next, spot);
      continue;
    }
    if (match === spot) spot = spot.nextSibling;
    else from.insertBefore(match, spot);
    keyed.delete(key);
    morph(match, next);
  }
  while (spot) {
    const after = spot.nextSibling;
    spot.remove();
    spot = after;
  }
}

// A signed address may be signed anew while the file behind it stays the same.
const samePicture = (a, b) => a === b || (a?.startsWith("/attachments/") && a.split("?")[0] === b?.split("?")[0]);

// The old picture stays until the new one is decoded, so a live message never blinks.
function swapImage(from, to) {
  const src = to.getAttribute("src");
  if (from.dataset.want === src) return from;
  from.dataset.want = src;
  const done = to.decode().catch(() => {}).then(() => {
    if (from.isConnected && from.dataset.want === src) from.replaceWith(to);
  });
  swaps.set(from, done);
  return from;
}

/** Resolves when every picture under `root` is decoded, those being swapped in included. */
export async function picturesReady(root) {
  for (let round = 0; round < 5; round++) {
    const images = $$("img", root);
    const waiting = images.filter((img) => img.dataset.want && swaps.has(img));
    await Promise.all(waiting.map((img) => swaps.get(img)));
    if (!waiting.length) {
      await Promise.all(images.map((img) => img.decode().catch(() => {})));
      return;
    }
  }
}

/** Resolves after the next paint. */
export const painted = () => new Promise((done) => {
  const settle = () => { clearTimeout(timer); done(); };
  const timer = setTimeout(settle, 250); // a hidden tab paints nothing
  requestAnimationFrame(() => requestAnimationFrame(settle));
});

/** Our own addresses as paths, so that the page works under localhost and 127.0.0.1 alike; others as they are. */
export function address(url) {
  if (!url) return "";
  try {
    const parsed = new URL(url, location.href);
    if (!/^(https?|blob|data):$/.test(parsed.protocol)) return "";
    if (parsed.protocol === "data:" && !url.startsWith("data:image/")) return "";
    const loopback = ["localhost", "127.0.0.1", "[::1]"].includes(parsed.hostname);
    return loopback && parsed.port === location.port ? parsed.pathname + parsed.search : parsed.href;
  } catch {
    return "";
  }
}

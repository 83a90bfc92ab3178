// What htmx does not do: the theme, sliders that say their value, the dice, and winding through a film.
// Everything hangs on the document, so parts that htmx brings in later need nothing of their own.

const root = document.documentElement;

function themeButton() {
  const button = document.getElementById("theme");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = root.dataset.theme || (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark");
    root.dataset.theme = shown === "light" ? "dark" : "light";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
  });
}

function say(range) {
  const output = document.querySelector(`output[for="${CSS.escape(range.id)}"]`);
  if (output) output.textContent = Number(range.value).toFixed(range.step < 0.1 ? 2 : 1);
}

function wind(range) {
  const film = range.closest("[data-film]");
  const frame = film.querySelectorAll(".film-strip img")[Number(range.value)];
  film.querySelector(".film-picture").src = frame.src;
  film.querySelector("output").textContent = frame.dataset.at;
}

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.type !== "range") return;
  if (field.closest("[data-film]")) wind(field);
  else say(field);
});

document.addEventListener("click", (event) => {
  const frame = event.target.closest("[data-film] .film-strip a");
  if (frame && !event.metaKey && !event.ctrlKey) {
    event.preventDefault();
    const range = frame.closest("[data-film]").querySelector('input[type="range"]');
    range.value = [...frame.closest("ol").children].indexOf(frame.closest("li"));
    wind(range);
    return;
  }
  const button = event.target.closest("[data-does]");
  if (!button) return;
  const form = button.closest("form");
  if (button.dataset.does === "dice") {
    form.elements.seed.value = Math.floor(Math.random() * 2 ** 32);
    freshen(form);
  }
  for (const range of button.dataset.does === "reset" ? form.querySelectorAll('input[type="range"]') : []) {
    range.value = range.dataset.middle;
    say(range);
  }
  form.dispatchEvent(new Event("redraw"));
});

// A frame of a slider's strip puts the slider there.
document.addEventListener("click", (event) => {
  const frame = event.target.closest("[data-amount]");
  const range = frame && document.getElementById(frame.dataset.for);
  if (!range) return;
  range.value = frame.dataset.amount;
  say(range);
  range.form.dispatchEvent(new Event("redraw"));
});

// A strip is drawn when it comes into view, and again when another picture is played with.
const inView = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    entry.target.inView = entry.isIntersecting;
    drawStrip(entry.target);
  }
});

function drawStrip(place) {
  const of = place.closest("form").elements.seed?.value ?? "";
  if (!place.inView || place.dataset.of === of) return;
  place.dataset.of = of;
  htmx.trigger(place, "strip");
}

function freshen(form) {
  form.querySelectorAll(".strip-place").forEach(drawStrip);
}

document.addEventListener("change", (event) => {
  if (event.target.name === "seed") freshen(event.target.form);
});

document.addEventListener("htmx:load", (event) => {
  event.detail.elt.querySelectorAll?.(".strip-place").forEach((place) => inView.observe(place));
});

// The family tree: its size, the line of descent of what is looked at, and arrow keys from picture to picture.
function light(node) {
  const family = node.closest("[data-family]");
  family.querySelectorAll(".lit").forEach((one) => one.classList.remove("lit"));
  const waiting = [node];
  const met = new Set(waiting);
  while (waiting.length) {
    const child = waiting.pop();
    child.classList.add("lit");
    for (const parent of child.dataset.parents.split(" ").filter(Boolean)) {
      family.querySelector(`[data-child="${child.dataset.node}"][data-parent="${parent}"]`)?.classList.add("lit");
      const above = family.querySelector(`[data-node="${parent}"]`);
      if (above && !met.has(above)) { met.add(above); waiting.push(above); }
    }
  }
}

for (const kind of ["focusin", "pointerover"]) {
  document.addEventListener(kind, (event) => {
    const node = event.target.closest?.("[data-family] [data-node]");
    if (node) light(node);
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-zoom]");
  if (!button) return;
  const svg = button.closest("[data-family]").querySelector("svg");
  const full = Number(svg.dataset.width);
  const width = Math.min(3 * full, Math.max(full / 4, svg.clientWidth * Number(button.dataset.zoom)));
  svg.setAttribute("height", (svg.viewBox.baseVal.height * width) / full);
  svg.setAttribute("width", width);
});

const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
document.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  const family = event.target.closest?.("[data-family]");
  if (!step || !family || event.target.closest(".zoom")) return;
  const place = (node) => { const box = node.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; };
  const from = event.target.closest("a[data-node]") ?? null;
  let best = from ? null : family.querySelector("a.here");
  let least = Infinity;
  for (const node of from ? family.querySelectorAll("a[data-node]") : []) {
    const [dx, dy] = place(node).map((at, axis) => at - place(from)[axis]);
    const along = dx * step[0] + dy * step[1];
    const aside = Math.abs(dx * step[1]) + Math.abs(dy * step[0]);
    if (along > 4 && along + 2 * aside < least) { least = along + 2 * aside; best = node; }
  }
  if (!best) return;
  event.preventDefault();
  best.focus();
  best.scrollIntoView({ block: "nearest", inline: "nearest" });
});

document.addEventListener("htmx:afterSwap", (event) => {
  const family = (event.detail.target ?? event.target).querySelector?.("[data-family]");
  if (!family) return;
  family.querySelector(".zoom").hidden = false;
  const scroll = family.querySelector(".family-scroll");
  const here = family.querySelector(".here").getBoundingClientRect();
  const frame = scroll.getBoundingClientRect();
  scroll.scrollLeft += here.x + here.width / 2 - frame.x - frame.width / 2;
  scroll.scrollTop += here.y + here.height / 2 - frame.y - frame.height / 2;
});

// What was unfolded stays unfolded when a new picture comes.
document.addEventListener("htmx:beforeSwap", (event) => {
  const details = event.detail.target?.querySelector(":scope > details");
  if (details?.open) event.detail.serverResponse = event.detail.serverResponse.replace("<details", "<details open");
});

themeButton();

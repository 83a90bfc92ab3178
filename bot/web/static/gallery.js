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
  if (button.dataset.does === "dice") form.elements.seed.value = Math.floor(Math.random() * 2 ** 32);
  for (const range of button.dataset.does === "reset" ? form.querySelectorAll('input[type="range"]') : []) {
    range.value = range.dataset.middle;
    say(range);
  }
  form.dispatchEvent(new Event("redraw"));
});

// What was unfolded stays unfolded when a new picture comes.
document.addEventListener("htmx:beforeSwap", (event) => {
  const details = event.detail.target.querySelector?.(":scope > details");
  if (details?.open) event.detail.serverResponse = event.detail.serverResponse.replace("<details", "<details open");
});

document.addEventListener("htmx:sendError", (event) => {
  const target = event.detail.target;
  if (target && target.getAttribute("aria-live")) target.setAttribute("aria-busy", "false");
});

themeButton();

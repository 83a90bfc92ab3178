// Runs before the first paint, so that the page never flashes in the wrong theme.
(() => {
  let choice = null;
  try { choice = localStorage.getItem("artel.theme"); } catch { /* private window */ }
  const light = matchMedia("(prefers-color-scheme: light)").matches;
  document.documentElement.dataset.theme = choice === "light" || choice === "dark" ? choice : light ? "light" : "dark";
})();

// The playground's own mark: three inks that mix, as an artel's members do.
const SVG = "http://www.w3.org/2000/svg";

export function brandMark(size = 32) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 64 64");
  svg.setAttribute("width", size);
  svg.setAttribute("height", size);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "brandmark");
  for (const [cx, cy, fill] of [[32, 23, "#f6b73c"], [22.5, 39.5, "#ef6a5b"], [41.5, 39.5, "#2fb3a3"]]) {
    const circle = document.createElementNS(SVG, "circle");
    Object.entries({ cx, cy, r: 17.5, fill }).forEach(([k, v]) => circle.setAttribute(k, v));
    circle.style.mixBlendMode = "var(--ink-blend)";
    svg.append(circle);
  }
  return svg;
}

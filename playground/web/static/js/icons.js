// The page's icons: strokes on a 24 × 24 grid, drawn for this page.
const PATHS = {
  hash: "M9.5 4 7.5 20M16.5 4l-2 16M4.5 9.2h15.5M4 14.8h15.5",
  at: "M15.5 8.5v5a2.7 2.7 0 0 0 5.4 0V12a8.9 8.9 0 1 0-3.6 7.1M15.5 12a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0Z",
  thread: "M6 4v9a4 4 0 0 0 4 4h9M15.5 13.5 19 17l-3.5 3.5M11 7h8M11 11h5",
  people: "M15.8 19.5c0-3-2.8-4.7-6.1-4.7s-6.2 1.7-6.2 4.7M9.7 11.4a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2ZM16 4.6a3.4 3.4 0 0 1 0 6.5M17.6 15c1.9.7 3 2.2 3 4.5",
  sun: "M12 16.2a4.2 4.2 0 1 0 0-8.4 4.2 4.2 0 0 0 0 8.4ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  moon: "M20 14.2A8.3 8.3 0 0 1 9.8 4 8.3 8.3 0 1 0 20 14.2Z",
  auto: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 3.5v17M12 7.5l5.5 2M12 12h8.4M12 16.5l5.5-2",
  plus: "M12 5v14M5 12h14",
  smile: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM8.2 14c.9 1.4 2.2 2.1 3.8 2.1s2.9-.7 3.8-2.1M9 9.4v.6M15 9.4v.6",
  send: "M4.2 19.8 20.5 12 4.2 4.2l1.6 6.3L14 12l-8.2 1.5-1.6 6.3Z",
  reply: "M9.5 6 4 11.5 9.5 17M4.5 11.5H14a6 6 0 0 1 6 6v1",
  dots: "M6 12h.01M12 12h.01M18 12h.01",
  close: "M6 6l12 12M18 6 6 18",
  down: "M6 9.5l6 6 6-6",
  left: "M14.5 5.5 8 12l6.5 6.5",
  right: "M9.5 5.5 16 12l-6.5 6.5",
  trash: "M5 7h14M10 4h4M7 7l.8 12.500h8.400L17 7M10.200 10.500v5.500M13.800 10.500v5.500",
  check: "M4.5 12.5l5 5 10-11",
  menu: "M4 7h16M4 12h16M4 17h10",
  copy: "M9 9h10.5v10.5H9zM15 9V4.5H4.5V15H9",
  id: "M3.5 6h17v12h-17zM7.5 9.5v5M11 9.5v5h1.5a2.5 2.5 0 0 0 0-5H11Z",
  app: "M12 3.5 19.5 8v8L12 20.5 4.5 16V8L12 3.5ZM4.8 8.2 12 12.4l7.2-4.2M12 12.4v8",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  file: "M6 3.5h8l4.5 4.5v12.5H6V3.5ZM14 3.5V8h4.5",
  image: "M4 5h16v14H4zM4.5 16.5l4.8-5 4.2 4.3 2.2-2.1 4 3.8M15.5 9.5h.01",
  upload: "M12 15.5V4.5M7.5 8.5 12 4l4.5 4.5M4.5 15.5v4h15v-4",
  download: "M12 4v11M7.5 11 12 15.5 16.5 11M4.5 17v2.5h15V17",
  external: "M13.5 4.5h6v6M19.5 4.5l-9 9M17.5 13.5v6h-13v-13h6",
  alert: "M12 4 2.8 19.5h18.4L12 4ZM12 10v4.5M12 17.2v.1",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5 20 20",
  slash: "M15.5 4.5l-7 15",
  swap: "M7.5 4 4 7.5 7.5 11M4 7.5h13M16.5 13l3.5 3.5-3.5 3.5M20 16.5H7",
  shield: "M12 3.5 5 6v5.5c0 4.3 2.9 7.6 7 9 4.1-1.4 7-4.7 7-9V6l-7-2.5Z",
  brush: "M19.8 4.2c-4.300 1.600-8.300 5.100-10.300 8.800l2.500 2.500c3.700-2 7.200-6 8.800-10.300ZM9.200 13.300c-2.500-.1-3.700 1.500-3.900 3.400-.1 1.200-.8 2-1.800 2.400 3.600 1.600 8.400.7 8.300-3.500",
  retry: "M4.500 12a7.500 7.500 0 0 1 13.200-4.900L20 9.500M20 4.500v5h-5M19.500 12a7.500 7.500 0 0 1-13.200 4.900L4 14.500M4 19.500v-5h5",
};
const SVG = "http://www.w3.org/2000/svg";

export function icon(name, size = 20) {
  const svg = document.createElementNS(SVG, "svg");
  const set = (el, attributes) => Object.entries(attributes).forEach(([k, v]) => el.setAttribute(k, v));
  set(svg, { viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true", class: `icon icon-${name}` });
  const path = document.createElementNS(SVG, "path");
  set(path, {
    d: PATHS[name], fill: "none", stroke: "currentColor", "stroke-linecap": "round", "stroke-linejoin": "round",
    "stroke-width": name === "dots" ? 3 : 1.9,
  });
  svg.append(path);
  return svg;
}

// The sketch pad: strokes on two layers (colours below, ink above), sent to the model a moment after the hand rests.
// Only one question is on its way at a time; while it is, the newest sketch waits and replaces any older one.

const PAUSE_MS = 160;
const WIDTHS = { pen: [5, 9, 15, 24], brush: [24, 44, 70, 110], eraser: [20, 40, 70, 120] };

const $ = (id) => document.getElementById(id);
const sheet = $("sketch");

if (sheet) start();

function start() {
  const paper = sheet.getContext("2d");
  const drawn = $("drawn").getContext("2d");
  const side = sheet.width;
  const layers = { colours: new OffscreenCanvas(side, side).getContext("2d"), ink: new OffscreenCanvas(side, side).getContext("2d") };
  const strokes = [];
  let current = null;
  let seed = 0;
  let timer = 0;
  let asking = false;
  let stale = false;
  let shown = null;

  const tool = () => document.querySelector('input[name="tool"]:checked').value;
  const say = (text) => { $("said").textContent = text; };

  function segment(stroke, from, to) {
    for (const [name, layer] of Object.entries(layers)) {
      if (stroke.tool !== "eraser" && name !== (stroke.tool === "pen" ? "ink" : "colours")) continue;
      layer.globalCompositeOperation = stroke.tool === "eraser" ? "destination-out" : "source-over";
      layer.strokeStyle = stroke.colour;
      layer.lineWidth = stroke.width;
      layer.lineCap = layer.lineJoin = "round";
      layer.beginPath();
      layer.moveTo(...from);
      layer.lineTo(...to);
      layer.stroke();
    }
  }

  function compose() {
    paper.globalCompositeOperation = "source-over";
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, side, side);
    paper.drawImage(layers.colours.canvas, 0, 0);
    paper.drawImage(layers.ink.canvas, 0, 0);
  }

  function redraw() {
    for (const layer of Object.values(layers)) layer.clearRect(0, 0, side, side);
    for (const stroke of strokes) {
      stroke.points.forEach((point, index) => segment(stroke, stroke.points[Math.max(0, index - 1)], point));
    }
    compose();
  }

  function place(event) {
    const box = sheet.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * side, ((event.clientY - box.top) / box.height) * side];
  }

  sheet.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || current) return;
    sheet.setPointerCapture(event.pointerId);
    event.preventDefault();
    const chosen = tool();
    const pressure = event.pointerType === "pen" && event.pressure > 0 ? 0.5 + event.pressure : 1;
    const width = WIDTHS[chosen][Number($("width").value) - 1] * pressure;
    current = { id: event.pointerId, tool: chosen, colour: chosen === "pen" ? "#000" : $("colour").value, width, points: [place(event)] };
    strokes.push(current);
    segment(current, current.points[0], current.points[0]);
    compose();
    changed();
  });

  sheet.addEventListener("pointermove", (event) => {
    if (!current || event.pointerId !== current.id) return;
    for (const one of event.getCoalescedEvents?.() ?? [event]) {
      const point = place(one);
      segment(current, current.points.at(-1), point);
      current.points.push(point);
    }
    compose();
    changed();
  });

  for (const end of ["pointerup", "pointercancel"]) {
    sheet.addEventListener(end, (event) => { if (current && event.pointerId === current.id) current = null; });
  }

  function changed() {
    const any = strokes.length > 0;
    $("hint").classList.toggle("gone", any);
    for (const id of ["undo", "clear", "colours", "send"]) $(id).disabled = !any;
    say("");
    if (!any) return wipe();
    // lines appear while the hand moves on: the timer is not started anew by each point
    if (!timer) timer = setTimeout(() => { timer = 0; ask(); }, PAUSE_MS);
  }

  function wipe() {
    clearTimeout(timer);
    timer = 0;
    shown = null;
    $("save").disabled = true;
    drawn.clearRect(0, 0, drawn.canvas.width, drawn.canvas.height);
  }

  const png = () => new Promise((done) => sheet.toBlob(done, "image/png"));

  async function ask() {
    if (asking) { stale = true; return; }
    asking = true;
    stale = false;
    $("busy").hidden = false;
    try {
      const query = new URLSearchParams({ model: $("model").value, seed: String(seed) });
      const answer = await fetch(`/draw/live?${query}`, { method: "POST", body: await png(), headers: { "Content-Type": "image/png" } });
      if (answer.redirected || answer.status === 401) return location.assign("/sign-in?then=/draw");
      if (!answer.ok) throw answer;
      const picture = await answer.blob();
      const bitmap = await createImageBitmap(picture);
      if (strokes.length) show(bitmap, picture);
    } catch (trouble) {
      await explain(trouble);
    } finally {
      asking = false;
      $("busy").hidden = true;
      if (stale && strokes.length) ask();
    }
  }

  function show(bitmap, picture) {
    Object.assign(drawn.canvas, { width: bitmap.width, height: bitmap.height });
    drawn.clearRect(0, 0, bitmap.width, bitmap.height);
    drawn.drawImage(bitmap, 0, 0);
    shown = picture;
    $("save").disabled = false;
  }

  async function explain(trouble) {
    if (!(trouble instanceof Response)) return say($("pad").dataset.away);
    const wait = Number(trouble.headers.get("Retry-After") || 0);
    const page = new DOMParser().parseFromString(await trouble.text(), "text/html");
    say(page.querySelector("main p")?.textContent?.trim() || $("pad").dataset.failed);
    if (wait) setTimeout(() => { if (strokes.length) { say(""); ask(); } }, wait * 1000);
  }

  function undo() {
    if (!strokes.length) return;
    strokes.pop();
    redraw();
    changed();
  }

  $("undo").addEventListener("click", undo);
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input[type=text], select") || event.altKey) return;
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && key === "z") { event.preventDefault(); undo(); return; }
    const wanted = { p: "pen", c: "brush", e: "eraser" }[key];
    if (wanted && !event.ctrlKey && !event.metaKey) document.querySelector(`input[name="tool"][value="${wanted}"]`).checked = true;
  });
  $("clear").addEventListener("click", () => { strokes.length = 0; seed = 0; redraw(); changed(); });
  $("colour").addEventListener("input", () => { document.querySelector('input[name="tool"][value="brush"]').checked = true; });
  $("colours").addEventListener("click", () => { seed = 1 + Math.floor(Math.random() * 2 ** 31); ask(); });
  $("model").addEventListener("change", (event) => {
    $("drawn-by").textContent = event.target.selectedOptions[0].textContent;
    if (strokes.length) ask();
  });
  $("save").addEventListener("click", () => {
    const reader = new FileReader();
    reader.onload = () => Object.assign(document.createElement("a"), { href: reader.result, download: "artel-drawing.webp" }).click();
    if (shown) reader.readAsDataURL(shown);
  });
  $("pad-end").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch("/draw/sketch", { method: "POST", body: await png(), headers: { "Content-Type": "image/png" } });
      if (!answer.ok) throw answer;
      say((await answer.json()).said);
    } catch (trouble) {
      await explain(trouble);
    }
  });
  addEventListener("beforeunload", (event) => { if (strokes.length > 3 && !$("said").textContent) event.preventDefault(); });
  $("drawn-by").textContent = $("model").selectedOptions[0].textContent;
  compose();
}

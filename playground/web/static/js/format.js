// Times, sizes and names in a person's words.

const formats = new Map();
const format = (options) => {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(undefined, options));
  return formats.get(key);
};
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const UNITS = [["year", 31_557_600], ["month", 2_629_800], ["day", 86_400], ["hour", 3_600], ["minute", 60]];

/** "in 3 minutes", "2 days ago"; `unix` in seconds. */
export function ago(unix, now = Date.now() / 1000) {
  const seconds = unix - now;
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return relative.format(Math.trunc(seconds), "second");
}

const STYLES = {
  t: { timeStyle: "short" }, T: { timeStyle: "medium" }, d: { dateStyle: "short" }, D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" }, F: { dateStyle: "full", timeStyle: "short" },
};

/** Discord's <t:unix:style>. */
export const stamp = (unix, style = "f") =>
  style === "R" ? ago(unix) : format(STYLES[style] ?? STYLES.f).format(unix * 1000);

export const clock = (date) => format({ hour: "numeric", minute: "2-digit" }).format(date);
export const fullTime = (date) => format({ dateStyle: "full", timeStyle: "medium" }).format(date);
export const dayTitle = (date) => format({ dateStyle: "long" }).format(date);

/** "14:03" today, "Yesterday at 14:03", else the date and time. */
export function messageTime(date, now = new Date()) {
  const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return clock(date);
  if (days === 1) return `Yesterday at ${clock(date)}`;
  return `${format({ dateStyle: "medium" }).format(date)}, ${clock(date)}`;
}

export function fileSize(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(bytes < 10_240 ? 1 : 0)} KB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

export const nameOf = (user) => user?.global_name || user?.username || "Somebody";

/** Rewrite what ticks: every `<time data-tick>` under the page, once a second. */
export function startTicking(root = document) {
  setInterval(() => {
    for (const el of root.querySelectorAll("time[data-tick]")) {
      const text = ago(Number(el.dataset.tick));
      if (el.textContent !== text) el.textContent = text;
    }
  }, 1000);
}

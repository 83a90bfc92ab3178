// One row of the chat.
import { address, h } from "../dom.js";
import { clock, fullTime, messageTime, nameOf } from "../format.js";
import { icon } from "../icons.js";
import { person, state } from "../store.js";
import { components, emojiOf } from "./components.js";
import { embed } from "./embed.js";
import { attachments } from "./media.js";
import { inline } from "./inline.js";
import { markdown } from "./markdown.js";

export const EPHEMERAL = 1 << 6;
export const LOADING = 1 << 7;
const GROUP_MS = 7 * 60_000;
const HUES = [262, 24, 158, 200, 330, 44]; // of initials, by user id

export function avatar(user, size = 40) {
  const url = user?.avatar_url ?? (user?.avatar && user.id ? `/avatars/${user.id}/${user.avatar}.png` : "");
  const box = h("span", { class: "avatar", "aria-hidden": "true" });
  box.style.setProperty("--size", `${size}px`);
  box.style.setProperty("--hue", HUES[Number(BigInt(user?.id ?? 0) % 6n)]);
  box.append(h("span", {}, nameOf(user).slice(0, 1).toUpperCase()));
  if (url) box.append(h("img", { src: address(url), alt: "", width: size, height: size, draggable: "false" }));
  return box;
}

/** A portrait that can't be had leaves the initial to be seen; any other picture says that it is missing. */
export function mountMissingPictures() {
  document.addEventListener("error", ({ target }) => {
    if (target.tagName !== "IMG") return;
    if (target.closest(".avatar, .mosaic, .rail-button")) target.classList.add("visually-hidden");
    else target.closest(".tile")?.classList.add("missing");
  }, true);
}

/** The colour of a person's highest coloured role, or null. */
export function nameColor(user) {
  const names = person(user.id)?.role_names ?? [];
  const found = state.guild.roles.find((r) => r.color && names.includes(r.name));
  return found ? `#${found.color.toString(16).padStart(6, "0")}` : null;
}

export const isEphemeral = (m) => Boolean(m.flags & EPHEMERAL);
export const timeOf = (m) => new Date(m.timestamp);

/** Whether `m` goes under the name of the one before it. */
export function groups(m, previous) {
  return Boolean(previous) && previous.author.id === m.author.id && !m.interaction_metadata && !m.referenced_message
    && !isEphemeral(m) && !isEphemeral(previous) && timeOf(m) - timeOf(previous) < GROUP_MS
    && timeOf(m).toDateString() === timeOf(previous).toDateString();
}

export function authorName(user, className = "author") {
  const made = h("button", { class: className, type: "button", data: { act: "profile", id: user.id } }, nameOf(user));
  const color = nameColor(user);
  if (color) made.style.setProperty("--name", color);
  return made;
}

/** The first line that a tree of components says, without its heading marks. */
function firstText(list) {
  for (const one of list ?? []) {
    const found = one.type === 10 ? one.content : firstText(one.components);
    if (found) return found.split("\n")[0].replace(/^(#{1,3}|-#|>)\s+/, "");
  }
  return "";
}

function contextLine(m) {
  const meta = m.interaction_metadata;
  if (meta?.user && (meta.type === 2 || meta.name)) {
    const name = meta.name ?? m.interaction?.name;
    return h("div", { class: "context" }, avatar(person(meta.user.id) ?? meta.user, 18), authorName(person(meta.user.id) ?? meta.user, "context-name"), "used",
      h("span", { class: "context-command" }, name ? `/${name}` : "a command"));
  }
  if (m.type !== 19) return null;
  const first = m.referenced_message;
  if (!first) return h("div", { class: "context" }, h("em", {}, "The message this answers was deleted"));
  const about = first.content || firstText(first.components) || (first.attachments?.length ? "Picture" : "Message");
  return h("div", { class: "context" }, avatar(first.author, 18), authorName(first.author, "context-name"),
    h("button", { class: "context-text", type: "button", data: { act: "jump", id: first.id } }, inline(about.replace(/\n/g, " "))));
}

function body(m) {
  if (m.flags & LOADING) {
    return [h("div", { class: "thinking", role: "status", data: { key: "thinking", testid: "thinking" } },
      h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), `${nameOf(m.author)} is thinking…`)];
  }
  const edited = m.edited_timestamp && m.content
    ? h("span", { class: "edited", title: fullTime(new Date(m.edited_timestamp)) }, "(edited)") : null;
  return [
    m.content ? h("div", { class: "content", data: { key: "content" } }, markdown(m.content), edited) : null,
    ...attachments(usedInComponents(m) ? [] : m.attachments ?? []),
    ...(m.embeds ?? []).map(embed),
    ...(m.sticker_items ?? []).map((s) => h("img", { class: "sticker", src: `/stickers/${s.id}.png`, alt: s.name, title: s.name })),
    ...components(m.components, m),
  ];
}

// With Components V2 every file is shown by a component.
const usedInComponents = (m) => Boolean(m.flags & (1 << 15));

function footer(m) {
  const failure = state.failures.get(m.id);
  const reactions = (m.reactions ?? []).map((r) =>
    h("button", {
      class: `reaction${r.me ? " mine" : ""}`, type: "button", "aria-pressed": String(Boolean(r.me)), "aria-label": `${r.emoji.name}, ${r.count}`,
      data: { act: "react", emoji: r.emoji.id ? `${r.emoji.name}:${r.emoji.id}` : r.emoji.name, mine: r.me ? "yes" : "no", testid: "reaction", key: `r${r.emoji.id ?? r.emoji.name}` },
    }, emojiOf(r.emoji), h("b", {}, r.count ?? 1)));
  return [
    reactions.length ? h("div", { class: "reactions", data: { key: "reactions" } }, reactions) : null,
    failure ? h("div", { class: "failure", role: "alert", data: { key: "failure", testid: "failure" } }, icon("alert", 15), failure) : null,
    isEphemeral(m) ? h("div", { class: "ephemeral-note", data: { key: "ephemeral" } }, icon("eye", 15), "Only you can see this ·",
      h("button", { class: "textlink", type: "button", data: { act: "dismiss", testid: "dismiss" } }, "Dismiss")) : null,
  ];
}

const tools = (m) => h("div", { class: "tools", data: { key: "tools" } },
  isEphemeral(m) ? null : h("button", { class: "iconbutton", type: "button", "aria-label": "Reply", title: "Reply", data: { act: "reply" } }, icon("reply", 18)),
  h("button", {
    class: "iconbutton", type: "button", "aria-label": "More: apps, copy, reply", title: "More", "aria-haspopup": "menu",
    data: { act: "menu", testid: "message-menu" },
  }, icon("dots", 18)));

/** The <li> of message `m`; `previous` is the message above it. */
export function messageRow(m, previous) {
  const compact = groups(m, previous);
  const when = timeOf(m);
  const author = person(m.author.id) ?? (state.bot.user?.id === m.author.id ? state.bot.user : m.author);
  const row = h("li", {
    class: `msg${compact ? " compact" : ""}${isEphemeral(m) ? " ephemeral" : ""}`, tabindex: "-1",
    data: { key: m.id, testid: "message", messageId: m.id, authorId: m.author.id, state: m.flags & LOADING ? "thinking" : "complete" },
  });
  const context = contextLine(m);
  row.append(...[
    context,
    h("div", { class: "msg-grid" },
      compact ? h("time", { class: "gutter-time", datetime: m.timestamp, title: fullTime(when) }, clock(when))
        : h("button", { class: "avatar-button", type: "button", tabindex: "-1", "aria-hidden": "true", data: { act: "profile", id: author.id } }, avatar(author)),
      h("div", { class: "msg-body" },
        compact ? null : h("div", { class: "byline", data: { key: "byline" } }, authorName(author),
          author.bot || m.author.bot ? h("span", { class: "tag" }, "BOT") : null,
          h("time", { datetime: m.timestamp, title: fullTime(when) }, messageTime(when))),
        ...body(m), ...footer(m))),
    tools(m),
  ].filter(Boolean));
  return row;
}

"""Messages as Discord's JSON has them, for the fake chat: Components V2 of every type, embeds, plain text, modals."""

from __future__ import annotations

import itertools
import time
from typing import Any

Json = dict[str, Any]
DISCORD_EPOCH_MS = 1_420_070_400_000
V2, EPHEMERAL, LOADING = 1 << 15, 1 << 6, 1 << 7
_counter = itertools.count()
_ids = itertools.count(1)


def snowflake(ago_s: float = 0) -> str:
    ms = int((time.time() - ago_s) * 1000) - DISCORD_EPOCH_MS
    return str((ms << 22) | (next(_counter) & 0xFFF))


def iso(ago_s: float = 0) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() - ago_s)) + "+00:00"


def message(author: Json, channel_id: str, content: str = "", ago_s: float = 0, **more: Any) -> Json:
    return {
        "id": snowflake(ago_s),
        "type": 0,
        "channel_id": channel_id,
        "author": author,
        "content": content,
        "timestamp": iso(ago_s),
        "edited_timestamp": None,
        "attachments": [],
        "embeds": [],
        "components": [],
        "mentions": [],
        "flags": 0,
        **more,
    }


def v2(author: Json, channel_id: str, *components: Json, ago_s: float = 0, **more: Any) -> Json:
    flags = V2 | more.pop("flags", 0)
    return message(author, channel_id, ago_s=ago_s, flags=flags, components=list(components), **more)


def used(command: str, user: Json) -> Json:
    return {
        "interaction_metadata": {
            "id": snowflake(), "type": 2, "name": command, "user": user, "authorizing_integration_owners": {}
        }
    }  # fmt: skip


def text(content: str) -> Json:
    return {"type": 10, "id": next(_ids), "content": content}


def row(*components: Json) -> Json:
    return {"type": 1, "id": next(_ids), "components": list(components)}


def button(label: str, custom_id: str, style: int = 2, emoji: str | Json | None = None, **more: Any) -> Json:
    made = {"type": 2, "id": next(_ids), "style": style, "label": label, "custom_id": custom_id, **more}
    if emoji:
        made["emoji"] = {"id": None, "name": emoji} if isinstance(emoji, str) else emoji
    return made


def link(label: str, url: str) -> Json:
    return {"type": 2, "id": next(_ids), "style": 5, "label": label, "url": url}


def container(*components: Json, accent: int | None = None, **more: Any) -> Json:
    return {"type": 17, "id": next(_ids), "accent_color": accent, "components": list(components), **more}


def separator(divider: bool = True, spacing: int = 1) -> Json:
    return {"type": 14, "id": next(_ids), "divider": divider, "spacing": spacing}


def media(url: str, pixels: int, description: str = "") -> Json:
    return {
        "media": {"url": url, "proxy_url": url, "width": pixels, "height": pixels, "content_type": "image/png"},
        "description": description or None,
        "spoiler": False,
    }


def gallery(*items: Json) -> Json:
    return {"type": 12, "id": next(_ids), "items": list(items)}


def section(accessory: Json, *texts: str) -> Json:
    return {"type": 9, "id": next(_ids), "components": [text(t) for t in texts], "accessory": accessory}


def thumbnail(url: str, pixels: int = 128) -> Json:
    return {"type": 11, "id": next(_ids), **media(url, pixels)}


def select(custom_id: str, placeholder: str, options: list[Json], **more: Any) -> Json:
    return {"type": 3, "id": next(_ids), "custom_id": custom_id, "placeholder": placeholder, "options": options, **more}


def label(title: str, component: Json, description: str = "") -> Json:
    return {"type": 18, "id": next(_ids), "label": title, "description": description or None, "component": component}


def pictures(seeds: list[int], pixels: int = 128, style: str = "adventurer", title: str = "Four new pictures") -> Json:
    """The panel that /generate answers with."""
    shown = [media(f"/art/{style}/{seed}/{pixels}.png", pixels, f"Picture {i + 1}") for i, seed in enumerate(seeds)]
    numbered = [button(f"V{i + 1}", f"var:{seed}") for i, seed in enumerate(seeds[:4])]
    return container(
        text(f"### {title}\n-# **Studio base** · seed {seeds[0]} · variety 0.5 · 212 ms"),
        gallery(*shown),
        row(button("Reroll", "reroll", 1, "🔁"), button("Open large", "open", emoji="🔍"),
            button("Make emoji", "emoji", emoji="✨"), button("Delete", "delete", 4, "🗑️")),
        row(*numbered),
        accent=0xF2B441,
    )  # fmt: skip


def training(done: int, total: int, pixels: int = 256) -> Json:
    """The message of a training run that lives."""
    filled = round(20 * done / total)
    bar = "▰" * filled + "▱" * (20 - filled)
    return container(
        section(thumbnail("/art/fun-emoji/train/128.png"),
                "### Training **Our emoji**\n198 of this server's 200 emoji · asked by <@1002>",
                f"`{bar}` **{round(100 * done / total)} %**\n-# {done * 60} of {total * 60} pictures seen · "
                f"212 a second · about {(total - done) * 6} s left"),
        separator(),
        gallery(media(f"/art/critters/step{done}/{pixels}.png", pixels, "Samples so far")),
        row(button("Stop and keep", "stop", 3, "✋"), button("Cancel", "cancel", 4)),
        accent=0x3FA796,
    )  # fmt: skip


def modal(custom_id: str = "submit-art") -> Json:
    licences = {"CC0": "Anyone may do anything with it", "CC BY": "Credit me", "This server only": "Stays here"}
    options = [{"label": n, "value": n.lower(), "description": d} for n, d in licences.items()]
    return {
        "custom_id": custom_id,
        "title": "Contribute your art",
        "components": [
            text("Only share what **you** made. You can withdraw it at any time."),
            label("Your pictures", {"type": 19, "id": next(_ids), "custom_id": "files", "min_values": 1,
                                    "max_values": 10, "required": True}, "PNG, JPEG or WebP, up to ten"),
            label("Title", {"type": 4, "id": next(_ids), "custom_id": "title", "style": 1, "min_length": 2,
                            "max_length": 40, "required": True, "placeholder": "Foxes of the north"}),
            label("Licence", {"type": 21, "id": next(_ids), "custom_id": "licence", "required": True,
                              "options": options}),
            label("Anything to add?", {"type": 4, "id": next(_ids), "custom_id": "note", "style": 2, "required": False,
                                       "max_length": 300}),
            label("I made these pictures", {"type": 23, "id": next(_ids), "custom_id": "mine", "default": False}),
        ],
    }  # fmt: skip


def every_type() -> list[Json]:
    """One of each component that a message can hold."""
    models = [{"label": n, "value": v, "description": d, "emoji": {"id": None, "name": e}, "default": v == "base"}
              for n, v, d, e in (("Studio base", "base", "Shipped · 64 px", "🎨"),
                                 ("Our emoji", "emoji", "198 works", "🦊"),
                                 ("Pixel faces", "pixel", "150 works", "👾"))]  # fmt: skip
    return [
        container(
            section(thumbnail("/art/bottts/7/128.png"), "## Models of this server", "Pick one to make it the default."),
            separator(spacing=2),
            section(button("Generate", "gen:base", 1), "**Studio base**\n-# anchored · 64 px · 1,746 works"),
            section(button("Generate", "gen:emoji", 1), "**Our emoji**\n-# anchored · 64 px · 198 works"),
            separator(),
            row(select("default", "Choose a model", models)),
            row({"type": 5, "id": next(_ids), "custom_id": "who", "placeholder": "Who may train?", "max_values": 3}),
            row(link("Read more", "https://example.org/"), button("Off", "off", 2, disabled=True),
                button("Breaks", "fail", 4)),
            accent=0x7A5AF8,
        ),
        {"type": 13, "id": next(_ids), "file": {"url": "/art/critters/1/64.png"}, "name": "report.json", "size": 2048},
    ]  # fmt: skip

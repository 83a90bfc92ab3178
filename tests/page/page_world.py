"""The fake guild: three people, channels, emoji, the bot's commands, and a history to look at."""

from __future__ import annotations

import page_messages as m

Json = m.Json


def _person(id_: str, username: str, name: str, roles: list[str], bio: str) -> Json:
    return {"id": id_, "username": username, "global_name": name, "avatar": "x", "discriminator": "0",
            "avatar_url": f"/avatars/{id_}.png", "role_names": roles, "bio": bio}  # fmt: skip


PEOPLE = [
    _person("1001", "mira", "Mira", [], "Likes foxes and rerolls."),
    _person("1002", "theo.draws", "Theo", ["Artist"], "Draws the server's emoji."),
    _person("1003", "sam", "Sam", ["Moderator"], "Keeps the peace."),
]
BOT = {"id": "900", "username": "Artel", "global_name": None, "bot": True, "avatar": "x", "discriminator": "0",
       "avatar_url": "/avatars/900.png"}  # fmt: skip
EMOJI = [{"id": str(5000 + n), "name": f"art_{n:03d}", "animated": False} for n in range(48)]
GUILD = {
    "id": "100", "name": "Paper Foxes", "icon": None, "emojis": EMOJI,
    "roles": [{"id": "100", "name": "@everyone", "color": 0, "position": 0, "permissions": str(1 << 31 | 1 << 15)},
              {"id": "21", "name": "Moderator", "color": 0x3FA796, "position": 2, "permissions": str(1 << 5 | 1 << 13)},
              {"id": "22", "name": "Artist", "color": 0xC77DFF, "position": 1, "permissions": str(1 << 43)}],
}  # fmt: skip
CHANNELS = [
    {"id": "201", "name": "studio", "type": 0, "topic": "Make pictures with Artel. Type / to begin.", "position": 0},
    {"id": "202", "name": "training", "type": 0, "topic": "Models learn here", "position": 1},
    {"id": "203", "name": "showcase", "type": 0, "topic": None, "position": 2},
    {"id": "204", "name": "rules", "type": 0, "topic": "Read only", "position": 3, "may": {"send": False}},
    {"id": "301", "name": "Artel", "type": 1, "topic": None, "position": 0},
]


def _option(kind: int, name: str, about: str, **more: object) -> Json:
    return {"type": kind, "name": name, "description": about, "required": False, **more}


def _command(id_: str, name: str, about: str, *options: Json, kind: int = 1) -> Json:
    return {"id": id_, "application_id": "900", "type": kind, "name": name, "description": about,
            "options": list(options), "version": "1"}  # fmt: skip


COMMANDS = [
    _command("701", "generate", "Make new pictures with a model",
             _option(3, "model", "Which model draws", autocomplete=True),
             _option(4, "count", "How many pictures", choices=[{"name": str(n), "value": n} for n in (1, 4, 9)]),
             _option(4, "seed", "The same seed makes the same pictures", min_value=0, max_value=2**31),
             _option(10, "variety", "0 is calm, 1 is wild", min_value=0, max_value=1)),
    _command("702", "train", "Teach a model the art of this server",
             _option(3, "name", "What the model is called", required=True, min_length=2, max_length=32),
             _option(3, "learn_from", "Where the pictures come from", required=True,
                     choices=[{"name": n, "value": n.lower()} for n in ("Server emoji", "Files", "Folder")]),
             _option(4, "minutes", "How long it may take", min_value=1, max_value=30),
             _option(11, "file", "A picture to learn from")),
    _command("703", "restyle", "Draw a picture again in the server's style",
             _option(11, "picture", "The picture to restyle", required=True),
             _option(10, "strength", "How far it may go, 0 to 1", min_value=0, max_value=1),
             _option(5, "private", "Show it only to me"), _option(6, "as_gift_for", "Who gets it"),
             _option(7, "where", "Post it in another channel")),
    _command("704", "models", "The models of this server"),
    _command("705", "queue", "What is being trained now"),
    _command("706", "help", "What Artel can do, in one page"),
    _command("707", "about", "Version, device and how the pictures are made"),
    _command("708", "collection", "The art this server trains on",
             {"type": 1, "name": "add", "description": "Contribute your art",
              "options": [_option(3, "title", "Its title", required=True)]},
             {"type": 1, "name": "list", "description": "Show what is there", "options": []}),
    _command("711", "Remix", "", kind=3), _command("712", "Credits", "", kind=3),
    _command("713", "Works of this artist", "", kind=2),
]  # fmt: skip

MARKDOWN = """# Spring show
Welcome to **week 12**, *everyone*! Rules in short:
1. Draw by hand, __sign it__, ~~no tracing~~
2. Post in <#203> or ask <@1003>
   - two works each
   - any size
> Art is never finished, only abandoned.
Starts <t:1764100000:F>, the seed is `42`, and ||it's foxes||.
```py
print("paper foxes")
```
-# Questions: [the wiki](https://example.org/wiki) or <@&21> · use </generate:701>"""


def history() -> list[Json]:
    mira, theo, sam = PEOPLE
    studio, training, showcase = "201", "202", "203"
    first = m.message(sam, studio, "New here? Type `/generate` and press 🔁 until you like it.", ago_s=9000)
    lines = [
        first,
        m.message(theo, studio, "I just added six new foxes to the emoji <:art_003:5003> <:art_007:5007>", ago_s=8000),
        m.message(theo, studio, "can't wait to see what it makes of them", ago_s=7990),
        m.message(mira, studio, "the last batch was lovely", ago_s=7900, type=19,
                  message_reference={"message_id": first["id"]}, referenced_message=first),
        m.v2(BOT, studio, m.pictures([11, 12, 13, 14]), ago_s=600, **m.used("generate", mira)),
        m.message(sam, showcase, MARKDOWN, ago_s=5000),
        m.v2(BOT, showcase, *m.every_type(), ago_s=4000, **m.used("models", sam)),
        m.message(BOT, showcase, "", ago_s=3000, embeds=[{
            "title": "Artel 0.1", "url": "https://example.org/", "description": "Makes **pictures** in milliseconds.",
            "color": 0x3FA796, "author": {"name": "Artel"}, "footer": {"text": "CPU, 2 threads"},
            "thumbnail": {"url": "/art/bottts/3/128.png", "width": 128, "height": 128},
            "fields": [{"name": "Worker", "value": "ready", "inline": True},
                       {"name": "Pictures", "value": "1,204", "inline": True}]}]),
        m.message(mira, showcase, "", ago_s=2900, attachments=[
            {"id": "1", "filename": "fox.png", "size": 4096, "url": "/art/critters/9/256.png", "width": 256,
             "height": 256, "content_type": "image/png"},
            {"id": "2", "filename": "notes.txt", "size": 120, "url": "/art/critters/9/64.png",
             "content_type": "text/plain"}]),
        m.v2(BOT, training, m.training(12, 30), ago_s=120, **m.used("train", theo)),
        m.message(mira, training, "🦊🎨", ago_s=100),
    ]  # fmt: skip
    return sorted(lines, key=lambda x: int(x["id"]))

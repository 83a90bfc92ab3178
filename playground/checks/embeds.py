"""Embeds of a message. Source of the limits: Discord's page "Message", embed limits."""

from __future__ import annotations

from playground.checks.bodies import Body
from playground.checks.controls import Scope, keep_some
from playground.errors import Json

MAX_TOTAL = 6000


def read_embeds(message: Body, scope: Scope) -> list[Json] | None:
    """The `embeds` field; None if absent."""
    if "embeds" not in message.data:
        return None
    if message.data["embeds"] is None:
        return []
    found = [_read_embed(each, scope) for each in message.objects("embeds", 0, 10) or []]
    total = sum(_length(embed) for embed in found)
    if total > MAX_TOTAL:
        message.note("embeds", "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MAX_TOTAL}")
    return found


def _length(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [embed.get("footer", {}).get("text"), embed.get("author", {}).get("name")]
    texts += [part for field in embed.get("fields", []) for part in (field.get("name"), field.get("value"))]
    return sum(len(text or "") for text in texts)


def _read_embed(body: Body, scope: Scope) -> Json:
    embed: Json = {
        "type": "rich",
        "title": body.text("title", 0, 256),
        "description": body.text("description", 0, 4096),
        "url": body.url("url") if body.has("url") else None,
        "timestamp": body.text("timestamp"),
        "color": body.integer("color", 0, 0xFFFFFF),
        "image": _read_picture(body, "image", scope),
        "thumbnail": _read_picture(body, "thumbnail", scope),
    }
    if footer := body.child("footer"):
        embed["footer"] = keep_some(
            {"text": footer.text("text", 1, 2048, required=True), "icon_url": _read_url(footer, "icon_url", scope)}
        )
    if author := body.child("author"):
        embed["author"] = keep_some(
            {
                "name": author.text("name", 1, 256, required=True),
                "url": author.url("url") if author.has("url") else None,
                "icon_url": _read_url(author, "icon_url", scope),
            }
        )
    if fields := body.objects("fields", 0, 25):
        embed["fields"] = [
            {
                "name": field.text("name", 1, 256, required=True),
                "value": field.text("value", 1, 1024, required=True),
                "inline": field.flag("inline") or False,
            }
            for field in fields
        ]
    return keep_some(embed)


def _read_picture(body: Body, name: str, scope: Scope) -> Json | None:
    picture = body.child(name)
    url = picture and _read_url(picture, "url", scope)
    return {"url": url} if url else None


def _read_url(body: Body, name: str, scope: Scope) -> str | None:
    if not body.has(name):
        return None
    url = body.url(name, attachments=True)
    if url and url.startswith("attachment://") and url.removeprefix("attachment://") not in scope.files:
        # Discord leaves such a picture out without a word; here it is an error, since the bot meant to show it.
        body.note(name, "EMBED_ATTACHMENT_NOT_FOUND", f"The referenced attachment was not found: {url}")
    return url

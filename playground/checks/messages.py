"""The body of a message that a bot sends or edits, on every route that takes one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from playground.checks.bodies import Body, Problems
from playground.checks.components import read_components, walk
from playground.checks.controls import Scope
from playground.checks.embeds import read_embeds
from playground.errors import ApiError, Json
from playground.records import COMPONENTS_V2, EPHEMERAL, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS, Message
from playground.uploads import Upload, sniff, tidy_name

MAX_CONTENT = 2000
_V2_FREE = ("content", "embeds", "poll", "sticker_ids")
_SPOILER = "SPOILER_"


@dataclass
class Draft:
    """A checked body; None means that the field was absent."""

    content: str | None = None
    embeds: list[Json] | None = None
    components: list[Json] | None = None
    flags: int | None = None
    attachments: list[Json] | None = None
    """All the files that the message then has, old ones first as they were listed."""
    files: dict[str, Upload] = field(default_factory=dict)
    """New attachment ids and their uploads."""
    allowed_mentions: Json | None = None
    sticker_ids: list[str] = field(default_factory=list)
    tts: bool = False
    nonce: str | int | None = None
    enforce_nonce: bool = False
    reply_to: str | None = None
    reply_must_exist: bool = True
    dropped: list[str] = field(default_factory=list)
    """Uploads that an edit did not list and that are therefore lost: worth a line in the ledger."""


def read_message(
    data: object,
    uploads: list[Upload],
    *,
    emojis: Mapping[str, Json],
    new_ids: list[str],
    existing: Message | None = None,
    may_be_ephemeral: bool = False,
    path: tuple[str | int, ...] = (),
) -> Draft:
    """Check a body for a new message (`existing` None) or for an edit.

    `new_ids` has one fresh id for each upload. Raises `Invalid` (50035) or 50006 for an empty message.
    """
    problems = Problems()
    body = Body(data if data is not None else {}, problems, path)
    draft = Draft()
    _read_flags(body, draft, existing, may_be_ephemeral)
    draft.attachments = read_attachments(body, uploads, new_ids, existing, draft)
    v2 = bool((draft.flags or 0) & COMPONENTS_V2 or (existing and existing.v2))
    kept = draft.attachments if draft.attachments is not None else (existing.attachments if existing else [])
    scope = Scope(emojis, v2, {a["filename"]: a for a in kept})
    if "content" in body.data:
        draft.content = body.text("content", 0, MAX_CONTENT) or ""
    draft.embeds = read_embeds(body, scope)
    draft.components = read_components(body, scope)
    if existing and draft.components is None and draft.attachments is not None:
        _check_still_there(body, existing, draft.attachments)
    _read_rest(body, draft)
    if v2:
        _check_v2(body, draft, existing)
    if body.has("poll"):
        body.note("poll", "POLL_UNSUPPORTED", "This playground does not know polls")
    problems.check()
    if is_empty(draft, existing, kept):
        raise ApiError(400, 50006, "Cannot send an empty message")
    return draft


def is_empty(draft: Draft, existing: Message | None, files: list[Json]) -> bool:
    def there(new: object, old: object) -> bool:
        return bool(new if new is not None else old)

    old = existing or Message("", "", "", "")
    return not (
        there(draft.content, old.content)
        or there(draft.embeds, old.embeds)
        or there(draft.components, old.components)
        or draft.sticker_ids
        or old.sticker_ids
        or files
    )


def _read_flags(body: Body, draft: Draft, existing: Message | None, may_be_ephemeral: bool) -> None:
    draft.flags = body.integer("flags", 0, 2**31 - 1)
    allowed = SUPPRESS_EMBEDS | COMPONENTS_V2
    if existing is None:
        allowed |= SUPPRESS_NOTIFICATIONS | (EPHEMERAL if may_be_ephemeral else 0)
    if draft.flags is None:
        return
    if existing is None and not may_be_ephemeral and draft.flags & EPHEMERAL:
        body.note("flags", "MESSAGE_FLAGS_INVALID", "Only an answer to an interaction can be ephemeral")
    draft.flags &= allowed
    if existing and existing.v2 and not draft.flags & COMPONENTS_V2:
        draft.flags |= COMPONENTS_V2  # the flag cannot be taken from a message


def _check_still_there(body: Body, existing: Message, kept: list[Json]) -> None:
    """New files without new components: what the old components show must stay."""
    ids = {a["id"] for a in kept}
    shown = [c.get("media") or c.get("file") for c in walk(existing.components)]
    shown += [item["media"] for c in walk(existing.components) for item in c.get("items", [])]
    for media in shown:
        if media and media.get("attachment_id", "") not in ("", *ids):
            sentence = f"The referenced attachment was not found: {media['url']} is still shown by the components"
            body.note("attachments", "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", sentence)


def _check_v2(body: Body, draft: Draft, existing: Message | None) -> None:
    for name in _V2_FREE:
        if body.data.get(name):
            body.note(
                name,
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )
    if existing and not existing.v2:
        for name, old, new in (("content", existing.content, draft.content), ("embeds", existing.embeds, draft.embeds)):
            if old and new is None:
                body.note(
                    name,
                    "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                    f"The '{name}' field must be emptied when a message becomes IS_COMPONENTS_V2",
                )
    if draft.components == [] or (draft.components is None and (existing is None or not existing.components)):
        body.note("components", "BASE_TYPE_REQUIRED", "A message with IS_COMPONENTS_V2 needs components")


def _read_rest(body: Body, draft: Draft) -> None:
    draft.tts = body.flag("tts") or False
    draft.sticker_ids = list(body.snowflakes("sticker_ids", 3))
    nonce = body.data.get("nonce")
    if isinstance(nonce, str) and len(nonce) > 25:
        body.note("nonce", "NONCE_TYPE_TOO_LONG", "Must be 25 or fewer in length.")
    elif nonce is not None and (isinstance(nonce, bool) or not isinstance(nonce, str | int)):
        body.note("nonce", "NONCE_TYPE_INVALID", "A nonce is a string or an integer")
    else:
        draft.nonce = nonce
    draft.enforce_nonce = body.flag("enforce_nonce") or False
    if reference := body.child("message_reference"):
        reference.choice("type", (0,))
        draft.reply_to = reference.snowflake("message_id", required=True)
        draft.reply_must_exist = reference.data.get("fail_if_not_exists") is not False
    if allowed := body.child("allowed_mentions"):
        draft.allowed_mentions = _read_allowed_mentions(allowed)


def _read_allowed_mentions(body: Body) -> Json:
    parse = body.values("parse", 0, 3) or []
    if any(each not in ("roles", "users", "everyone") for each in parse):
        body.note("parse", "BASE_TYPE_CHOICES", "Value must be one of {roles, users, everyone}.")
    found = {name: list(body.snowflakes(name, 100)) for name in ("users", "roles")}
    for name, ids in found.items():
        if ids and name in parse:
            sentence = f'parse:["{name}"] and {name}: [ids...] are mutually exclusive.'
            body.note(name, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", sentence)
    return {"parse": parse, **found, "replied_user": body.flag("replied_user")}


def read_attachments(
    body: Body, uploads: list[Upload], new_ids: list[str], existing: Message | None, draft: Draft
) -> list[Json] | None:
    """The files a message has afterwards; None when nothing about them changes.

    The list, where given, is complete: an old file that is not in it goes, and so does an upload that is not in it.
    Without a list all old files stay and all uploads are added.
    """
    fresh = {u.index: (u, i) for u, i in zip(uploads, new_ids, strict=True)}
    old = {a["id"]: a for a in existing.attachments} if existing else {}
    if body.data.get("attachments") is None:
        if not uploads and "attachments" not in body.data:
            return None
        draft.files = {i: u for u, i in zip(uploads, new_ids, strict=True)}
        return [*old.values(), *(describe(u, i) for i, u in draft.files.items())]
    settled: list[Json] = []
    for entry in body.objects("attachments", 0, 10) or []:
        entry_id = entry.snowflake("id", required=True)
        description = entry.text("description", 0, 1024)
        filename = entry.text("filename", 0, 1024)
        if entry_id is None:
            continue
        if entry_id in old:
            settled.append(old[entry_id] | ({"description": description} if description is not None else {}))
        elif int(entry_id) in fresh:
            upload, new_id = fresh.pop(int(entry_id))
            draft.files[new_id] = upload
            settled.append(describe(upload, new_id, filename, description))
        else:
            entry.note("id", "ATTACHMENT_NOT_FOUND", "Attachment data not found: neither an upload nor a kept file")
    if existing is None:
        draft.files |= {new_id: upload for upload, new_id in fresh.values()}
        settled += [describe(upload, new_id) for upload, new_id in fresh.values()]
    else:
        draft.dropped = [upload.filename for upload, _ in fresh.values()]
    if len(settled) > 10:
        body.note("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    return settled


def describe(upload: Upload, new_id: str, filename: str | None = None, description: str | None = None) -> Json:
    """The attachment object of an upload, without its addresses (those are signed when shown)."""
    name = tidy_name(filename or upload.filename)
    found = sniff(upload.data, name)
    attachment: Json = {
        "id": new_id,
        "filename": name,
        "size": len(upload.data),
        "content_type": found.content_type,
        "width": found.width,
        "height": found.height,
        "description": description,
        "spoiler": name.startswith(_SPOILER),
    }
    return {key: value for key, value in attachment.items() if value is not None and value is not False}


_USER_MENTION = re.compile(r"<@!?(\d+)>")
_ROLE_MENTION = re.compile(r"<@&(\d+)>")


def find_mentions(text: str, allowed: Json | None) -> tuple[list[str], list[str], bool]:
    """Users, roles and whether everyone is mentioned, within what `allowed_mentions` lets through."""
    users = list(dict.fromkeys(_USER_MENTION.findall(text)))
    roles = list(dict.fromkeys(_ROLE_MENTION.findall(text)))
    everyone = "@everyone" in text or "@here" in text
    if allowed is None:
        return users, roles, everyone
    parse = allowed["parse"]
    if "users" not in parse:
        users = [u for u in users if u in allowed["users"]]
    if "roles" not in parse:
        roles = [r for r in roles if r in allowed["roles"]]
    return users, roles, everyone and "everyone" in parse

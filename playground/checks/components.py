"""Components of messages, the old kind (rows of buttons and selects) and V2 (containers, sections, galleries …).

Source of the limits: Discord's page "Component Reference". The result is the tree as Discord would give it back: known
fields only, and an `id` on every component.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from playground.checks.bodies import Body
from playground.checks.controls import BUTTON, SELECTS, Scope, keep_some, read_button, read_select
from playground.errors import Json

MAX_COMPONENTS = 40
MAX_TEXT = 4000
ROW, SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 1, 9, 10, 11, 12, 13, 14, 17
_TOP_V2 = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER)
_IN_CONTAINER = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR)
_IN_ROW = (BUTTON, *sorted(SELECTS))


def read_components(message: Body, scope: Scope) -> list[Json] | None:
    """The `components` of a message body; None if the field is absent."""
    if "components" not in message.data:
        return None
    if message.data["components"] is None:
        return []
    found = message.objects("components", 0, MAX_COMPONENTS if scope.v2 else 5) or []
    tree = [read_one(each, scope, _TOP_V2 if scope.v2 else (ROW,)) for each in found]
    if scope.count > MAX_COMPONENTS:
        message.note(
            "components",
            "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
            f"The maximum number of total components allowed is {MAX_COMPONENTS}, and {scope.count} were given",
        )
    if scope.text_length > MAX_TEXT:
        message.note(
            "components",
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            f"The total size of displayable text in components exceeds {MAX_TEXT} characters",
        )
    number(tree, scope)
    return tree


def number(tree: list[Json], scope: Scope) -> None:
    """Give every component without an id the next free one, in reading order."""
    following = 1
    for component in walk(tree):
        if component.get("id"):
            continue
        while following in scope.ids:
            following += 1
        component["id"] = following
        scope.ids.add(following)


def walk(tree: list[Json]) -> Iterator[Json]:
    """Every component of a tree, parents first."""
    for component in tree:
        yield component
        yield from walk(component.get("components", []))
        yield from walk([component[name] for name in ("accessory", "component") if component.get(name)])


def read_id(body: Body, scope: Scope) -> int | None:
    given = body.integer("id", 0, 2**31 - 1)
    if not given:
        return None
    if given in scope.ids:
        body.note("id", "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
    scope.ids.add(given)
    return given


def read_one(body: Body, scope: Scope, allowed: tuple[int, ...]) -> Json:
    """One component that may only be of an `allowed` type here."""
    kind = body.data.get("type")
    if isinstance(kind, bool) or kind not in allowed:
        shown = ", ".join(map(str, allowed))
        body.note("type", "UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({shown},).')
        return {"type": kind}
    scope.count += 1
    found = {"type": kind, "id": read_id(body, scope)}
    if kind in SELECTS:
        return keep_some({**found, **read_select(body, scope, kind)})
    return keep_some({**found, **_READERS[kind](body, scope)})


def _read_row(body: Body, scope: Scope) -> Json:
    children = body.objects("components", 1, 5, required=True) or []
    kinds = [child.data.get("type") for child in children]
    if len(children) > 1 and any(kind in SELECTS for kind in kinds):
        body.note("components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
    return {"components": [read_one(child, scope, _IN_ROW) for child in children]}


def _read_section(body: Body, scope: Scope) -> Json:
    texts = [read_one(child, scope, (TEXT,)) for child in body.objects("components", 1, 3, required=True) or []]
    accessory = body.child("accessory", required=True)
    return {"components": texts, "accessory": accessory and read_one(accessory, scope, (BUTTON, THUMBNAIL))}


def read_text_display(body: Body, scope: Scope) -> Json:
    content = body.text("content", 1, MAX_TEXT, required=True)
    scope.text_length += len(content or "")
    return {"content": content}


def read_media(owner: Body, name: str, scope: Scope, only_files: bool = False) -> Json | None:
    """An unfurled media item: an address, or `attachment://` with a file of this message."""
    body = owner.child(name, required=True)
    if body is None:
        return None
    url = body.url("url", 2048, required=True, attachments=True)
    if url is None:
        return None
    if not url.startswith("attachment://"):
        if only_files:
            body.note("url", "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('attachment',).")
            return None
        return {"url": url}
    attachment = scope.files.get(url.removeprefix("attachment://"))
    if attachment is None:
        body.note(
            "url",
            "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
            f"The referenced attachment was not found: {url}",
        )
        return None
    return {"url": url, "attachment_id": attachment["id"]}


def _read_thumbnail(body: Body, scope: Scope) -> Json:
    return {
        "media": read_media(body, "media", scope),
        "description": body.text("description", 0, 1024) or None,
        "spoiler": body.flag("spoiler") or False,
    }


def _read_gallery(body: Body, scope: Scope) -> Json:
    items = [
        keep_some(
            {
                "media": read_media(item, "media", scope),
                "description": item.text("description", 0, 1024) or None,
                "spoiler": item.flag("spoiler") or False,
            }
        )
        for item in body.objects("items", 1, 10, required=True) or []
    ]
    return {"items": items}


def _read_file(body: Body, scope: Scope) -> Json:
    media = read_media(body, "file", scope, only_files=True)
    found: Json = {"file": media, "spoiler": body.flag("spoiler") or False}
    if media:
        attachment = scope.files[media["url"].removeprefix("attachment://")]
        found |= {"name": attachment["filename"], "size": attachment["size"]}
    return found


def _read_separator(body: Body, scope: Scope) -> Json:
    divider = body.flag("divider")
    return {"divider": True if divider is None else divider, "spacing": body.choice("spacing", (1, 2)) or 1}


def _read_container(body: Body, scope: Scope) -> Json:
    children = body.objects("components", 1, MAX_COMPONENTS, required=True) or []
    return {
        "components": [read_one(child, scope, _IN_CONTAINER) for child in children],
        "accent_color": body.integer("accent_color", 0, 0xFFFFFF),
        "spoiler": body.flag("spoiler") or False,
    }


_READERS: dict[int, Callable[[Body, Scope], Json]] = {
    ROW: _read_row,
    BUTTON: read_button,
    SECTION: _read_section,
    TEXT: read_text_display,
    THUMBNAIL: _read_thumbnail,
    GALLERY: _read_gallery,
    FILE: _read_file,
    SEPARATOR: _read_separator,
    CONTAINER: _read_container,
}

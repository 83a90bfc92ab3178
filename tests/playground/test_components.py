"""What Discord refuses in components, embeds and the like, each rule by its own case, with the path of the fault."""

from __future__ import annotations

from typing import Any

import pytest

from playground.checks.bodies import Body, Problems
from playground.checks.components import read_components, walk
from playground.checks.controls import Scope
from playground.checks.embeds import read_embeds
from playground.errors import Invalid

EMOJI = {"77": {"id": "77", "name": "frog", "animated": False}}
FILES = {"a.png": {"id": "5", "filename": "a.png", "size": 10}}


def text(content: str = "hi") -> dict[str, Any]:
    return {"type": 10, "content": content}


def button(**more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "x", "custom_id": "a", **more}


def row(*children: Any) -> dict[str, Any]:
    return {"type": 1, "components": list(children)}


def select(**more: Any) -> dict[str, Any]:
    return {"type": 3, "custom_id": "s", "options": [{"label": "a", "value": "a"}], **more}


def gallery(n: int = 1, url: str = "attachment://a.png") -> dict[str, Any]:
    return {"type": 12, "items": [{"media": {"url": url}} for _ in range(n)]}


def section(texts: int = 1, **more: Any) -> dict[str, Any]:
    return {"type": 9, "components": [text() for _ in range(texts)], "accessory": button(), **more}


def box(*children: Any) -> dict[str, Any]:
    return {"type": 17, "components": list(children)}


def read(*components: Any, v2: bool = True) -> list[dict[str, Any]]:
    problems = Problems()
    found = read_components(Body({"components": list(components)}, problems), Scope(EMOJI, v2, FILES))
    problems.check()
    assert found is not None
    return found


GOOD = [
    [text()],
    [text("x" * 4000)],
    [row(*(button(custom_id=str(n)) for n in range(5)))],
    [row(button(custom_id="x" * 100, label="y" * 80))],
    [row(button(label=None, emoji={"name": "🔁"}))],
    [row(button(label=None, emoji={"name": "⏹️"}))],
    [row(button(label=None, emoji={"name": "👩🏽‍🎨"}))],
    [row(button(label=None, emoji={"name": "1️⃣"}))],
    [row(button(label=None, emoji={"name": "🇳🇱"}))],
    [row(button(emoji={"id": "77", "name": "anything"}))],
    [row({"type": 2, "style": 5, "label": "x", "url": "https://example.org"})],
    [row(select(options=[{"label": "a", "value": str(n)} for n in range(25)], max_values=25, min_values=0))],
    [row({"type": 5, "custom_id": "u", "default_values": [{"id": "1", "type": "user"}]})],
    [gallery(10)],
    [gallery(1, "https://example.org/a.png")],
    [{"type": 13, "file": {"url": "attachment://a.png"}}],
    [section(3)],
    [section(accessory={"type": 11, "media": {"url": "attachment://a.png"}})],
    [box(text(), {"type": 14, "spacing": 2}, gallery(), section(), row(select()))],
    [text() for _ in range(40)],
]


@pytest.mark.parametrize("components", GOOD)
def test_what_discord_takes_is_taken(components: list[Any]) -> None:
    found = read(*components)
    ids = [c["id"] for c in walk(found)]
    assert len(ids) == len(set(ids))
    assert all(ids)


BAD = [
    ([text() for _ in range(41)], "components"),
    ([box(*(section() for _ in range(14)))], "components"),
    ([text("")], "components.0.content"),
    ([text("x" * 2001), text("x" * 2000)], "components"),
    ([text("x" * 4001)], "components.0.content"),
    ([button()], "components.0.type"),
    ([{"type": 11, "media": {"url": "attachment://a.png"}}], "components.0.type"),
    ([box(box(text()))], "components.0.components.0.type"),
    ([box()], "components.0.components"),
    ([row()], "components.0.components"),
    ([row(*(button(custom_id=str(n)) for n in range(6)))], "components.0.components"),
    ([row(text())], "components.0.components.0.type"),
    ([row(button(), select())], "components.0.components"),
    ([row(select(), select(custom_id="t"))], "components.0.components"),
    ([row(button(custom_id="x" * 101))], "components.0.components.0.custom_id"),
    ([row(button(custom_id=None))], "components.0.components.0.custom_id"),
    ([row(button()), row(button())], "components.1.components.0.custom_id"),
    ([row(button()), row(select(custom_id="a"))], "components.1.components.0.custom_id"),
    ([row(button(label="x" * 81))], "components.0.components.0.label"),
    ([row(button(label=None))], "components.0.components.0"),
    ([row(button(style=7))], "components.0.components.0.style"),
    ([row(button(style=None))], "components.0.components.0.style"),
    ([row(button(url="https://example.org"))], "components.0.components.0.url"),
    ([row({"type": 2, "style": 5, "label": "x"})], "components.0.components.0.url"),
    ([row({"type": 2, "style": 5, "label": "x", "url": "javascript:alert(1)"})], "components.0.components.0.url"),
    (
        [row({"type": 2, "style": 5, "label": "x", "url": "https://e.org/" + "x" * 500})],
        "components.0.components.0.url",
    ),
    ([row(button(emoji={"name": "★"}))], "components.0.components.0.emoji.name"),
    ([row(button(emoji={"name": "↻"}))], "components.0.components.0.emoji.name"),
    ([row(button(emoji={"name": "ab"}))], "components.0.components.0.emoji.name"),
    ([row(button(emoji={"name": "🔁🔁"}))], "components.0.components.0.emoji.name"),
    ([row(button(emoji={"id": "78", "name": "gone"}))], "components.0.components.0.emoji.id"),
    ([row(button(id=3)), row(button(custom_id="b", id=3))], "components.1.components.0.id"),
    ([row(select(options=[]))], "components.0.components.0.options"),
    ([row(select(options=[{"label": "a", "value": str(n)} for n in range(26)]))], "components.0.components.0.options"),
    ([row(select(options=[{"label": "a", "value": "a"}] * 2))], "components.0.components.0.options.1.value"),
    ([row(select(options=[{"label": "x" * 101, "value": "a"}]))], "components.0.components.0.options.0.label"),
    ([row(select(options=[{"label": "a", "value": "x" * 101}]))], "components.0.components.0.options.0.value"),
    (
        [row(select(options=[{"label": "a", "value": "a", "description": "x" * 101}]))],
        "components.0.components.0.options.0.description",
    ),
    ([row(select(placeholder="x" * 151))], "components.0.components.0.placeholder"),
    ([row(select(max_values=2))], "components.0.components.0.max_values"),
    ([row(select(min_values=2))], "components.0.components.0.min_values"),
    ([row(select(max_values=0))], "components.0.components.0.max_values"),
    ([gallery(0)], "components.0.items"),
    ([gallery(11)], "components.0.items"),
    ([gallery(1, "attachment://b.png")], "components.0.items.0.media.url"),
    ([gallery(1, "a.png")], "components.0.items.0.media.url"),
    (
        [{"type": 12, "items": [{"media": {"url": "attachment://a.png"}, "description": "x" * 1025}]}],
        "components.0.items.0.description",
    ),
    ([{"type": 13, "file": {"url": "https://example.org/a.zip"}}], "components.0.file.url"),
    ([section(0)], "components.0.components"),
    ([section(4)], "components.0.components"),
    ([section(accessory=None)], "components.0.accessory"),
    ([section(accessory=text())], "components.0.accessory.type"),
    ([{"type": 14, "spacing": 3}], "components.0.spacing"),
    ([{**box(text()), "accent_color": 0x1000000}], "components.0.accent_color"),
    ([{**text(), "id": -1}], "components.0.id"),
    (["text"], "components.0"),
    ([{"content": "x"}], "components.0.type"),
]


@pytest.mark.parametrize(("components", "path"), BAD)
def test_what_discord_refuses_is_refused_at_its_place(components: list[Any], path: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(*components)
    assert path in {".".join(map(str, p)) for p, _, _ in caught.value.found}
    node = caught.value.body()["errors"]
    for step in path.split("."):
        node = node[step]
    assert node["_errors"][0]["message"]


def test_the_old_kind_of_message_has_five_rows_of_buttons_and_nothing_else() -> None:
    assert read(row(button()), v2=False)
    with pytest.raises(Invalid):
        read(text(), v2=False)
    with pytest.raises(Invalid):
        read(*(row(button(custom_id=str(n))) for n in range(6)), v2=False)


def test_given_ids_are_kept_and_the_others_fit_in() -> None:
    found = read({**text(), "id": 2}, text(), box(text()))
    assert [c["id"] for c in walk(found)] == [2, 1, 3, 4]


@pytest.mark.parametrize(
    ("embed", "path"),
    [
        ({"title": "x" * 257}, "embeds.0.title"),
        ({"description": "x" * 4097}, "embeds.0.description"),
        ({"fields": [{"name": "a", "value": "b"}] * 26}, "embeds.0.fields"),
        ({"fields": [{"name": "a", "value": ""}]}, "embeds.0.fields.0.value"),
        ({"footer": {"text": "x" * 2049}}, "embeds.0.footer.text"),
        ({"image": {"url": "attachment://b.png"}}, "embeds.0.image.url"),
        ({"color": -1}, "embeds.0.color"),
        ({"description": "x" * 4000, "footer": {"text": "x" * 2001}}, "embeds"),
    ],
)
def test_embeds_have_their_limits(embed: Any, path: str) -> None:
    problems = Problems()
    read_embeds(Body({"embeds": [embed]}, problems), Scope({}, files=FILES))
    assert path in {".".join(map(str, p)) for p, _, _ in problems.found}

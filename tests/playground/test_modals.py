"""What Discord refuses in modals."""

from __future__ import annotations

from typing import Any

import pytest

from playground.checks.modals import read_modal
from playground.errors import Invalid


def label(**component: Any) -> dict[str, Any]:
    return {"type": 18, "label": "Label", "component": {"custom_id": "c", **component}}


def word(**more: Any) -> dict[str, Any]:
    return label(type=4, style=1, **more)


def options(n: int) -> list[dict[str, str]]:
    return [{"label": str(i), "value": str(i)} for i in range(n)]


def modal(*components: Any, **more: Any) -> dict[str, Any]:
    return {"custom_id": "m", "title": "Title", "components": list(components), **more}


@pytest.mark.parametrize(
    "component",
    [
        word(value="x" * 4000),
        {"type": 1, "components": [{"type": 4, "style": 2, "custom_id": "c", "label": "Old kind"}]},
        {"type": 10, "content": "Just a text"},
        label(type=19, max_values=10, min_values=0, required=False),
        label(type=21, options=options(2)),
        label(type=22, options=options(10), min_values=1, max_values=10),
        label(type=23, default=True),
        label(type=3, options=options(25), required=False),
        label(type=5, max_values=3),
        {**word(), "description": "x" * 100},
    ],
)
def test_what_discord_takes(component: Any) -> None:
    assert read_modal(modal(component), {}, ())["components"][0]["id"] == 1


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (modal(), "components"),
        (modal(*(label(type=23, custom_id=str(n)) for n in range(6))), "components"),
        (modal(word(), title="x" * 46), "title"),
        (modal(word(), title=""), "title"),
        (modal(word(), custom_id="x" * 101), "custom_id"),
        (modal(word(), word()), "components.1.component.custom_id"),
        (modal({"type": 17, "components": []}), "components.0.type"),
        (modal({**word(), "label": "x" * 46}), "components.0.label"),
        (modal({**word(), "description": "x" * 101}), "components.0.description"),
        (modal({"type": 18, "label": "x"}), "components.0.component"),
        (modal(label(type=2, style=1, label="x")), "components.0.component.type"),
        (modal(word(label="own")), "components.0.component.label"),
        (modal(word(placeholder="x" * 101)), "components.0.component.placeholder"),
        (modal(word(max_length=4001)), "components.0.component.max_length"),
        (modal(word(min_length=5, max_length=4)), "components.0.component.min_length"),
        (modal(label(type=4)), "components.0.component.style"),
        (modal(label(type=19, max_values=11)), "components.0.component.max_values"),
        (modal(label(type=19, min_values=0)), "components.0.component.required"),
        (modal(label(type=21, options=options(1))), "components.0.component.options"),
        (modal(label(type=21, options=[{**o, "default": True} for o in options(2)])), "components.0.component.options"),
        (modal(label(type=22, options=options(11))), "components.0.component.options"),
        (modal(label(type=3, options=options(2), disabled=True)), "components.0.component.disabled"),
        (
            modal({"type": 1, "components": [{"type": 4, "style": 1, "custom_id": "c"}]}),
            "components.0.components.0.label",
        ),
        ("nothing", ""),
    ],
)
def test_what_discord_refuses(data: Any, path: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_modal(data, {}, ())
    assert path in {".".join(map(str, p)) for p, _, _ in caught.value.found}

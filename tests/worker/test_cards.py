"""A model file is never trusted: what is not whole, or not ours, is refused with the reason before torch sees it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gan.errors import WorkerError
from gan.server.cards import read_card
from gan.server.models import model_id_for
from tests.worker.tiny import write_model

CARD = json.dumps({"id": "x", "title": "X", "family": "tiny", "size": 64})


def file_of(folder: Path, header: Any, payload: bytes = b"") -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path = folder / "model.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text + payload)
    return path


def tensor(start: int, stop: int, count: int, kind: str = "F32") -> dict[str, Any]:
    return {"dtype": kind, "shape": [count], "data_offsets": [start, stop]}


def test_a_real_file_is_read_and_named_by_its_file(tmp_path: Path) -> None:
    write_model(tmp_path / "renamed.safetensors", "first-name")
    card = read_card(tmp_path / "renamed.safetensors")
    assert (card.id, card.title, card.family) == ("renamed", "first-name", "tiny")


@pytest.mark.parametrize(
    ("header", "payload", "why"),
    [
        (b"{", b"", "not JSON"),
        (b"[1]", b"", "not a table"),
        (b"[" * 100_000, b"", "not JSON"),
        ({"__metadata__": {}}, b"", "no card"),
        ({"__metadata__": {"card": 3}}, b"", "no card"),
        ({"__metadata__": {"card": "{}"}}, b"", "not valid"),
        ({"__metadata__": {"card": "[" * 100_000}}, b"", "not valid"),
        ({"__metadata__": {"card": CARD}, "a": tensor(0, 8, 2)}, b"1234", "cut short"),
        ({"__metadata__": {"card": CARD}, "a": tensor(0, 4, 1)}, b"12345678", "left over"),
        ({"__metadata__": {"card": CARD}, "a": tensor(0, 4, 1), "b": tensor(0, 4, 1)}, b"1234", "overlap"),
        ({"__metadata__": {"card": CARD}, "a": tensor(4, 8, 1)}, b"12345678", "gaps"),
        ({"__metadata__": {"card": CARD}, "a": tensor(0, 4, 1, "PICKLE")}, b"1234", "entry"),
        ({"__metadata__": {"card": CARD}, "a": 7}, b"", "entry"),
    ],
)
def test_a_damaged_file_is_refused_with_the_reason(tmp_path: Path, header: Any, payload: bytes, why: str) -> None:
    with pytest.raises(WorkerError, match=why):
        read_card(file_of(tmp_path, header, payload))


def test_a_header_longer_than_the_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes((2**62).to_bytes(8, "little") + b"{}")
    with pytest.raises(WorkerError, match="longer than the file"):
        read_card(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_no_bytes_at_all_raise_anything_else(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(data)
    with pytest.raises(WorkerError):
        read_card(path)


@pytest.mark.parametrize(
    ("title", "training", "model_id"),
    [
        ("My Art!", "t-1", "my-art-t-1"),
        ("日本", "0123456789abcdef", "model-456789abcdef"),
        ("x" * 60, "t", "x" * 40 + "-t"),
        ("../../etc", "a-b", "etc-a-b"),
    ],
)
def test_model_ids_are_readable_and_plain(title: str, training: str, model_id: str) -> None:
    assert model_id_for(title, training) == model_id

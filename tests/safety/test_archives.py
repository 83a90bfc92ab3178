"""Zips that nobody vouches for: bombs, slips, locks, and ordinary ones."""

from __future__ import annotations

import io
import struct
import time
import zipfile

import pytest

from bot.errors import Refused
from bot.safety.archives import MOST_ENTRIES, Caps, pictures_in, shown_name
from bot.safety.intake import Given, Rejected


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_pictures_come_out_with_plain_names_and_the_rest_is_passed_over() -> None:
    files = {
        "a/fox.png": b"one",
        "../../etc/cat.PNG": b"two",
        "/abs\\dog.jpg": b"three",
        "notes.txt": b"x",
        "__MACOSX/._fox.png": b"y",
    }
    found = list(pictures_in(packed(files), Caps(), "Ada"))
    assert found == [
        Given("fox.png", b"one", "Ada"),
        Given("cat.PNG", b"two", "Ada"),
        Given("dog.jpg", b"three", "Ada"),
    ]


def test_a_name_steers_nothing() -> None:
    assert shown_name("a/\x1b[31mred\u202e.png\n") == "[31mred.png"
    assert shown_name("../..") == ".."
    assert len(shown_name("x" * 4000)) == 100


def test_a_bomb_is_given_up_early_whatever_its_head_says() -> None:
    bomb = packed({"big.png": bytes(200 * 1024 * 1024)})
    began = time.process_time()
    with pytest.raises(Refused, match="far more than pictures"):
        list(pictures_in(bomb, Caps(file_mib=100)))
    at = bomb.index(b"PK\x01\x02") + 24
    lying = bomb[:at] + struct.pack("<L", 10) + bomb[at + 4 :]  # says that ten bytes come out
    with pytest.raises(Refused):
        list(pictures_in(lying, Caps()))
    assert time.process_time() - began < 1.0


def test_a_file_too_large_is_left_out_and_too_much_in_all_ends_it() -> None:
    noise = bytes(range(256)) * 4096 * 2
    found = list(pictures_in(packed({"a.png": noise, "b.png": b"fine"}, zipfile.ZIP_STORED), Caps(file_mib=1)))
    assert [type(one) for one in found] == [Rejected, Given]
    many = packed({f"{n}.png": noise for n in range(4)}, zipfile.ZIP_STORED)
    with pytest.raises(Refused, match="more than 5 MiB"):
        list(pictures_in(many, Caps(file_mib=3, total_mib=5)))


def test_too_many_entries_locks_nests_and_what_is_no_zip_are_refused_in_words() -> None:
    with pytest.raises(Refused, match="more than"):
        list(pictures_in(packed({f"{n}.png": b"" for n in range(MOST_ENTRIES + 1)}), Caps()))
    with pytest.raises(Refused, match="more than 3 files"):
        list(pictures_in(packed({f"{n}.png": b"x" for n in range(4)}), Caps(pictures=3)))
    locked = bytearray(packed({"a.png": b"x"}))
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Refused, match="password"):
        list(pictures_in(bytes(locked), Caps()))
    assert list(pictures_in(packed({"inner.zip": packed({"a.png": b"x"})}), Caps())) == []
    for junk in (b"", b"PK", b"\x89PNG", packed({"a.png": b"x" * 99})[:-30]):
        with pytest.raises(Refused, match="not a zip"):
            list(pictures_in(junk, Caps()))

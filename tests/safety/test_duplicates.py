"""What counts as the same picture."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.safety.duplicates import MOST_BITS, MOST_DIFFERENCE, Seen, difference

THUMB = bytes(range(256)) * 4


def with_bits(number: int, bits: set[int]) -> str:
    for bit in bits:
        number ^= 1 << bit
    return f"{number:016x}"


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=MOST_BITS))
def test_a_hash_that_differs_in_few_bits_is_always_found(number: int, flipped: set[int]) -> None:
    seen = Seen()
    assert seen.add("a" * 64, f"{number:016x}", THUMB.hex(), "first") is None
    assert seen.add("b" * 64, with_bits(number, flipped), THUMB.hex(), "second") == "first"


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), min_size=MOST_BITS + 1))
def test_a_hash_that_differs_in_more_bits_is_another_picture(number: int, flipped: set[int]) -> None:
    seen = Seen()
    seen.add("a" * 64, f"{number:016x}", THUMB.hex(), "first")
    assert seen.add("b" * 64, with_bits(number, flipped), THUMB.hex(), "second") is None


def test_the_same_outline_in_other_colours_is_another_picture() -> None:
    seen = Seen()
    red, blue = bytes([200, 20, 20, 255]) * 256, bytes([20, 20, 200, 255]) * 256
    assert seen.add("a" * 64, "f" * 16, red.hex(), "red") is None
    assert seen.add("b" * 64, "f" * 16, blue.hex(), "blue") is None


def test_the_same_bytes_are_the_same_whatever_the_hashes_say() -> None:
    seen = Seen()
    seen.add("a" * 64, "0" * 16, THUMB.hex(), "first")
    assert seen.add("a" * 64, "f" * 16, bytes(1024).hex(), "second") == "first"


@given(st.binary(min_size=1024, max_size=1024), st.binary(min_size=1024, max_size=1024))
def test_difference_is_a_distance(a: bytes, b: bytes) -> None:
    assert difference(a, a) == 0 <= MOST_DIFFERENCE
    assert difference(a, b) == difference(b, a)
    assert 0 <= difference(a, b) <= 255

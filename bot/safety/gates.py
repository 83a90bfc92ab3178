"""Whether a picture looks like one that moderators removed: the same question at the way in and at the way out.

What is compared, and how far two pictures may differ, is `bot.safety.duplicates`: measured so that a picture saved
anew, resized or recompressed is known again, and a sibling with another mouth is not.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.safety.duplicates import MOST_BITS, MOST_DIFFERENCE, difference


def alike(phash: str, thumb: str, known: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """The first (perceptual hash, thumbnail) of `known` that is the same picture to the eye; none if none is."""
    number, small = int(phash, 16), bytes.fromhex(thumb)
    for other_hash, other_thumb in known:
        if (number ^ int(other_hash, 16)).bit_count() <= MOST_BITS:
            other = bytes.fromhex(other_thumb)
            if len(other) == len(small) and difference(small, other) <= MOST_DIFFERENCE:
                return other_hash, other_thumb
    return None

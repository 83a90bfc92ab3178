"""What comes in from people: pictures are looked at in a confined child, cleaned, and named by what they contain.

Nothing of the original file is kept: what goes on is a fresh PNG, square, without metadata, at most 512 pixels a side.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from bot.language import said
from bot.safety.decoder import Limits as DecoderLimits
from bot.safety.duplicates import Seen
from bot.safety.looking import Look
from bot.safety.pool import DecoderPool
from bot.settings import Intake as IntakeSettings

MIB = 1024 * 1024
IN_HAND = 8
"""Files of a stream that are in memory at a time, as they came."""
NAMES_SHOWN = 5
"""Files named in a line of what is left out; the rest are counted."""


class Reason(StrEnum):
    """Why a picture is not taken."""

    empty = "empty"
    too_many_bytes = "too_many_bytes"
    too_many_pixels = "too_many_pixels"
    too_small = "too_small"
    too_long = "too_long"
    not_a_picture = "not_a_picture"
    damaged = "damaged"
    too_slow = "too_slow"
    blank = "blank"
    duplicate = "duplicate"
    too_many = "too_many"
    not_fetched = "not_fetched"


@dataclass(frozen=True)
class Given:
    """A file as it came. `author` is whoever is to be credited."""

    name: str
    data: bytes
    author: str = ""


@dataclass(frozen=True)
class Accepted:
    """A picture that was taken."""

    name: str
    author: str
    png: bytes
    """RGB or RGBA, clean; square unless it was to be kept whole."""
    sha256: str
    """Of `png`."""
    side: int
    alpha: bool
    animated: bool
    """Only its first frame was taken."""
    phash: str
    thumb: str
    width: int = 0
    """Of the file as it came, in pixels."""
    height: int = 0


@dataclass(frozen=True)
class Rejected:
    """A picture that was not taken; `text` is the sentence for whoever sent it."""

    name: str
    reason: Reason
    text: str


@dataclass(frozen=True)
class SetReport:
    """What became of a set of pictures."""

    works: tuple[Accepted, ...]
    rejected: tuple[Rejected, ...]
    left_out: tuple[str, ...]
    """One line a reason, with the files it is about: `2 too small (under 16 pixels): dot.png, line.png`."""
    notes: tuple[str, ...]
    """What was done to pictures that were taken, such as `3 animated: only the first frame is used: …`."""


class Intake:
    """Takes pictures in. Holds decoding children while there is work; `close` ends them."""

    def __init__(self, settings: IntakeSettings | None = None, *, children: int = 2) -> None:
        self._settings = settings or IntakeSettings()
        self._pool = DecoderPool(_decoder_limits(self._settings), children)

    async def inspect(
        self, data: bytes, name: str = "", author: str = "", *, whole: bool = False
    ) -> Accepted | Rejected:
        """Look at one upload; kept `whole` it has the shape it came in. Raises `Bug` only when no child can be started
        at all."""
        if not data:
            return self._no(name, Reason.empty)
        if len(data) > self._settings.file_mib * MIB:
            return self._no(name, Reason.too_many_bytes)
        answer, png = await self._pool.decode(data, whole=whole)
        if answer.reason:
            return self._no(name, Reason(answer.reason))
        return Accepted(
            name=name,
            author=author,
            png=png,
            sha256=hashlib.sha256(png).hexdigest(),
            side=answer.side,
            alpha=answer.alpha,
            animated=answer.animated,
            phash=answer.phash,
            thumb=answer.thumb,
            width=answer.width,
            height=answer.height,
        )

    async def look(self, data: bytes, anchors: str, label: str) -> tuple[Look, bytes] | Rejected:
        """What a file of unknown origin says of itself, and a clean PNG of it; nothing is taken in."""
        if not data:
            return self._no("", Reason.empty)
        if len(data) > self._settings.file_mib * MIB:
            return self._no("", Reason.too_many_bytes)
        found, png = await self._pool.look(data, anchors, label)
        return self._no("", Reason(found.reason)) if found.reason else (found, png)

    async def inspect_set(
        self, given: Sequence[Given | Rejected], *, most: int | None = None, known: Sequence[Accepted] = ()
    ) -> SetReport:
        """Look at a whole set, in its order, and find what is in it twice.

        `most` is the largest number taken; `known` are works of the same set taken earlier. What could not even be
        fetched may be among `given` as `Rejected`, and is reported with the rest.
        """
        return self._report(await asyncio.gather(*(self._look(one) for one in given)), most, known)

    async def inspect_stream(self, given: Iterator[Given | Rejected]) -> SetReport:
        """The same of a set that comes one after another and need not fit into memory; it is read in a thread.

        Raises what `given` raises."""
        looked: list[Accepted | Rejected] = []
        while some := await asyncio.to_thread(lambda: list(islice(given, IN_HAND))):
            looked += await asyncio.gather(*(self._look(one) for one in some))
        return self._report(looked)

    def _report(
        self, looked: Sequence[Accepted | Rejected], most: int | None = None, known: Sequence[Accepted] = ()
    ) -> SetReport:
        seen = Seen()
        works: list[Accepted] = []
        rejected: list[Rejected] = []
        for work in known:
            seen.add(work.sha256, work.phash, work.thumb, work.name)
        for found in looked:
            if isinstance(found, Rejected):
                rejected.append(found)
            elif twin := seen.add(found.sha256, found.phash, found.thumb, found.name):
                rejected.append(
                    Rejected(found.name, Reason.duplicate, said("It is the same picture as {other}.", other=twin))
                )
            elif most is not None and len(works) >= most:
                rejected.append(
                    Rejected(
                        found.name,
                        Reason.too_many,
                        said("One training takes {most} pictures at most.", most=f"{most:,}"),
                    )
                )
            else:
                works.append(found)
        return SetReport(tuple(works), tuple(rejected), self._lines(rejected), _notes(works))

    def children(self) -> list[int]:
        """Process ids of the decoding children at rest, for those who watch what they take."""
        return self._pool.resting()

    async def close(self) -> None:
        await self._pool.close()

    async def _look(self, one: Given | Rejected) -> Accepted | Rejected:
        return one if isinstance(one, Rejected) else await self.inspect(one.data, one.name, one.author)

    def _no(self, name: str, reason: Reason) -> Rejected:
        return Rejected(name, reason, said(SENTENCES[reason], **self._figures()))

    def _lines(self, rejected: Sequence[Rejected]) -> tuple[str, ...]:
        lines = []
        for reason in Reason:
            names = [one.name for one in rejected if one.reason is reason]
            if names:
                lines.append(f"{len(names):,} {said(LABELS[reason], **self._figures())}: {listed(names)}")
        return tuple(lines)

    def _figures(self) -> dict[str, int]:
        settings = self._settings
        return {"mib": settings.file_mib, "megapixels": settings.megapixels, "smallest": settings.smallest_side}


LABELS = {
    Reason.empty: "empty",
    Reason.too_many_bytes: "larger than {mib} MiB",
    Reason.too_many_pixels: "with more than {megapixels} megapixels",
    Reason.too_small: "too small (under {smallest} pixels)",
    Reason.too_long: "too long and narrow (over 4:1)",
    Reason.not_a_picture: "not a PNG, JPEG, WebP or GIF",
    Reason.damaged: "damaged",
    Reason.too_slow: "too slow to open",
    Reason.blank: "blank (one colour or fully transparent)",
    Reason.duplicate: "there twice",
    Reason.too_many: "beyond the most that one training takes",
    Reason.not_fetched: "could not be fetched",
}
SENTENCES = {
    Reason.empty: "The file is empty. Attach it again; the upload may have broken off.",
    Reason.too_many_bytes: "The file is larger than {mib} MiB. Save it smaller and try again.",
    Reason.too_many_pixels: "The picture has more than {megapixels} megapixels. Shrink it and try again.",
    Reason.too_small: "The picture is too small: each side needs {smallest} pixels at least.",
    Reason.too_long: "The picture is more than four times as long as it is wide. Crop it and try again.",
    Reason.not_a_picture: "That is not a picture I can read. Save it as PNG, JPEG, WebP or GIF.",
    Reason.damaged: "The picture is damaged. Open it in a picture editor, save it anew and try again.",
    Reason.too_slow: "The picture takes too long to open. Save it as a plain PNG and try again.",
    Reason.blank: "There is nothing on the picture: it is one colour or fully transparent.",
    Reason.duplicate: "The picture is there already.",
    Reason.too_many: "That is more pictures than one training takes.",
    Reason.not_fetched: "The file could not be fetched from Discord. Attach it again.",
}


def listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    shown = ", ".join(name[:40] for name in names[:NAMES_SHOWN])
    rest = len(names) - NAMES_SHOWN
    return said("{names} and {rest} more", names=shown, rest=f"{rest:,}") if rest > 0 else shown


def _notes(works: Sequence[Accepted]) -> tuple[str, ...]:
    animated = [one.name for one in works if one.animated]
    if not animated:
        return ()
    text = "{count} animated (only the first frame is used): {names}"
    return (said(text, count=f"{len(animated):,}", names=listed(animated)),)


def _decoder_limits(settings: IntakeSettings) -> DecoderLimits:
    return DecoderLimits(
        megapixels=settings.megapixels,
        smallest_side=settings.smallest_side,
        kept_side=settings.kept_side,
        seconds=settings.decode_seconds,
        memory_mib=settings.decode_mib,
    )

"""`artel hashes`: the lines that the operator's list of blocked pictures is made of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from bot.safety.intake import Intake, Rejected
from bot.settings import Settings


async def lines(settings: Settings, paths: Sequence[Path]) -> AsyncIterator[str]:
    """One for each file; what is no picture is a remark, which the list may hold too."""
    intake = Intake(settings.intake, children=1)
    try:
        for path in paths:
            try:
                seen = await intake.inspect(path.read_bytes(), path.name)
            except OSError as error:
                yield f"# {path.name}: {error.strerror}"
                continue
            name = " ".join(path.name.split())
            yield f"# {name}: {seen.text}" if isinstance(seen, Rejected) else f"{seen.phash} {seen.thumb} # {name}"
    finally:
        await intake.close()


async def show(settings: Settings, paths: Sequence[Path]) -> None:
    async for line in lines(settings, paths):
        print(line)

"""What the operator's gate costs and how often it errs, on art that is known to be harmless: flat pictures of a folder,
and what the shipped bases draw. Both go through the very child that the bot asks.

How often it finds what it is for is not measured: no picture of that kind is kept here.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import time
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe, percentile
from benchmarks.provenance import drawn
from bot.gatekeeping import Gate
from bot.safety.gatekeeper import GateDown, Gatekeeper
from bot.safety.hashes import MOST_BITS_ALONE
from bot.safety.intake import Accepted, Intake
from gan.contract import PictureFormat
from gan.sampling.encode import encode

THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.8)
MOST_FALSE = 0.005
"""Share of harmless pictures that the default may hold back."""
BITS = (0, 2, 4, 6)
SHARES = (0.5, 0.9, 0.99, 0.995)
SKIN = (224, 172, 138)


async def run(console: Console, folder: Path | None, every: int, outputs: int) -> bool:
    """Score every `every`-th picture of the folder and `outputs` new ones; whether the default errs rarely enough."""
    console.print(describe())
    gate, intake = Gatekeeper(Gate(classifier="on")), Intake()
    try:
        await gate.ready()
        given = await _clean(intake, _paths(folder, every)) if folder is not None else []
        made = await asyncio.to_thread(lambda: [encode(one, PictureFormat.png)[0] for one in drawn(outputs)])
        console.print(f"a flat square of skin colour: {await gate.score(flat(), 'flat'):.3f}")
        sets = {"folder": await _scores(gate, [one.png for one in given]), "drawn": await _scores(gate, made)}
    except GateDown as down:
        console.print(str(down))
        return False
    finally:
        await asyncio.gather(gate.close(), intake.close())
    holds = _show(console, {name: scores for name, scores in sets.items() if scores})
    _show_twins(console, given)
    return holds


def _paths(folder: Path, every: int) -> list[Path]:
    return sorted(folder.glob("*.png"))[::every]


async def _clean(intake: Intake, paths: Sequence[Path]) -> list[Accepted]:
    """As uploads are cleaned before they are scored."""
    looked = [await intake.inspect(await asyncio.to_thread(path.read_bytes), path.name) for path in paths]
    return [one for one in looked if isinstance(one, Accepted)]


async def _scores(gate: Gatekeeper, pictures: Sequence[bytes]) -> list[tuple[float, float]]:
    """(score, milliseconds) of each."""
    found = []
    for data in pictures:
        began = time.perf_counter()
        score = await gate.score(data, hashlib.sha256(data).hexdigest())
        found.append((score, (time.perf_counter() - began) * 1e3))
    return found


def _show(console: Console, sets: dict[str, list[tuple[float, float]]]) -> bool:
    table = Table(title="scores of harmless pictures", title_justify="left")
    for head in ("set", "pictures", "ms, median", *(f"{share:.1%}" for share in SHARES), "highest"):
        table.add_column(head, justify="right")
    alarms = Table(title="share held back, by threshold", title_justify="left")
    for head in ("set", *map(str, THRESHOLDS)):
        alarms.add_column(head, justify="right")
    default, holds = Gate().threshold, True
    for name, found in sets.items():
        scores = [score for score, _ in found]
        cuts = (f"{percentile(scores, share):.3f}" for share in SHARES)
        ms = percentile([ms for _, ms in found], 0.5)
        table.add_row(name, f"{len(scores):,}", f"{ms:.0f}", *cuts, f"{max(scores):.3f}")
        alarms.add_row(name, *(f"{_share(scores, one):.2%}" for one in THRESHOLDS))
        holds &= _share(scores, default) <= MOST_FALSE
    console.print(table, alarms)
    console.print(f"at the default, {default}: {'at most' if holds else 'MORE THAN'} {MOST_FALSE:.1%} in each set")
    return holds


def _share(scores: Sequence[float], threshold: float) -> float:
    return sum(score >= threshold for score in scores) / len(scores)


def _show_twins(console: Console, given: Sequence[Accepted]) -> None:
    """How many pictures a hash alone takes for another one of the set."""
    numbers = [int(one.phash, 16) for one in given]
    nearest = [min((a ^ b).bit_count() for j, b in enumerate(numbers) if i != j) for i, a in enumerate(numbers)]
    for bits in BITS if nearest else ():
        mark = " (the list's)" if bits == MOST_BITS_ALONE else ""
        share = sum(one <= bits for one in nearest) / len(nearest)
        console.print(f"within {bits} bits of another picture's hash{mark}: {share:.2%}")


def flat(side: int = 256) -> bytes:
    """A square of skin colour: what is flat and harmless and looks worst."""
    file = io.BytesIO()
    Image.new("RGB", (side, side), SKIN).save(file, "PNG")
    return file.getvalue()

"""What every family's run says of itself and asks of the machine."""

from __future__ import annotations

import hashlib
import json
import os
import time

from gan.contract import Figures, ModelCard
from gan.rundir import RunConfig

INTENDED_USE = (
    "New pictures in the manner of the works it learned from, for the community that gave them, always marked as made "
    "by an AI. Not for passing pictures off as the artists' own, and not for likenesses of people."
)


def sources_of(run_config: RunConfig) -> tuple[str, ...]:
    """Lines such as `120 works by Ada (CC0 1.0)`, most works first."""
    counts: dict[tuple[str, str], int] = {}
    for work in run_config.request.works:
        key = (work.artist, work.licence)
        counts[key] = counts.get(key, 0) + 1
    lines = []
    for (artist, licence), count in sorted(counts.items(), key=lambda item: -item[1]):
        line = f"{count} works by {artist or 'unnamed artists'}"
        lines.append(f"{line} ({licence})" if licence else line)
    return tuple(lines)


def data_version(run_config: RunConfig) -> str:
    """A hash of what is learned from, whatever its order; the bot names its frozen versions by the same."""
    works = run_config.request.works
    lines = sorted(json.dumps([one.sha256, one.title, one.artist, one.licence]) for one in works)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def card_of(run_config: RunConfig, size: int, alpha: bool, figures: Figures, notes: str = "") -> ModelCard:
    """The card of what a run has made; square pictures."""
    request = run_config.request
    return ModelCard(
        id=run_config.id,
        title=request.title,
        family=request.family,
        base=request.base,
        size=size,
        alpha=alpha,
        works=len(request.works),
        sources=sources_of(run_config),
        data_version=data_version(run_config),
        intended_use=INTENDED_USE,
        figures=figures,
        created=time.time(),
        command="python -m gan train RUN_DIR",
        notes=notes,
    )


def choose_threads() -> int:
    """All cores on an idle machine, one when others compute: threads that wait for each other are slower than one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return max(1, min(8, cores - round(min(busy, cores - 1))))

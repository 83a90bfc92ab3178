"""What every family's run says of itself and asks of the machine."""

from __future__ import annotations

import os
import time

from gan.contract import Figures, ModelCard
from gan.rundir import RunConfig


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

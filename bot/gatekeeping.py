"""The section of the settings about the operator's own gate for pictures; `bot.settings` reads it with all others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from bot.limits import Section, env


class Gate(Section):
    """The gate for pictures"""

    classifier: Literal["off", "on"] = env(
        "ARTEL_GATE",
        "off",
        "on: every upload and every new picture is looked at by a classifier of nudity on this machine before anybody "
        "sees it (28 ms a picture); what it doubts waits in /reviews. Needs `pip install 'artel[gate]'`; while it does "
        "not run, uploads, trainings and new pictures are refused. off, since it was made for photographs, and "
        "moderators have /report.",
    )
    threshold: Annotated[float, Field(gt=0, lt=1)] = env(
        "ARTEL_GATE_THRESHOLD",
        0.4,
        "From which of its scores on, 0 to 1, a picture is held back. docs/decisions/0111 has what other values cost.",
    )
    hashes: Path | None = env(
        "ARTEL_BLOCKED_HASHES",
        None,
        "Text file with perceptual hashes of pictures that never come in or go out, in any server, one a line; "
        "`artel hashes FILE …` prints the lines. Read anew when it changes. Unset: no such list.",
    )

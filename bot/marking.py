"""The section of the settings about how pictures are marked as made here; `bot.settings` reads it with all others."""

from __future__ import annotations

from pathlib import Path

from bot.limits import Section, env


class Marking(Section):
    """Marks on what is made"""

    certificate: Path | None = env(
        "ARTEL_C2PA_CERTIFICATE",
        None,
        "File with the certificates (PEM, the signing one first) that every picture's C2PA manifest is signed with. "
        "Unset: one of Artel's own making, in the folder `provenance` of the data folder.",
    )
    key: Path | None = env(
        "ARTEL_C2PA_KEY",
        None,
        "File with the private key of that certificate (PEM, without a pass phrase).",
    )

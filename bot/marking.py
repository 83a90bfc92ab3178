"""The section of the settings about how pictures are marked as made here; `bot.settings` reads it with all others."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from bot.limits import Section, env
from gan.contract import Mark


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
    hidden: bool = env(
        "ARTEL_WATERMARK",
        True,
        "Whether pictures of 256 px and more carry an invisible number, by which `/verify` knows them again when their "
        "metadata are gone. It takes 6 ms a picture.",
    )
    visible: Literal["off", "top_left", "top_right", "bottom_left", "bottom_right"] = env(
        "ARTEL_VISIBLE_MARK",
        "off",
        "Corner of a small badge “AI” on pictures of 256 px and more: top_left, top_right, bottom_left, bottom_right. "
        "off by default, since each is told to be AI-made by its manifest and its invisible mark already.",
    )

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What the worker is asked to put on pictures."""
        seen = () if self.visible == "off" else (Mark(self.visible),)
        return (*seen, *((Mark.hidden,) if self.hidden else ()))

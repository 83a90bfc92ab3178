"""Style: any picture in the style of any artwork, in one pass. See README.md beside this file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gan.contract import FamilyInfo
from gan.rundir import RunDir
from gan.spec import PaintedPicture, Seen, TransformerModel, Transforming


class StyleFamily:
    """`gan.spec.PaintingFamily`; torch is imported when a method runs."""

    info = FamilyInfo(
        name="style",
        title="Style transfer",
        kind="transformer",
        recipes=("transform",),
        summary="Paints any picture in the style of any artwork.",
        data="content+style",
        takes=2,
        heeds=("strength", "seed"),
        paints=True,
    )

    def load(self, path: Path, device: str = "cpu") -> TransformerModel:
        from gan.families.style.serve import StyleModel

        return StyleModel.read(path, device)

    def paint(self, path: Path, asked: Transforming, seconds: float, seen: Callable[[Seen], None]) -> PaintedPicture:
        from gan.families.style.paint import paint

        return paint(path, asked, seconds, seen)

    def train(self, run: RunDir) -> None:
        from gan.families.style.train import train

        train(run)


FAMILY = StyleFamily()

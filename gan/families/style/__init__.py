"""Style: any picture in the style of any artwork, in one pass. See README.md beside this file."""

from __future__ import annotations

from pathlib import Path

from gan.contract import FamilyInfo
from gan.rundir import RunDir
from gan.spec import TransformerModel


class StyleFamily:
    """`gan.spec.TransformerFamily`; torch is imported when a method runs."""

    info = FamilyInfo(
        name="style",
        title="Style transfer",
        kind="transformer",
        recipes=("transform",),
        summary="Paints any picture in the style of any artwork.",
        data="content+style",
        takes=2,
        heeds=("strength", "seed"),
    )

    def load(self, path: Path, device: str = "cpu") -> TransformerModel:
        from gan.families.style.serve import StyleModel

        return StyleModel.read(path, device)

    def train(self, run: RunDir) -> None:
        from gan.families.style.train import train

        train(run)


FAMILY = StyleFamily()

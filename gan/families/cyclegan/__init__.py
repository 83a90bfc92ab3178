"""CycleGAN: from one look to another and back, learned from two sets without pairs. See README.md beside this file."""

from __future__ import annotations

from pathlib import Path

from gan.contract import FamilyInfo
from gan.rundir import RunDir
from gan.spec import TransformerModel


class CycleGAN:
    """`gan.spec.TransformerFamily`; torch is imported when a method runs."""

    info = FamilyInfo(
        name="cyclegan",
        title="CycleGAN",
        kind="transformer",
        recipes=("transform",),
        summary="Brings an avatar or a photo into the look of the works, and back.",
        data="unpaired",
        takes=1,
        heeds=("strength", "back"),
    )

    def load(self, path: Path, device: str = "cpu") -> TransformerModel:
        from gan.families.cyclegan.serve import CycleModel

        return CycleModel.read(path, device)

    def train(self, run: RunDir) -> None:
        from gan.families.cyclegan.train import train

        train(run)


FAMILY = CycleGAN()

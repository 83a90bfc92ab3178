"""The restorer: a cascade of denoising autoencoders that mends pictures. See README.md beside this file."""

from __future__ import annotations

from pathlib import Path

from gan.contract import FamilyInfo
from gan.rundir import RunDir
from gan.spec import TransformerModel


class RestorerFamily:
    """`gan.spec.TransformerFamily`; torch is imported when a method runs."""

    info = FamilyInfo(
        name="restorer",
        title="Restorer",
        kind="transformer",
        recipes=("transform",),
        summary="Mends pictures: noise, blur, JPEG damage, holes, low resolution.",
        takes=1,
        heeds=("strength",),
    )

    def load(self, path: Path, device: str = "cpu") -> TransformerModel:
        from gan.families.restorer.serve import RestorerModel

        return RestorerModel.read(path, device)

    def train(self, run: RunDir) -> None:
        from gan.families.restorer.train import train

        train(run)


FAMILY = RestorerFamily()

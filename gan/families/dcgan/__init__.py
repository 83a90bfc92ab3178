"""The convolutional GAN. See README.md beside this file."""

from __future__ import annotations

from pathlib import Path

from gan.contract import FamilyInfo
from gan.rundir import RunDir
from gan.spec import SamplerModel


class DCGAN:
    """`gan.spec.Family`; torch is imported when a method runs."""

    info = FamilyInfo(
        name="dcgan",
        title="DCGAN",
        kind="sampler",
        recipes=("seed", "vary", "blend", "truncate"),
        summary="The convolutional GAN: from scratch, better with hundreds of pictures than with dozens.",
    )

    def load(self, path: Path, device: str = "cpu") -> SamplerModel:
        from gan.families.dcgan.serve import load

        return load(path, device)

    def train(self, run: RunDir) -> None:
        from gan.families.dcgan.train import train

        train(run)


FAMILY = DCGAN()

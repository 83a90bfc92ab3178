"""The progressive GAN: grows from 4 x 4 up. See README.md beside this file."""

from __future__ import annotations

from pathlib import Path

from gan.contract import FamilyInfo
from gan.rundir import RunDir
from gan.spec import SamplerModel


class Progressive:
    """`gan.spec.Family`; torch is imported when a method runs."""

    info = FamilyInfo(
        name="progressive",
        title="Progressive GAN",
        kind="sampler",
        recipes=("seed", "vary", "blend", "truncate"),
        summary="Grows from 4 pixels up while you watch: first colours, then shapes, then details.",
    )

    def load(self, path: Path, device: str = "cpu") -> SamplerModel:
        from gan.families.progressive.serve import load

        return load(path, device)

    def train(self, run: RunDir) -> None:
        from gan.families.progressive.train import train

        train(run)


FAMILY = Progressive()

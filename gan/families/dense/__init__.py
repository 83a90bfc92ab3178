"""The classroom GAN: fully connected. See README.md beside this file."""

from __future__ import annotations

from pathlib import Path

from gan.contract import FamilyInfo
from gan.rundir import RunDir
from gan.spec import SamplerModel


class Dense:
    """`gan.spec.Family`; torch is imported when a method runs."""

    info = FamilyInfo(
        name="dense",
        title="Dense GAN",
        kind="sampler",
        recipes=("seed", "vary", "blend", "truncate"),
        summary="The classroom GAN: two small networks in a duel, in a minute. Small, simple pictures.",
    )

    def load(self, path: Path, device: str = "cpu") -> SamplerModel:
        from gan.families.dense.serve import load

        return load(path, device)

    def train(self, run: RunDir) -> None:
        from gan.families.dense.train import train

        train(run)


FAMILY = Dense()

"""The anchored family: one code per work, inventions are mixtures of codes. See README.md beside this file."""

from __future__ import annotations

from pathlib import Path

from gan.contract import FamilyInfo
from gan.families.anchored.mixing import RECIPES
from gan.rundir import RunDir
from gan.spec import SamplerModel


class Anchored:
    """`gan.spec.Family` of the anchored models; torch is imported when a method runs."""

    info = FamilyInfo(
        name="anchored",
        title="Anchored GAN",
        kind="sampler",
        recipes=RECIPES,
        summary="Learns from 20 to a few thousand pictures in minutes and knows whose art is in each picture.",
    )

    def load(self, path: Path, device: str = "cpu") -> SamplerModel:
        from gan.families.anchored.serve import AnchoredModel

        return AnchoredModel.read(path, device)

    def train(self, run: RunDir) -> None:
        from gan.families.anchored.train import train

        train(run)


FAMILY = Anchored()

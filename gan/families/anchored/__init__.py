"""The anchored family: one code per work, inventions are mixtures of codes. See README.md beside this file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gan.contract import FamilyInfo
from gan.families.anchored.mixing import RECIPES
from gan.rundir import RunDir
from gan.spec import FoundPoint, SamplerModel, Seen

if TYPE_CHECKING:
    from PIL import Image


class Anchored:
    """`gan.spec.LatentFamily` of the anchored models; torch is imported when a method runs."""

    info = FamilyInfo(
        name="anchored",
        title="Anchored GAN",
        kind="sampler",
        recipes=RECIPES,
        bases=True,
        summary="Learns from 20 to a few thousand pictures in minutes and knows whose art is in each picture.",
    )

    def load(self, path: Path, device: str = "cpu") -> SamplerModel:
        from gan.families.anchored.serve import AnchoredModel

        return AnchoredModel.read(path, device)

    def train(self, run: RunDir) -> None:
        from gan.families.anchored.train import train

        train(run)

    def find(
        self, path: Path, sha256: str, picture: Image.Image, seconds: float, seen: Callable[[Seen], None]
    ) -> FoundPoint:
        from gan.families.anchored.project import project

        return project(path, sha256, picture, seconds, seen)

    def find_directions(self, path: Path, out: Path) -> None:
        from gan.families.anchored.explore import find_directions
        from gan.families.anchored.serve import AnchoredModel

        model = AnchoredModel.read(path)
        find_directions(model.generator, model.styles).save(out)


FAMILY = Anchored()

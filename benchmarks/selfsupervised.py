"""`python -m benchmarks selfsupervised`: features taught on a community's own unlabelled pictures, beside the shipped.

SimSiam (Chen & He 2021): two views of a picture, one predicted from the other, the other's gradient stopped:
    L = − ½ cos(p₁, sg z₂) − ½ cos(p₂, sg z₁)
Two nets learn so: a small one from nothing, and the shipped one further. What features are for is measured on pictures
that none of them saw:
  - *found again*: a picture after a crop and a change of colours, among all others (share of first places).
  - *damage told*: by how many deviations of chance a set's KID rises when it is damaged (blurred, stamped, mixed in
    pairs): what a judge is for.
  - *worst damage*: the same for the damage that it tells least.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console
from rich.table import Table
from torch import Tensor, nn

from benchmarks.sets import pictures_of
from gan.blocks.features import FrozenFeatures
from gan.data.pictures import fitted, premultiplied
from gan.evaluate import judge
from gan.evaluate.crowds import kid

SIDE, BATCH = 64, 64
HIDDEN, SPACE, BOTTLENECK = 512, 256, 64
TAPS = (10, 15)
HALVES = 24
"""Random halves that the chance of a KID is measured by."""
Look = Callable[[Tensor], Tensor]
"""RGB [B, 3, H, W] in −1 to 1 → features [B, C]."""


class SmallNet(nn.Module):
    """Four strided convolutions with batch norm: what a CPU can teach from nothing within a minute."""

    width = 256

    def __init__(self) -> None:
        super().__init__()
        widths = (3, 32, 64, 128, 256)
        self.layers = nn.Sequential(
            *(
                nn.Sequential(nn.Conv2d(a, b, 3, 2, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU())
                for a, b in pairwise(widths)
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layers(x)
        return y.mean((2, 3))


class ShippedNet(nn.Module):
    """The shipped net's two deepest taps, thawed: its convolutions, batch norm folded in, can be taught on."""

    width = 112 + 320

    def __init__(self) -> None:
        super().__init__()
        self.net = FrozenFeatures(TAPS)
        frozen = [(parent, name, child) for parent in self.net.modules() for name, child in parent.named_children()]
        for parent, name, child in frozen:
            if "flipped" in dict(child.named_buffers(recurse=False)):
                setattr(parent, name, _thawed(child))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([one.mean((2, 3)) for one in self.net(x)], 1)


def _thawed(frozen: Any) -> nn.Module:
    weight = frozen.get_buffer("weight")
    channels = (weight.shape[1] * frozen.groups, weight.shape[0])
    conv = nn.Conv2d(*channels, weight.shape[-1], frozen.stride, frozen.padding, groups=frozen.groups)
    conv.load_state_dict({"weight": weight, "bias": frozen.get_buffer("bias")})
    return nn.Sequential(conv, nn.ReLU6()) if frozen.activate else conv


class Heads(nn.Module):
    """Projector and predictor."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.project = nn.Sequential(
            *(nn.Linear(width, HIDDEN, bias=False), nn.BatchNorm1d(HIDDEN), nn.ReLU()),
            *(nn.Linear(HIDDEN, SPACE, bias=False), nn.BatchNorm1d(SPACE, affine=False)),
        )
        self.predict = nn.Sequential(
            *(nn.Linear(SPACE, BOTTLENECK, bias=False), nn.BatchNorm1d(BOTTLENECK), nn.ReLU()),
            nn.Linear(BOTTLENECK, SPACE),
        )

    def loss(self, a: Tensor, b: Tensor) -> Tensor:
        """Of features of two views [B, C]; −1 at best."""
        za, zb = self.project(a), self.project(b)
        pa, pb = self.predict(za), self.predict(zb)
        return -(F.cosine_similarity(pa, zb.detach()).mean() + F.cosine_similarity(pb, za.detach()).mean()) / 2


def views(pictures: Tensor, random: torch.Generator) -> Tensor:
    """Each picture cropped (45 to 100 % of its area), turned, sometimes mirrored, its colours changed."""
    count = len(pictures)
    size = (0.45 + 0.55 * torch.rand(count, generator=random)).sqrt()
    turn = 0.4 * (torch.rand(count, generator=random) - 0.5)
    flip = torch.where(torch.rand(count, generator=random) < 0.5, -1.0, 1.0)
    shift = (1 - size)[:, None] * (2 * torch.rand(count, 2, generator=random) - 1)
    cos, sin = size * turn.cos(), size * turn.sin()
    grid = torch.stack(
        [torch.stack([cos * flip, -sin, shift[:, 0]], 1), torch.stack([sin * flip, cos, shift[:, 1]], 1)], 1
    )
    out = F.grid_sample(
        pictures,
        F.affine_grid(grid, list(pictures.shape), align_corners=False),
        padding_mode="border",
        align_corners=False,
    )
    gain = 0.6 + 0.8 * torch.rand(count, 3, 1, 1, generator=random)
    grey = (torch.rand(count, 1, 1, 1, generator=random) < 0.2).float()
    out = out * gain + 0.4 * (torch.rand(count, 1, 1, 1, generator=random) - 0.5)
    return (out * (1 - grey) + out.mean(1, keepdim=True) * grey).clamp(-1, 1)


def teach(net: SmallNet | ShippedNet, pictures: Tensor, seconds: float, rate: float, seed: int = 0) -> int:
    """SimSiam for so many seconds of processor time; how many pictures were seen."""
    torch.manual_seed(seed)
    random = torch.Generator().manual_seed(seed)
    heads = Heads(net.width)
    net.train().requires_grad_(True)
    optimiser = torch.optim.SGD([*net.parameters(), *heads.parameters()], rate, 0.9, weight_decay=1e-4)
    began, seen = time.process_time(), 0
    while (share := (time.process_time() - began) / seconds) < 1:
        for group in optimiser.param_groups:
            group["lr"] = rate * (1 + np.cos(np.pi * share)) / 2
        chosen = pictures[torch.randint(len(pictures), (BATCH,), generator=random)]
        loss = heads.loss(net(views(chosen, random)), net(views(chosen, random)))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        seen += BATCH
    net.eval().requires_grad_(False)
    return seen


# --- what features are for ------------------------------------------------------------------------------------------


def found_again(look: Look, pictures: Tensor) -> float:
    """Share of changed pictures whose original is the nearest of all."""
    changed = views(pictures, torch.Generator().manual_seed(7))
    a, b = (F.normalize(look(one), dim=1) for one in (changed, pictures))
    return float(((a @ b.T).argmax(1) == torch.arange(len(pictures))).float().mean())


def damaged(pictures: Tensor) -> dict[str, Tensor]:
    blurred = F.interpolate(
        F.interpolate(pictures, scale_factor=0.4, mode="area"), pictures.shape[-2:], mode="bilinear"
    )
    stamped = pictures.clone()
    stamped[:, :, 26:38, 26:38] = -1
    return {"blurred": blurred, "stamped": stamped, "mixed": (pictures + pictures.roll(1, 0)) / 2}


def told(look: Look, pictures: Tensor) -> dict[str, float]:
    """Damage → deviations of chance by which KID rises, over random halves of the pictures."""
    clean = look(pictures).numpy()
    hurt = {name: look(one).numpy() for name, one in damaged(pictures).items()}
    random = np.random.RandomState(0)
    chance: list[float] = []
    rises: dict[str, list[float]] = {name: [] for name in hurt}
    for _ in range(HALVES):
        order = random.permutation(len(clean))
        one, other = order[: len(order) // 2], order[len(order) // 2 :]
        plain = kid(clean[one], clean[other])
        chance.append(plain)
        for name, features in hurt.items():
            rises[name].append(kid(clean[one], features[other]) - plain)
    return {name: float(np.mean(values)) / max(float(np.std(chance)), 1e-9) for name, values in rises.items()}


def run(console: Console, seconds: float, sets: str = "avatars,lines") -> None:
    """Teach on all but the held-out half of each set together; measure on the halves."""
    torch.set_num_threads(1)
    whole = [[_tensor(picture) for picture in pictures_of(name)] for name in sets.split(",")]
    taught = torch.stack([one for pictures in whole for one in pictures[::2]])
    held = [torch.stack(pictures[1::2]) for pictures in whole]
    table = Table(
        "features",
        "views seen",
        "found again",
        "damage told",
        "worst damage",
        title=f"{len(taught)} pictures, {seconds:g} s",
    )
    nets: dict[str, tuple[SmallNet | ShippedNet, float]] = {
        "small net, untaught": (SmallNet(), 0.0),
        "small net, SimSiam": (SmallNet(), 0.05),
        "shipped": (ShippedNet(), 0.0),
        "shipped, SimSiam on top": (ShippedNet(), 0.005),
    }
    for name, (net, rate) in nets.items():
        seen = teach(net, taught, seconds, rate) if rate else 0
        _row(table, name, seen, _looking(net.eval()), held)
    if judge.available():
        _row(table, "the judge (HED's trunk)", 0, lambda x: torch.from_numpy(judge.features(x)).float(), held)
    console.print(table)


def _row(table: Table, name: str, seen: int, look: Look, held: list[Tensor]) -> None:
    again = float(np.mean([found_again(look, pictures) for pictures in held]))
    damage = [told(look, pictures) for pictures in held]
    values: NDArray[np.float64] = np.array([list(one.values()) for one in damage])
    names = list(damage[0])
    worst = int(values.mean(0).argmin())
    cells = (f"{seen:,}", f"{again:.2f}", f"{values.mean():.0f}", f"{values.mean(0)[worst]:.0f} ({names[worst]})")
    table.add_row(name, *cells)


def _looking(net: nn.Module) -> Look:
    @torch.no_grad()
    def look(pictures: Tensor) -> Tensor:
        return torch.cat([net(part) for part in pictures.split(BATCH)])

    return look


def _tensor(picture: Image.Image) -> Tensor:
    """On white, RGB in −1 to 1."""
    pixels = torch.from_numpy(premultiplied(np.asarray(fitted(picture, SIDE)))).permute(2, 0, 1)
    return (pixels[:3] + 1 - pixels[3:]) * 2 - 1

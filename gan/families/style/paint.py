"""The slow, best form: the picture itself is optimised (Gatys, Ecker & Bethge 2016), from coarse to fine.

It begins at what the painter draws in one pass, so that few steps are needed; on half the side first, where a step
costs a quarter and brushes grow larger.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from gan.contract import ErrorCode
from gan.errors import WorkerError
from gan.families.style.serve import LEAST_SIDE, StyleModel, at_side, on_own_colour, trimmed
from gan.families.style.statistics import Seen as Maps
from gan.families.style.statistics import content_distance, look, style_distance
from gan.spec import PaintedPicture, Seen, Transforming

COARSE_SHARE = 0.4
"""Of the time, spent on half the side."""
STEPS = 150
"""On each of the two sides; beyond it the eye sees no change."""
STYLE, SMOOTH = 12.0, 4.0
"""Weights of the artwork's style and of neighbouring pixels' likeness, against the content's 1."""
RATE = 0.03
TELL_S = 1.0


def paint(path: Path, asked: Transforming, seconds: float, seen: Callable[[Seen], None]) -> PaintedPicture:
    """`gan.spec.PaintingFamily.paint`. Raises `WorkerError`: `invalid` without an artwork, `bad_model`."""
    if asked.second is None:
        raise WorkerError(ErrorCode.invalid, "Style transfer takes two pictures: one to paint, and an artwork.")
    began = time.monotonic()
    model, strength = StyleModel.read(path), asked.options.strength
    side = max(asked.options.side or model.card.size, 2 * LEAST_SIDE)
    pixels = at_side(asked.picture, side)
    picture, artwork = on_own_colour(pixels)[None], on_own_colour(at_side(trimmed(asked.second), side))[None]
    x, steps = model.paint(picture, artwork, strength, asked.options.seed), 0

    def told(x: Tensor) -> None:
        fraction = min(1.0, (time.monotonic() - began) / seconds)
        seen(Seen(fraction, 0.0, _pixels(x, pixels)))

    for share, until in ((0.5, began + COARSE_SHARE * seconds), (1.0, began + seconds)):
        scale = _Scale(model, _resized(picture, share), _resized(artwork, share), strength)
        small, taken = scale.improved(_resized(x, share), until, told)
        # what the coarse side found is a change to the fine picture, which keeps its own details
        x = (x + F.interpolate(small - _resized(x, share), x.shape[2:], mode="bicubic")).clamp(0, 1)
        steps += taken
    drawn = picture.lerp(x, min(1.0, strength / 0.3))
    return PaintedPicture(_pixels(drawn, pixels), scale.nearer(x), steps, round(time.monotonic() - began, 1))


class _Scale:
    """The losses of one picture and artwork at one side."""

    def __init__(self, model: StyleModel, picture: Tensor, artwork: Tensor, strength: float) -> None:
        self._features, self._weight = model.features, STYLE * strength
        with torch.no_grad():
            self._picture, self._artwork = self._look(picture), self._look(artwork)
            self._far = float(style_distance(self._picture, self._artwork))

    def _look(self, x: Tensor) -> Maps:
        return look(self._features, x.contiguous(memory_format=torch.channels_last))

    def improved(self, x: Tensor, until: float, told: Callable[[Tensor], None]) -> tuple[Tensor, int]:
        """The picture after so many steps, at most `STEPS`, and how many they were."""
        x = x.clone().requires_grad_()
        optimiser = torch.optim.Adam([x], lr=RATE)
        last = time.monotonic()
        for step in range(STEPS):
            for group in optimiser.param_groups:
                group["lr"] = RATE * (1 - step / STEPS)
            drawn = self._look(x)
            smooth = sum((x.diff(dim=axis).square().mean() for axis in (2, 3)), start=torch.zeros(()))
            content, style = content_distance(drawn, self._picture).sum(), style_distance(drawn, self._artwork).sum()
            optimiser.zero_grad()
            (content + self._weight * style + SMOOTH * smooth).backward()
            optimiser.step()
            with torch.no_grad():
                x.clamp_(0, 1)
            now = time.monotonic()
            if now - last > TELL_S:
                told(x.detach())
                last = now
            if now > until:
                return x.detach(), step + 1
        return x.detach(), STEPS

    @torch.no_grad()
    def nearer(self, x: Tensor) -> float:
        """Share of the way from the picture's style to the artwork's."""
        return 1 - float(style_distance(self._look(x), self._artwork)) / max(self._far, 1e-9)


def _resized(x: Tensor, share: float) -> Tensor:
    if share == 1.0:
        return x
    size = [max(LEAST_SIDE // 2, round(edge * share)) for edge in x.shape[2:]]
    return F.interpolate(x, size, mode="bilinear", antialias=True)


def _pixels(x: Tensor, like: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGB of the first picture, with the alpha of the one given."""
    if x.shape[2:] != like.shape[:2]:
        x = F.interpolate(x, like.shape[:2], mode="bilinear")
    rgb = x[0].clamp(0, 1).mul(255).round().to(torch.uint8).permute(1, 2, 0).numpy()
    return np.dstack([rgb, like[..., 3]])

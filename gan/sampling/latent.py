"""Models that draw from a code of normal numbers: recipes in, pictures out, the same for every such family.

A recipe is arithmetic on codes. Codes of independent normal numbers lie near a sphere, and a straight line between two
of them cuts through its inside, where no training picture ever was: so blends and variations go along the sphere
(Shoemake 1985; White 2016, "Sampling generative networks"). Random numbers come from numpy's `RandomState`, whose
streams are frozen for ever (NEP 19).

Shapes: D numbers of a code, L numbers of a prompt, C channels, S side.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan.contract import Blend, ErrorCode, ModelCard, Point, Prompt, Recipe, Seed, Truncate, UnknownWord, Vary
from gan.data.frames import framed
from gan.data.pictures import straight
from gan.errors import WorkerError
from gan.sampling.labels import Labels, Words
from gan.sampling.points import model_of, read_point
from gan.spec import Aids, Rendered

RECIPES = ("seed", "vary", "blend", "truncate")
PROMPTED = (*RECIPES, "prompt")
CALM, WILD = 0.7, 1.3
"""Deviation of the codes of seeds at variety 0 and 1; at 0.5 it is 1, as in training."""
MOST_POINTS = 2048

Code = NDArray[np.float32]


@dataclass(frozen=True)
class Drawing:
    """How a network draws: `draw` takes codes [B, D] and gives pictures [B, C, S, S] in [−1, 1]."""

    draw: Callable[[Tensor], Tensor]
    code: int
    """D, prompts left out."""
    nbytes: int
    words: Words = field(default_factory=Labels)
    """What prompts may ask for; `draw` gets what a prompt tells after the numbers of the code, all 0 for anything."""
    together: int = 1
    """Pictures drawn at once, always so many: kernels choose by a batch's shape, and a picture's bytes must not depend
    on its neighbours. One is as quick as many for networks this small."""


class LatentSampler:
    """`gan.spec.SamplerModel` of such a network."""

    def __init__(
        self, card: ModelCard, drawing: Drawing, device: str = "cpu", recipes: Sequence[str] = RECIPES
    ) -> None:
        self.card, self.nbytes = card, drawing.nbytes
        self._drawing, self._device, self._recipes = drawing, torch.device(device), tuple(recipes)
        self._points: OrderedDict[str, Code] = OrderedDict()

    def aid(self, aids: Aids) -> None:
        """Take in stored codes. Raises `WorkerError(invalid)` for one of another model."""
        for blob, data in aids.points.items():
            if blob not in self._points:
                if aids.model_sha256 and model_of(data) != aids.model_sha256:
                    detail = "This picture was found in another model; find it in this one, or draw it with its own."
                    raise WorkerError(ErrorCode.invalid, detail)
                self._points[blob] = read_point(data, 1, self._drawing.code)[0]
            self._points.move_to_end(blob)
        while len(self._points) > max(MOST_POINTS, len(aids.points)):
            self._points.popitem(last=False)

    def code_of(self, recipe: Recipe) -> Code:
        """[D + L]. Raises `WorkerError(recipe_unsupported)`, naming what can follow such a recipe."""
        if recipe.kind not in self._recipes:
            raise WorkerError(ErrorCode.recipe_unsupported, _unsupported(recipe.kind, self.card.family, self._recipes))
        count, words = self._drawing.code, self._drawing.words
        match recipe:
            case Seed(seed=seed, variety=variety):
                code = normal(seed, count) * np.float32(CALM + (WILD - CALM) * variety)
                return _with(code, words.unasked(seed))
            case Prompt(text=text, seed=seed):
                return _with(normal(seed, count), words.ask(text)[0])
            case Vary(of=of, seed=seed, amount=amount):
                first = self.code_of(of)
                return _with(along_sphere(first[:count], normal(seed, count), amount), first[count:])
            case Blend(a=a, b=b, t=t):
                first, second = self.code_of(a), self.code_of(b)
                mixed = first[count:] * np.float32(1 - t) + second[count:] * np.float32(t)
                return _with(along_sphere(first[:count], second[:count], t), mixed)
            case Truncate(of=of, psi=psi):
                first = self.code_of(of)
                return _with(first[:count] * np.float32(psi), first[count:])
            case Point(blob=blob) if blob in self._points:
                return _with(self._points[blob], np.zeros(words.width, np.float32))
        raise WorkerError(ErrorCode.blob_missing, "What the recipe refers to is not here; send it first.")

    def _unknown(self, recipe: Recipe) -> tuple[UnknownWord, ...]:
        match recipe:
            case Prompt(text=text):
                return self._drawing.words.ask(text)[1]
            case Vary(of=of) | Truncate(of=of):
                return self._unknown(of)
            case Blend(a=a, b=b):
                return tuple(dict.fromkeys(self._unknown(a) + self._unknown(b)))
        return ()

    @torch.inference_mode()
    def render(self, recipes: Sequence[Recipe]) -> list[Rendered]:
        codes = torch.from_numpy(np.stack([self.code_of(recipe) for recipe in recipes]))
        pixels = framed(straight(premultiplied_of(self._draw(codes))), self.card.frame)
        if not self.card.alpha:
            pixels[..., 3] = 255
        return [Rendered(one, unknown=self._unknown(recipe)) for one, recipe in zip(pixels, recipes, strict=True)]

    def _draw(self, codes: Tensor) -> Tensor:
        drawn = []
        for part in codes.split(self._drawing.together):
            filled = torch.zeros(self._drawing.together, codes.shape[1])
            filled[: len(part)] = part
            drawn.append(self._drawing.draw(filled.to(self._device))[: len(part)].float().cpu())
        return torch.cat(drawn)


def _with(code: Code, told: Code) -> Code:
    return np.concatenate([code, told]).astype(np.float32)


def normal(seed: int, count: int) -> Code:
    """The code that a seed stands for, for ever."""
    random = np.random.RandomState([seed & 0xFFFFFFFF, seed >> 32])
    code: Code = random.standard_normal(count).astype(np.float32)
    return code


def along_sphere(a: Code, b: Code, t: float) -> Code:
    """From `a` (t 0) to `b` (t 1) at a steady angle, the length going evenly from one's to the other's."""
    if t <= 0 or t >= 1:
        return a if t <= 0 else b
    x, y = a.astype(np.float64), b.astype(np.float64)
    lengths = float(np.linalg.norm(x)), float(np.linalg.norm(y))
    cosine = float(x @ y) / max(lengths[0] * lengths[1], 1e-12)
    angle = math.acos(max(-1.0, min(1.0, cosine)))
    if math.sin(angle) < 1e-4 or min(lengths) < 1e-6:
        return ((1 - t) * x + t * y).astype(np.float32)
    way = (math.sin((1 - t) * angle) * x / lengths[0] + math.sin(t * angle) * y / lengths[1]) / math.sin(angle)
    code: Code = (way * ((1 - t) * lengths[0] + t * lengths[1])).astype(np.float32)
    return code


def premultiplied_of(drawn: Tensor) -> Tensor:
    """Greys, colours or premultiplied RGBA [B, 1 | 3 | 4, S, S] in [−1, 1] → premultiplied RGBA [B, 4, S, S]."""
    x = (drawn / 2 + 0.5).clamp(0, 1)
    if x.shape[1] == 4:
        return torch.cat([torch.minimum(x[:, :3], x[:, 3:]), x[:, 3:]], 1)
    return torch.cat([x.expand(-1, 3, -1, -1), torch.ones_like(x[:, :1])], 1)


def channels_of(premultiplied_N4SS: Tensor, channels: int) -> Tensor:
    """The other way: works as a network of so many channels learns them."""
    x = premultiplied_N4SS * 2 - 1
    return x if channels == 4 else x[:, :3] if channels == 3 else x[:, :3].mean(1, keepdim=True)


def channels_for(premultiplied_N4SS: Tensor) -> int:
    """4 for works with holes, 1 for opaque greys, else 3.

    Holes are learned rather than filled with a paper: a picture is then a clean emoji on any background. Greys cost a
    third of colours.
    """
    if bool((premultiplied_N4SS[:, 3] < 0.99).any()):
        return 4
    rgb = premultiplied_N4SS[:, :3]
    return 1 if float((rgb.amax(1) - rgb.amin(1)).max()) < 0.01 else 3


def nbytes_of(module: torch.nn.Module) -> int:
    return sum(value.numel() * value.element_size() for value in module.state_dict().values())


def _unsupported(kind: str, family: str, known: Sequence[str]) -> str:
    from gan import families

    able = [info.title for info in families.infos() if kind in info.recipes and info.kind == "sampler"]
    others = f"; models of {', '.join(able)} can" if able else ""
    return f"A {family} model cannot follow a “{kind}” recipe{others}. It knows {', '.join(known)}."

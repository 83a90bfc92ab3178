"""Finding an upload in an anchored model: from the nearest work's code, by gradient, a style code for each layer.

Projection into W+ (Abdal et al. 2019, "Image2StyleGAN"), with the distance that the family learns by: L1 between maps
of the frozen net, each brought to unit deviation, and pixels.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from gan.blocks.features import FrozenFeatures
from gan.blocks.layers import unit_length
from gan.data.frames import framed
from gan.data.pictures import fitted, over, premultiplied, straight
from gan.families.anchored.encoder import Encoder, gist, shrunk
from gan.families.anchored.modelfile import read_model
from gan.families.anchored.networks import Mapping
from gan.families.anchored.serve import AnchoredModel
from gan.sampling.points import write_point
from gan.spec import FoundPoint, Seen

NEAREST = 16
"""Works of which the pictures are compared, by deep features of the works themselves."""
RATE = 0.06
PIXELS = 2.0
STAY = 0.002
"""Pull toward the works' spread: codes far outside of it draw the upload and nothing like it when they are varied."""
PATIENCE = 60
LEAST_GAIN = 0.002
PREVIEW_S = 1.0


class Sight:
    """Perceptual distance of pictures to one upload; both premultiplied RGBA on white paper."""

    def __init__(self, target: Tensor, usual: Tensor) -> None:
        self._features = FrozenFeatures().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        maps = self._maps(usual)
        self._scales = [float(1 / m.std().clamp_min(1e-3)) for m in maps]
        self.target = target
        self.wanted = self._maps(target)
        self.embedding = self.wanted[-1].mean((2, 3))[0]

    def glance(self) -> list[Tensor]:
        """Maps of the upload as the encoder looks at it."""
        small = shrunk(self.target)
        return self.wanted if small is self.target else self._maps(small)

    def _maps(self, pictures: Tensor) -> list[Tensor]:
        rgb = over(pictures, torch.ones(len(pictures), 3)).clamp(-1, 1)
        maps: list[Tensor] = self._features(rgb.contiguous(memory_format=torch.channels_last))
        return maps

    def distance(self, pictures: Tensor) -> Tensor:
        """[N]: mean over taps of the L1 between scaled maps."""
        taps = [
            (m - wanted).abs().mean((1, 2, 3)) * scale
            for m, wanted, scale in zip(self._maps(pictures), self.wanted, self._scales, strict=True)
        ]
        return torch.stack(taps).mean(0)


def project(path: Path, sha256: str, picture: Image.Image, seconds: float, seen: Callable[[Seen], None]) -> FoundPoint:
    """Search for `seconds` at most; shows the nearest picture about once a second.

    A machine that is too busy to search in that time gives the start, which is what the model has that is most like it.
    """
    began = time.monotonic()
    torch.set_num_threads(1)
    model = AnchoredModel.read(path)
    side = model.card.size
    pixels = premultiplied(np.asarray(fitted(picture, side, model.card.frame)))[None]
    target = torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
    styles = torch.from_numpy(model.styles)
    with torch.no_grad():
        usual = model.generator(styles[:: max(1, len(styles) // 16)][:16, None].expand(-1, model.layers, -1))
        sight = Sight(target, usual)
        mean = torch.from_numpy(model.mean).expand(1, model.layers, -1)
        mean_distance = float(sight.distance(model.generator(mean)))
    search = _Search(model, sight, initial_code(path, model, sight), began, seconds, seen)
    best = search.run()
    return FoundPoint(
        write_point(best.numpy(), sha256), search.best_distance, mean_distance, search.steps, time.monotonic() - began
    )


@torch.no_grad()
def initial_code(path: Path, model: AnchoredModel, sight: Sight) -> Tensor:
    """Where the search starts [L, D]: of the encoder's answer and some works like the upload, what draws it best."""
    tensors = read_model(path).tensors
    styles = torch.from_numpy(model.styles)
    encoder, embedding = Encoder.read(tensors), tensors.get("embedding")
    if encoder is not None:
        answer = _style_of(encoder(gist(sight.glance())), tensors)
        likeness = -(styles - answer).norm(dim=1)
        candidates = torch.cat([answer, styles[likeness.topk(min(NEAREST - 1, len(styles))).indices]])
    elif embedding is not None and len(embedding) == len(styles):
        likeness = F.normalize(embedding, dim=1) @ F.normalize(sight.embedding, dim=0)
        candidates = styles[likeness.topk(min(NEAREST, len(styles))).indices]
    else:
        candidates = styles[:: max(1, len(styles) // NEAREST)][:NEAREST]
    codes = candidates[:, None].expand(-1, model.layers, -1)
    drawn = model.generator(codes)
    return codes[int((sight.distance(drawn) + (drawn - sight.target).abs().mean((1, 2, 3))).argmin())].clone()


def _style_of(code: Tensor, tensors: dict[str, Tensor]) -> Tensor:
    """z [1, D] → w [1, D] by the model's own mapping."""
    mapping = Mapping(code.shape[1])
    mapping.load_state_dict({name: tensors[f"mapping.{name}"] for name in mapping.state_dict()})
    w: Tensor = mapping(unit_length(code))
    return w


class _Search:
    """Adam on the code, in the works' own deviations, so that one rate suits all models."""

    def __init__(
        self, model: AnchoredModel, sight: Sight, start: Tensor, began: float, seconds: float,
        seen: Callable[[Seen], None],
    ) -> None:  # fmt: skip
        self._model, self._sight, self._start, self._seen = model, sight, start, seen
        self._began, self._seconds = began, seconds
        self._spread = torch.from_numpy(model.styles).std(0).clamp_min(1e-3)
        self.best_distance, self.steps, self._best = float("inf"), 0, start

    def run(self) -> Tensor:
        """The best code [L, D]."""
        moved = torch.zeros_like(self._start, requires_grad=True)
        optimiser = torch.optim.Adam([moved], RATE, (0.9, 0.99))
        shown, gained_at, gained = time.monotonic(), 0, float("inf")
        while not self.steps or (self._fraction() < 1 and self.steps - gained_at < PATIENCE):
            optimiser.param_groups[0]["lr"] = RATE * (0.15 + 0.85 * (1 - self._fraction()))
            code = self._start + moved * self._spread
            drawn = self._model.generator(code[None])
            distance = self._sight.distance(drawn)[0]
            loss = distance + PIXELS * (drawn - self._sight.target).abs().mean() + STAY * moved.square().mean()
            self.steps += 1
            now = float(distance.detach())
            if now < self.best_distance:
                self.best_distance, self._best = now, code.detach().clone()
            if self.best_distance < gained * (1 - LEAST_GAIN):
                gained, gained_at = self.best_distance, self.steps
            if time.monotonic() - shown > PREVIEW_S or self.steps == 1:
                shown = time.monotonic()
                self._show()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        self._show()
        return self._best

    def _fraction(self) -> float:
        return min(1.0, (time.monotonic() - self._began) / self._seconds)

    def _show(self) -> None:
        with torch.no_grad():
            pixels = framed(straight(self._model.generator(self._best[None]))[0], self._model.card.frame)
        if not self._model.card.alpha:
            pixels[..., 3] = 255
        self._seen(Seen(self._fraction(), self.best_distance, pixels))

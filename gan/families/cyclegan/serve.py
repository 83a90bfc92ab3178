"""A loaded CycleGAN: a picture in the other set's look, or led back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from gan.contract import ErrorCode, ModelCard
from gan.data.frames import scaled
from gan.errors import WorkerError
from gan.families.cyclegan.config import Config
from gan.families.cyclegan.networks import Generator
from gan.spec import Rendered, Transforming
from gan.training.bundle import load_module
from gan.training.modelfile import read_model

CHANNELS_LAST = torch.channels_last
STEP = 4
"""Sides are multiples of it: the generator halves them twice."""


class CycleModel:
    """`gan.spec.TransformerModel`. A picture keeps its shape and its transparency."""

    def __init__(self, card: ModelCard, generators: nn.ModuleDict, device: str = "cpu") -> None:
        self.card, self._device = card, torch.device(device)
        self._generators = generators.eval().requires_grad_(False)
        self._generators.to(self._device, memory_format=CHANNELS_LAST)  # type: ignore[call-overload]
        self.nbytes = sum(p.numel() * p.element_size() for p in generators.parameters())

    @classmethod
    def read(cls, path: Path, device: str = "cpu") -> CycleModel:
        """Raises `WorkerError(bad_model)`."""
        file = read_model(path, "cyclegan", Config)
        names = ("there", "back")
        generators = nn.ModuleDict({name: Generator(file.config.width, file.config.blocks) for name in names})
        try:
            load_module(generators, file.tensors, "")
        except (RuntimeError, KeyError) as error:
            raise WorkerError(ErrorCode.bad_model, f"{path.name} does not fit the cyclegan family.") from error
        return cls(file.card, generators, device)

    def transform(self, asked: Sequence[Transforming]) -> list[Rendered]:
        return [self._transformed(one) for one in asked]

    @torch.inference_mode()
    def _transformed(self, one: Transforming) -> Rendered:
        picture = Image.fromarray(one.picture)
        longer = one.options.side or self.card.size
        width, height = (max(2 * STEP, edge // STEP * STEP) for edge in scaled(*picture.size, longer))
        small = picture.convert("RGBa").resize((width, height), Image.Resampling.LANCZOS).convert("RGBA")
        paper = Image.new("RGBA", small.size, "white")
        paper.alpha_composite(small)
        x = torch.from_numpy(np.array(paper)[..., :3]).permute(2, 0, 1)[None].float() / 127.5 - 1
        x = x.to(self._device).contiguous(memory_format=CHANNELS_LAST)
        turned = self._generators["back" if one.options.back else "there"](x)
        turned = torch.lerp(x, turned, one.options.strength)
        rgb = ((turned[0].clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(1, 2, 0).cpu().numpy()
        alpha = np.asarray(small)[..., 3:]
        return Rendered(np.ascontiguousarray(np.concatenate([rgb, alpha], 2)))

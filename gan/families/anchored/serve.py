"""A loaded anchored model: recipes in, pictures and credits out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from gan.blocks.layers import ModulatedConv2d
from gan.contract import ErrorCode, ModelCard, Recipe, Work
from gan.data.pictures import straight
from gan.errors import WorkerError
from gan.families.anchored.config import Config
from gan.families.anchored.mixing import Mixer, Mixture, credits_of
from gan.families.anchored.modelfile import generator_tensors, read_model
from gan.families.anchored.networks import Generator
from gan.spec import Rendered

BATCH = 4
"""Pictures go through the net in fours, padded, always: kernels choose by shape, so one shape means one result."""


class AnchoredModel:
    """`gan.spec.SamplerModel`. It draws in fp32: the same bytes on machines of one kind."""

    def __init__(
        self,
        config: Config,
        card: ModelCard,
        works: Sequence[Work],
        generator: Generator,
        styles: torch.Tensor,
        neighbours: NDArray[np.integer],
        device: str = "cpu",
    ) -> None:
        self.card, self.works = card, tuple(works)
        self._device = torch.device(device)
        self._generator = generator.eval().requires_grad_(False)
        self._generator.to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        for module in self._generator.modules():
            if isinstance(module, ModulatedConv2d):
                module.freeze()
        self._styles = styles.contiguous()
        self._mixer = Mixer(len(works), generator.layers, neighbours)
        tensors = [*generator.parameters(), styles]
        self.nbytes = sum(t.numel() * t.element_size() for t in tensors) + neighbours.nbytes

    @classmethod
    def read(cls, path: Path, device: str = "cpu") -> AnchoredModel:
        """Raises `WorkerError(bad_model)`."""
        file = read_model(path)
        config = file.config
        generator = Generator(config.size, config.code, config.width, config.widest, config.convs)
        try:
            generator.load_state_dict(generator_tensors(file.tensors))
            styles, neighbours = file.tensors["styles"], file.tensors["neighbours"].numpy()
        except (RuntimeError, KeyError) as error:
            raise WorkerError(ErrorCode.bad_model, f"{path.name} does not fit the anchored family.") from error
        works = len(file.works)
        fits = styles.shape == (works, config.code) and neighbours.ndim == 2 and len(neighbours) == works
        if not fits or neighbours.min() < 0 or neighbours.max() >= works:
            raise WorkerError(ErrorCode.bad_model, f"{path.name} names other works than it has codes for.")
        return cls(config, file.card, file.works, generator, styles, neighbours, device)

    @torch.inference_mode()
    def render(self, recipes: Sequence[Recipe]) -> list[Rendered]:
        mixtures = [self._mixer.mixture(recipe) for recipe in recipes]
        out: list[Rendered] = []
        for start in range(0, len(mixtures), BATCH):
            part = mixtures[start : start + BATCH]
            w = torch.stack([self._style_codes(mixture) for mixture in part])
            w = torch.cat([w, w[:1].expand(BATCH - len(part), -1, -1)])
            pixels = straight(self._generator(w.to(self._device)).cpu())
            if not self.card.alpha:
                pixels[..., 3] = 255  # its works have no holes, so it has none, not even thin ones
            out += [Rendered(pixels[i], credits_of(mixture, self.works)) for i, mixture in enumerate(part)]
        return out

    def _style_codes(self, mixture: Mixture) -> torch.Tensor:
        """[L, D]; summed in the order of the mixture, so equal mixtures give equal bits."""
        rows = []
        for layer in mixture.weights:
            code = torch.zeros(self._styles.shape[1])
            for index, weight in sorted(layer.items()):
                code = code + self._styles[index] * weight
            rows.append(code)
        return torch.stack(rows)

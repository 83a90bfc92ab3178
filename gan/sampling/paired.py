"""A loaded model of pairs: an upload becomes what the model was given in training, and that becomes a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import torch
from PIL import Image
from pydantic import BaseModel
from torch import Tensor, nn

from gan.contract import ErrorCode, ModelCard
from gan.data.frames import framed, square_frame
from gan.data.pairs import DRAWN, Pairing, given_of, tinted
from gan.data.pictures import straight
from gan.errors import WorkerError
from gan.spec import Rendered, Transforming
from gan.training.bundle import load_module
from gan.training.modelfile import read_model

CHANNELS_LAST = torch.channels_last
HAZE = 0.06


class PairedModel:
    """`gan.spec.TransformerModel`. Pictures are worked on one by one, so that none depends on its neighbours."""

    def __init__(
        self, card: ModelCard, pairing: Pairing, generator: nn.Module, palette: Tensor, device: str = "cpu"
    ) -> None:
        self.card, self._pairing, self._palette, self._device = card, pairing, palette, torch.device(device)
        self._generator = generator.eval().requires_grad_(False)
        self._generator.to(self._device, memory_format=CHANNELS_LAST)  # type: ignore[call-overload]
        self.nbytes = sum(p.numel() * p.element_size() for p in generator.parameters())

    def transform(self, asked: Sequence[Transforming]) -> list[Rendered]:
        """Raises nothing that a picture could cause: a blank sheet gives what the model makes of nothing."""
        return [self._transformed(one) for one in asked]

    @torch.inference_mode()
    def _transformed(self, one: Transforming) -> Rendered:
        picture = Image.fromarray(one.picture)
        given = given_of(picture, self._pairing, self.card.size)
        if one.options.seed and self._pairing in DRAWN:
            given = tinted(given, self._palette, one.options.seed)
        x = given[None].to(self._device).contiguous(memory_format=CHANNELS_LAST)
        drawn = cleared(self._generator(x).clamp(0, 1).cpu())
        pixels = framed(straight(drawn)[0], square_frame(picture.width, picture.height, self.card.size))
        if not self.card.alpha:
            pixels[..., 3] = 255  # its works have no holes, so it has none, not even thin ones
        return Rendered(pixels)


def cleared(drawn: Tensor) -> Tensor:
    """Premultiplied RGBA [B, 4, S, S] without haze: a tanh never quite reaches nothing nor all, so the last twentieths
    of opacity are taken for them."""
    alpha = drawn[:, 3:]
    sure = ((alpha - HAZE) / (1 - 2 * HAZE)).clamp(0, 1)
    return torch.cat([(drawn[:, :3] * sure / alpha.clamp_min(HAZE)).clamp(0, 1), sure], 1)


C = TypeVar("C", bound=BaseModel)


def read_paired(
    path: Path, family: str, config: type[C], build: Callable[[C], nn.Module], device: str = "cpu"
) -> PairedModel:
    """The model of a file of `gan.training.paired`. Raises `WorkerError(bad_model)`."""
    file = read_model(path, family, config)
    generator = build(file.config)
    try:
        load_module(generator, file.tensors, "generator.")
        palette = file.tensors["palette"]
    except (RuntimeError, KeyError) as error:
        raise WorkerError(ErrorCode.bad_model, f"{path.name} does not fit the {family} family.") from error
    pairing = Pairing(str(file.config.model_dump()["pairs"]))
    return PairedModel(file.card, pairing, generator, palette, device)

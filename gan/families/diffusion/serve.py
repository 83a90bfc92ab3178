"""A loaded diffusion model: the code of a picture is the noise that it begins as, and a picture of anyone's may be what
noise is laid over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from gan.contract import ModelCard, UnknownWord
from gan.data.frames import framed, square_frame
from gan.data.pictures import fitted, premultiplied, straight
from gan.families.diffusion.config import NOISE_STEPS, Config
from gan.families.diffusion.networks import UNet, words_of
from gan.families.diffusion.noise import denoised, kept, noised
from gan.families.diffusion.step import autocast
from gan.sampling.labels import Words
from gan.sampling.latent import Drawing, LatentSampler, channels_of, nbytes_of, normal, premultiplied_of
from gan.spec import Rendered, Transforming
from gan.training.modelfile import read_network

RECIPES = ("seed", "vary", "blend")
"""No truncation: noise of another deviation is no noise that it learned to take away."""
TOGETHER = 4
HEARD = 1
"""Sets the dice for what a number is told apart from those for its noise."""


class Denoiser:
    """Draws by DDIM, prompts followed further by classifier-free guidance (Ho & Salimans 2022, equation 6)."""

    def __init__(self, network: UNet, config: Config, steps: int = 0) -> None:
        self._network, self._config, self._steps = network, config, steps or config.steps
        self._table = kept(config.schedule)

    def __call__(self, code: Tensor) -> Tensor:
        """[B, C · S · S + L + 1] → [B, C, S, S]; the last number is how much of the guidance is used."""
        config, pixels = self._config, self._config.channels * self._config.size**2
        noise, told, asked = code[:, :pixels], code[:, pixels:-1], code[:, -1]
        return self.begin(noise.view(-1, config.channels, config.size, config.size), told, asked)

    def over(self, picture: Tensor, noise: Tensor, told: Tensor, strength: float) -> Tensor:
        """SDEdit (Meng et al. 2022): noise laid over pictures [B, C, S, S] and taken away again, the picture drawn anew
        as far as the noise hides it. `told` [B, L + 1]; `strength` is the share of the way to noise alone."""
        level = self._table[max(0, round(strength * NOISE_STEPS) - 1)].expand(len(picture)).to(picture.device)
        return self.begin(noised(picture, noise, level), told[:, :-1], told[:, -1], strength)

    def begin(self, x_t: Tensor, told: Tensor, asked: Tensor, start: float = 1.0) -> Tensor:
        """From a picture that is noise by the share `start`."""
        guidance = self._config.guidance * asked[:, None, None, None]

        def answers(x: Tensor, level: Tensor) -> Tensor:
            with autocast(x.device):
                answer: Tensor = self._network(x, level, told).float()
                if bool(guidance.any()):
                    without = self._network(x, level, torch.zeros_like(told)).float()
                    answer = answer + guidance * (answer - without)
            return answer

        return denoised(x_t, answers, self._table, self._steps, self._config.predicts, start)


@dataclass(frozen=True)
class Told:
    """`gan.sampling.labels.Words`: what prompts say is followed further than learned.

    A picture of a number is told what one of the works was, and follows it as learned: so it is drawn by what the
    network learned of nine works in ten, and all of them together are as the works are.
    """

    words: Words
    heard: NDArray[np.float32]
    """What some of the works were told as [M, L]."""

    @property
    def width(self) -> int:
        return self.words.width + 1

    def ask(self, text: str) -> tuple[NDArray[np.float32], tuple[UnknownWord, ...]]:
        told, unknown = self.words.ask(text)
        return np.append(told, np.float32(1)), unknown

    def unasked(self, seed: int) -> NDArray[np.float32]:
        if not len(self.heard):
            return np.zeros(self.width, np.float32)
        place = np.random.RandomState([seed & 0xFFFFFFFF, seed >> 32, HEARD]).randint(len(self.heard))
        return np.append(self.heard[place], np.float32(0))


def drawing(network: UNet, config: Config, heard: Tensor, steps: int = 0) -> Drawing:
    """`heard` is what some of the works were told as [M, L]."""
    code = config.channels * config.size * config.size
    told = Told(words_of(config), heard.float().numpy())
    return Drawing(Denoiser(network, config, steps), code, nbytes_of(network), told, TOGETHER)


class DiffusionModel(LatentSampler):
    """Draws pictures, and brings pictures that it is given into the look of its works."""

    def __init__(self, card: ModelCard, network: UNet, config: Config, heard: Tensor, device: str = "cpu") -> None:
        recipes = (*RECIPES, "prompt") if words_of(config).width else RECIPES
        super().__init__(card, drawing(network, config, heard), device, recipes)
        self._denoiser, self._config, self._on = Denoiser(network, config), config, torch.device(device)
        self._words = Told(words_of(config), np.empty((0, 0), np.float32))

    def transform(self, asked: Sequence[Transforming]) -> list[Rendered]:
        """`gan.spec.TransformerModel.transform`, one by one, so that none depends on its neighbours."""
        return [self._transformed(one) for one in asked]

    @torch.inference_mode()
    def _transformed(self, one: Transforming) -> Rendered:
        config, picture = self._config, Image.fromarray(one.picture)
        if not self.card.alpha:
            picture = _on_white(picture)
        frame = square_frame(picture.width, picture.height, config.size)
        around = None if self.card.alpha else frame  # works without holes have none beside the picture either
        pixels = torch.from_numpy(premultiplied(np.asarray(fitted(picture, config.size, around))))
        given = channels_of(pixels.permute(2, 0, 1)[None], config.channels).to(self._on)
        noise = torch.from_numpy(normal(one.options.seed, given.numel())).view(given.shape).to(self._on)
        told, unknown = self._words.ask(one.options.text) if one.options.text else (self._words.unasked(0), ())
        asked = torch.from_numpy(told)[None].to(self._on)
        drawn = self._denoiser.over(given, noise, asked, one.options.strength).float().cpu()
        shown = framed(straight(premultiplied_of(drawn)), frame)[0]
        if not self.card.alpha:
            shown[..., 3] = 255
        return Rendered(shown, unknown=unknown)


def _on_white(picture: Image.Image) -> Image.Image:
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture.convert("RGBA"))
    return paper


def load(path: Path, device: str) -> DiffusionModel:
    """Raises `WorkerError(bad_model)`."""
    file, network = read_network(path, "diffusion", Config, UNet, device)
    assert isinstance(network, UNet)
    heard = file.tensors.get("heard", torch.empty(0, words_of(file.config).width))
    return DiffusionModel(file.card, network, file.config, heard, device)

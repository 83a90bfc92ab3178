"""A loaded diffusion model: the code of a picture is the noise that it begins as."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from gan.families.diffusion.config import Config
from gan.families.diffusion.networks import UNet
from gan.families.diffusion.noise import denoised, kept
from gan.families.diffusion.step import autocast
from gan.sampling.latent import Drawing, LatentSampler, nbytes_of
from gan.training.modelfile import read_network

RECIPES = ("seed", "vary", "blend")
"""No truncation: noise of another deviation is no noise that it learned to take away."""
TOGETHER = 4


class Denoiser:
    """Draws by DDIM, prompts followed further by classifier-free guidance (Ho & Salimans 2022, equation 6)."""

    def __init__(self, network: UNet, config: Config, steps: int = 0) -> None:
        self._network, self._config, self._steps = network, config, steps or config.steps
        self._table = kept(config.schedule)

    def __call__(self, code: Tensor) -> Tensor:
        """[B, C · S · S + L] → [B, C, S, S]."""
        config = self._config
        labels = code[:, code.shape[1] - len(config.labels) :]
        noise = code[:, : code.shape[1] - len(config.labels)].view(-1, config.channels, config.size, config.size)
        return self.begin(noise, labels)

    def begin(self, x_t: Tensor, labels: Tensor, start: float = 1.0) -> Tensor:
        """From a picture that is noise by the share `start`."""
        config, guided = self._config, labels.any(1)[:, None, None, None]

        def answers(x: Tensor, level: Tensor) -> Tensor:
            with autocast(x.device):
                answer: Tensor = self._network(x, level, labels).float()
                if config.guidance and bool(guided.any()):
                    without = self._network(x, level, torch.zeros_like(labels)).float()
                    answer = torch.where(guided, answer + config.guidance * (answer - without), answer)
            return answer

        return denoised(x_t, answers, self._table, self._steps, config.predicts, start)


def drawing(network: UNet, config: Config, steps: int = 0) -> Drawing:
    code = config.channels * config.size * config.size
    return Drawing(Denoiser(network, config, steps), code, nbytes_of(network), config.labels, TOGETHER)


def load(path: Path, device: str) -> LatentSampler:
    """Raises `WorkerError(bad_model)`."""
    file, network = read_network(path, "diffusion", Config, UNet, device)
    assert isinstance(network, UNet)
    recipes = (*RECIPES, "prompt") if file.config.labels else RECIPES
    return LatentSampler(file.card, drawing(network, file.config), device, recipes)

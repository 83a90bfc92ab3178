"""The training step of a diffusion model (Ho, Jain & Abbeel 2020, algorithm 1):

    L = E ‖wanted − f(√ᾱ_t x + √(1 − ᾱ_t) ε, t, y)‖²,    t uniform, ε normal

with `wanted` ε or v (`noise.py`), and y what is told of the work, left out of some (Ho & Salimans 2022, algorithm 1).
"""

from __future__ import annotations

import contextlib
import copy

import torch
import torch.nn.functional as F
from torch import Tensor

from gan.blocks.ema import ema_decay
from gan.blocks.precision import bf16_pays
from gan.families.diffusion.config import NOISE_STEPS, Config
from gan.families.diffusion.networks import UNet
from gan.families.diffusion.noise import kept, noised, wanted
from gan.training.bundle import Bundle
from gan.training.duel import average_into

WARM_STEPS = 500
MOST_GRADIENT = 1.0


def autocast(device: torch.device) -> contextlib.AbstractContextManager[None]:
    """bf16 where it pays; the same in training and serving."""
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda" or bf16_pays())


class Nets:
    """Network, average and optimiser of one run."""

    def __init__(self, config: Config, random: torch.Generator, device: str) -> None:
        self.random, self.device = random, torch.device(device)
        self.network = UNet(config).to(self.device)
        self.average = copy.deepcopy(self.network).eval().requires_grad_(False)
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), config.lr, (0.9, 0.99), weight_decay=0.0, fused=True
        )
        self.table = kept(config.schedule)
        self.pictures_seen = 0
        self._bundle = Bundle({"network": self.network, "average": self.average}, {"optimiser": self.optimiser})

    def state(self) -> dict[str, Tensor]:
        return {**self._bundle.state(), "pictures_seen": torch.tensor(self.pictures_seen)}

    def load_state(self, state: dict[str, Tensor]) -> None:
        self._bundle.load_state(state)
        self.pictures_seen = int(state["pictures_seen"])


def train_step(nets: Nets, config: Config, x: Tensor, told: Tensor, progress: float) -> dict[str, Tensor]:
    """One step on works [B, C, S, S] in [−1, 1] and what is told of them [B, L]. Returns the loss, on the device."""
    warm = min(1.0, (nets.pictures_seen / config.batch + 1) / WARM_STEPS)
    left = min(1.0, (1 - progress) / max(config.decay_share, 1e-6))
    for group in nets.optimiser.param_groups:
        group["lr"] = config.lr * warm * (0.05 + 0.95 * max(0.0, left))
    steps = torch.randint(NOISE_STEPS, (len(x),), generator=nets.random)
    noise = torch.randn(x.shape, generator=nets.random).to(nets.device)
    level = nets.table[steps].to(nets.device, torch.float32)
    with autocast(nets.device):
        answer = nets.network(noised(x, noise, level), steps.to(nets.device), told)
    loss = F.mse_loss(answer.float(), wanted(x, noise, level, config.predicts))
    nets.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(nets.network.parameters(), MOST_GRADIENT)
    nets.optimiser.step()
    nets.pictures_seen += len(x)
    average_into(nets.average, nets.network, ema_decay(len(x), nets.pictures_seen, config.ema_half_life))
    return {"loss": loss.detach()}

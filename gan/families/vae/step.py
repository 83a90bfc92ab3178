"""The training step of the VAE (Kingma & Welling 2014, equation 10, with one draw of the code):

    −ELBO = E[−log p(x | z)] + β · KL(q(z | x) ‖ N(0, 1)),    z = μ(x) + σ(x) ε

with, for binary pixels, −log p the cross entropy, and else that of a normal error whose deviation is the one that fits
the batch best: D/2 · (log(2π e · mse)), "σ-VAE" (Rybkin, Daniilidis & Levine 2021, equation 6). KL is equation 10's
−½ Σ (1 + log σ² − μ² − σ²). In nats for a picture.
"""

from __future__ import annotations

import copy
import math

import torch
import torch.nn.functional as F
from torch import Tensor

from gan.blocks.adversary import freshly_random
from gan.blocks.ema import ema_decay
from gan.families.vae.config import Config, Pixels
from gan.families.vae.networks import VAENets
from gan.training.bundle import Bundle
from gan.training.duel import average_into, optimise


class Nets:
    """Networks, average and optimiser of one run."""

    def __init__(self, config: Config, random: torch.Generator, device: str) -> None:
        self.random, self.device = random, torch.device(device)
        self.network = VAENets(config).to(self.device)
        self.average = copy.deepcopy(self.network).eval().requires_grad_(False)
        self.optimiser = torch.optim.Adam(self.network.parameters(), config.lr, fused=True)
        self.pictures_seen = 0
        self._bundle = Bundle({"network": self.network, "average": self.average}, {"optimiser": self.optimiser})

    def state(self) -> dict[str, Tensor]:
        return {**self._bundle.state(), "pictures_seen": torch.tensor(self.pictures_seen)}

    def load_state(self, state: dict[str, Tensor]) -> None:
        self._bundle.load_state(state)
        self.pictures_seen = int(state["pictures_seen"])


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL of N(mean, variance) [B, D] from N(0, 1), nats for a picture."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1).mean()


def surprise(logits: Tensor, x: Tensor, pixels: Pixels) -> Tensor:
    """−log p(x | z), nats for a picture; x in [−1, 1]."""
    wanted, count = x / 2 + 0.5, x[0].numel()
    if pixels is Pixels.binary:
        return F.binary_cross_entropy_with_logits(logits.float(), wanted.round()) * count
    mse = F.mse_loss(logits.float().sigmoid(), wanted)
    return count / 2 * (1 + math.log(2 * math.pi) + mse.clamp_min(1e-6).log())


def train_step(nets: Nets, config: Config, x: Tensor, labels: Tensor, progress: float) -> dict[str, Tensor]:
    """One step on works [B, C, S, S] in [−1, 1] and their labels [B, L]. Returns nats, on the device."""
    freshly_random(nets.random)
    left = min(1.0, (1 - progress) / max(config.decay_share, 1e-6))
    for group in nets.optimiser.param_groups:
        group["lr"] = config.lr * (0.05 + 0.95 * max(0.0, left))
    mean, log_variance = nets.network.encode(x, labels)
    noise = torch.randn(mean.shape, generator=nets.random).to(nets.device)
    code = mean + (log_variance / 2).exp() * noise
    off = surprise(nets.network.logits(torch.cat([code, labels], 1)), x, config.pixels)
    cost = divergence(mean, log_variance)
    optimise(nets.optimiser, (off + config.beta * cost) / x[0].numel())
    nets.pictures_seen += len(x)
    decay = ema_decay(len(x), nets.pictures_seen, config.ema_half_life)
    average_into(nets.average, nets.network, decay)
    return {"reconstruction": off.detach(), "code": cost.detach()}

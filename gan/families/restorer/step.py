"""One step of a restorer: damage works, mend them, and learn from how far each stage is off."""

from __future__ import annotations

import copy

import torch
from torch import Tensor

from gan.blocks.ema import ema_decay, ema_update
from gan.families.restorer.config import Config
from gan.families.restorer.networks import Cascade
from gan.training.bundle import Bundle, load_module

LEAST = 0.02
"""Of the learning rate at the end, as a share of it at the beginning."""
WARM_STEPS = 20
ROUND = 1e-3
"""Where Charbonnier's distance turns from a square into a line (Charbonnier et al. 1994)."""


class Nets:
    """All that a step changes."""

    def __init__(self, config: Config, device: str) -> None:
        self.device = torch.device(device)
        cascade = Cascade(config.stages, config.width).to(self.device)
        cascade.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.cascade, self.average = cascade, copy.deepcopy(cascade).requires_grad_(False)
        self.optimiser = torch.optim.Adam(cascade.parameters(), lr=config.lr, betas=(0.9, 0.99))
        self.seen = torch.zeros((), dtype=torch.int64)
        self._bundle = Bundle({"cascade": cascade, "average": self.average}, {"optimiser": self.optimiser})

    def state(self) -> dict[str, Tensor]:
        return {**self._bundle.state(), "seen": self.seen}

    def load_state(self, state: dict[str, Tensor]) -> None:
        self._bundle.load_state(state)
        self.seen = state["seen"].clone()

    def start_from(self, tensors: dict[str, Tensor]) -> None:
        """Go on from a model's weights. Raises as `load_module` for another architecture."""
        for module in (self.cascade, self.average):
            load_module(module, tensors, "cascade.")


def train_step(
    nets: Nets, config: Config, clean: Tensor, damaged: Tensor, known: Tensor, progress: float
) -> dict[str, Tensor]:
    """The loss is Σ_k w_k · mean √((x_k − x)² + ε²), w_k = 1 for the last stage and `early_weight` before it."""
    fall = min(1.0, (1 - progress) / config.decay_share) if config.decay_share else 1.0
    for group in nets.optimiser.param_groups:
        group["lr"] = (
            config.lr * max(LEAST, fall) * min(1.0, (int(nets.seen) + config.batch) / (WARM_STEPS * config.batch))
        )
    clean, damaged, known = (x.to(nets.device, memory_format=torch.channels_last) for x in (clean, damaged, known))
    with torch.autocast(nets.device.type, torch.bfloat16):
        estimates = nets.cascade(damaged, known)
    errors = [((estimate.float() - clean).square() + ROUND**2).sqrt().mean() for estimate in estimates]
    loss = errors[-1] + config.early_weight * sum(errors[:-1], start=torch.zeros((), device=nets.device))
    nets.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(nets.cascade.parameters(), 1.0)
    nets.optimiser.step()
    nets.seen += config.batch
    decay = ema_decay(config.batch, int(nets.seen), config.ema_half_life)
    ema_update(nets.average.parameters(), nets.cascade.parameters(), decay)
    return {"first stage": errors[0].detach(), "last stage": errors[-1].detach()}

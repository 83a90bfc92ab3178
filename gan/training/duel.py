"""What stands around the steps of families that learn by an adversary: networks, served average, optimisers, augments.

Steps and networks are each family's own.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from gan.blocks.adversary import r1_penalty, spectrally_normed
from gan.blocks.augment import Augment
from gan.blocks.ema import ema_decay, ema_update
from gan.training.bundle import Bundle
from gan.training.options import AdversaryOptions


@dataclass(frozen=True)
class Rates:
    """Adam's settings, for both networks unless the discriminator has a rate of its own."""

    lr: float
    lr_discriminator: float
    betas: tuple[float, float]


class Duel:
    """A generator, its average and a discriminator of one run."""

    def __init__(
        self, options: AdversaryOptions, generator: nn.Module, discriminator: nn.Module, rates: Rates,
        random: torch.Generator, device: str,
    ) -> None:  # fmt: skip
        self.options, self.random, self.device = options, random, torch.device(device)
        self.generator = generator.to(self.device)
        self.discriminator = discriminator.to(self.device)
        if options.spectral:
            spectrally_normed(self.discriminator)
        self.average = copy.deepcopy(self.generator).eval().requires_grad_(False)
        self.augment = Augment(options.augment, options.adaptive, options.augments, random)
        self.generator_optimiser = torch.optim.Adam(self.generator.parameters(), rates.lr, rates.betas, fused=True)
        self.discriminator_optimiser = torch.optim.Adam(
            self.discriminator.parameters(), rates.lr_discriminator, rates.betas, fused=True
        )
        self.pictures_seen = self.steps = self.averaged_from = 0
        self._bundle = Bundle(
            {"generator": self.generator, "average": self.average, "discriminator": self.discriminator},
            {
                "generator_optimiser": self.generator_optimiser,
                "discriminator_optimiser": self.discriminator_optimiser,
            },
        )

    def noise(self, count: int, code: int) -> Tensor:
        return torch.randn(count, code, generator=self.random).to(self.device)

    def r1(self, real: Tensor, judge: Callable[[Tensor], Tensor] | None = None) -> Tensor:
        """R1 as the options weigh it, zero on the steps between. `judge` is the discriminator if it takes more than
        pictures."""
        if not self.options.r1 or self.steps % self.options.r1_every:
            return torch.zeros((), device=self.device)
        return self.options.r1 * self.options.r1_every * r1_penalty(judge or self.discriminator, real)

    def seen(self, count: int) -> None:
        """After a step on so many pictures: move the average, count."""
        self.pictures_seen += count
        self.steps += 1
        decay = ema_decay(count, self.pictures_seen - self.averaged_from, self.options.ema_half_life)
        average_into(self.average, self.generator, decay)

    def average_anew(self) -> None:
        """Forget what was averaged so far: the network has new parts, whose beginnings are no picture of anything."""
        self.averaged_from = self.pictures_seen

    def state(self) -> dict[str, Tensor]:
        counted = [self.pictures_seen, self.steps, self.augment.share, self.averaged_from]
        counters = torch.tensor(counted, dtype=torch.float64)
        return {**self._bundle.state(), "counters": counters}

    def load_state(self, state: dict[str, Tensor]) -> None:
        self._bundle.load_state(state)
        seen, steps, self.augment.share, averaged_from = state["counters"].tolist()
        self.pictures_seen, self.steps, self.averaged_from = int(seen), int(steps), int(averaged_from)


def average_into(average: nn.Module, now: nn.Module, decay: float) -> None:
    """Weights and running statistics (of batch normalisation) alike; counters are copied."""
    ema_update(average.parameters(), now.parameters(), decay)
    for mean, value in zip(average.buffers(), now.buffers(), strict=True):
        if mean.is_floating_point():
            mean.lerp_(value, 1 - decay)
        else:
            mean.copy_(value)


def optimise(optimiser: torch.optim.Optimizer, loss: Tensor) -> None:
    """One step down the loss."""
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step()


@dataclass
class Best:
    """The best weights so far by held-out KID, and for how many looks nothing was better."""

    patience: int
    weights: dict[str, Tensor] = field(default_factory=dict)
    kid: float = float("inf")
    since: int = 0
    due: float = 0.0

    @property
    def ended(self) -> bool:
        return bool(self.patience) and self.since >= self.patience

    def state(self) -> dict[str, Tensor]:
        marks = torch.tensor([self.kid, self.since, self.due], dtype=torch.float64)
        return {"best.marks": marks, **{f"best.weights.{name}": value for name, value in self.weights.items()}}

    def load_state(self, state: dict[str, Tensor]) -> None:
        self.kid, since, self.due = state["best.marks"].tolist()
        self.since = int(since)
        prefix = "best.weights."
        self.weights = {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}

"""The training step of pix2pixHD (Wang et al. 2018, equations 2 to 5), x what is given, y the work, D₁ … D_n judges:

    D_k: ½ E(D_k(x, y) − 1)² + ½ E D_k(x, G(x))²                       least squares (Mao et al. 2017)
    G:   Σ_k E(D_k(x, G(x)) − 1)² + λ Σ_k L_FM(G, D_k) + μ E‖y − G(x)‖₁
    L_FM(G, D_k) = E Σ_i ‖D_k^(i)(x, y) − D_k^(i)(x, G(x))‖₁ / N_i        λ = 10

First the coarse generator learns at half of the side, then the enhancer with the coarse one held still, then both.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from gan.blocks.ema import ema_decay, ema_update
from gan.blocks.precision import bf16_pays
from gan.data.pairs import Given
from gan.families.pix2pixhd.config import Config
from gan.families.pix2pixhd.networks import Generator, Judges, halved
from gan.training.bundle import Bundle

CHANNELS_LAST = torch.channels_last
COARSE, ENHANCING, TOGETHER = "coarse shapes", "enhancing", "both together"


def phase_of(config: Config, progress: float) -> str:
    """Which networks learn."""
    if progress < config.coarse_share:
        return COARSE
    return ENHANCING if progress < config.coarse_share + config.frozen_share else TOGETHER


class Nets:
    """Networks, average and optimisers of one run."""

    def __init__(self, config: Config, device: str = "cpu") -> None:
        self.device = torch.device(device)
        self.half = self.device.type == "cuda" or bf16_pays()
        self.generator = Generator(config.width, config.halvings, config.blocks, config.fine_blocks)
        self.generator.to(self.device, memory_format=CHANNELS_LAST)  # type: ignore[call-overload]
        self.judges = Judges(config.judges, config.judge_width, 3 if config.size >= 128 else 2)
        self.judges.to(self.device, memory_format=CHANNELS_LAST)  # type: ignore[call-overload]
        self.average: nn.Module = copy.deepcopy(self.generator).eval().requires_grad_(False)
        rates = {"lr": config.lr, "betas": (config.beta1, 0.999), "fused": True}
        self.coarse_optimiser = torch.optim.Adam(self.generator.coarse.parameters(), **rates)  # type: ignore[arg-type]
        self.enhancer_optimiser = torch.optim.Adam(self.generator.enhancer.parameters(), **rates)  # type: ignore[arg-type]
        self.judges_optimiser = torch.optim.Adam(self.judges.parameters(), **rates)  # type: ignore[arg-type]
        self.pictures_seen = 0
        self.bundle = Bundle(
            {"generator": self.generator, "average": self.average, "judges": self.judges},
            {
                "coarse_optimiser": self.coarse_optimiser,
                "enhancer_optimiser": self.enhancer_optimiser,
                "judges_optimiser": self.judges_optimiser,
            },
        )

    @contextlib.contextmanager
    def autocast(self) -> Iterator[None]:
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            yield

    def enter(self, config: Config, progress: float) -> str:
        """Set rates and who learns; returns the phase."""
        phase = phase_of(config, progress)
        left = min(1.0, (1 - progress) / max(config.decay_share, 1e-6))
        for optimiser in (self.coarse_optimiser, self.enhancer_optimiser, self.judges_optimiser):
            for group in optimiser.param_groups:
                group["lr"] = config.lr * (0.05 + 0.95 * max(0.0, left))
        self.generator.coarse.requires_grad_(phase != ENHANCING)
        for net in (self.generator, self.average):
            net.get_buffer("fine").fill_(phase != COARSE)
        return phase

    def state(self) -> dict[str, Tensor]:
        return {**self.bundle.state(), "pictures_seen": torch.tensor(self.pictures_seen)}

    def load_state(self, state: dict[str, Tensor]) -> None:
        self.bundle.load_state(state)
        self.pictures_seen = int(state["pictures_seen"])


def judged(given: Tensor, drawn: Tensor) -> Tensor:
    """What the judges see: given [B, 3, S, S] in [−1, 1] and premultiplied RGBA [B, 4, S, S] in [0, 1]."""
    return torch.cat([given, drawn * 2 - 1], 1).contiguous(memory_format=CHANNELS_LAST)


def train_step(
    nets: Nets, config: Config, pictures: Tensor, given: Given, progress: float, random: torch.Generator
) -> dict[str, Tensor]:
    """One step on `config.batch` works, premultiplied [N, 4, S, S]. Returns losses, on the device."""
    phase = nets.enter(config, progress)
    works = torch.randint(0, len(pictures), (config.batch,), generator=random).to(nets.device)
    real = pictures[works].float()
    x = given.drawn(works, real, random).contiguous(memory_format=CHANNELS_LAST)
    with nets.autocast():
        if phase == COARSE:
            x, real = halved(x), halved(real)
            fake = nets.generator.coarse(x)
        else:
            fake = nets.generator.enhanced(x)
    off = 2 * (fake - real).abs().mean()
    loss = config.pixel_weight * off
    losses = {"pixels": off.detach()}
    if config.adversary:
        told, adversary, matching = _judgement(nets, x, real, fake)
        loss = loss + config.adversary * (adversary + config.feature_weight * matching)
        losses |= {"discriminator": told, "adversary": adversary.detach(), "features": matching.detach()}
    nets.coarse_optimiser.zero_grad(set_to_none=True)
    nets.enhancer_optimiser.zero_grad(set_to_none=True)
    loss.backward()
    if phase != ENHANCING:
        nets.coarse_optimiser.step()
    if phase != COARSE:
        nets.enhancer_optimiser.step()
    nets.pictures_seen += config.batch
    decay = ema_decay(config.batch, nets.pictures_seen, config.ema_half_life)
    ema_update(nets.average.parameters(), nets.generator.parameters(), decay)
    return losses


def _judgement(nets: Nets, x: Tensor, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """One step of the judges; then their loss, the generator's by them, and feature matching."""
    with nets.autocast():
        seen_real, seen_fake = nets.judges.look(judged(x, real)), nets.judges.look(judged(x, fake.detach()))
    told = torch.stack(
        [
            ((r[-1].float() - 1).square().mean() + f[-1].float().square().mean()) / 2
            for r, f in zip(seen_real, seen_fake, strict=True)
        ]
    ).mean()
    nets.judges_optimiser.zero_grad(set_to_none=True)
    told.backward()
    nets.judges_optimiser.step()
    nets.judges.requires_grad_(False)
    with nets.autocast():
        seen_fake = nets.judges.look(judged(x, fake))
    nets.judges.requires_grad_(True)
    adversary = torch.stack([(f[-1].float() - 1).square().mean() for f in seen_fake]).mean()
    distances = [
        (a.float() - b.detach().float()).abs().mean()
        for fakes, reals in zip(seen_fake, seen_real, strict=True)
        for a, b in zip(fakes[:-1], reals[:-1], strict=True)
    ]
    return told.detach(), adversary, torch.stack(distances).mean()

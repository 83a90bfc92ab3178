"""The training step of pix2pix (Isola et al. 2017, equations 1 to 4), with x what is given and y the work:

    D: ½ E[softplus(−D(x, y))] + ½ E[softplus(D(x, G(x)))]
    G: E[softplus(−D(x, G(x)))] + λ E‖y − G(x)‖₁                λ = 100

which are the paper's −log D and −log (1 − D) on logits, the generator's in its non-saturating form (section 3.3). The
distance is taken of premultiplied RGBA in [−1, 1]. No noise goes in: the paper found that its generator learned to
ignore it (section 3.1).
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gan.blocks.ema import ema_decay, ema_update
from gan.blocks.patches import PatchDiscriminator
from gan.blocks.precision import bf16_pays
from gan.data.pairs import Given
from gan.families.pix2pix.config import Config
from gan.families.pix2pix.networks import UNet
from gan.training.bundle import Bundle, load_module

CHANNELS_LAST = torch.channels_last


class Nets:
    """Networks, average and optimisers of one run."""

    def __init__(self, config: Config, device: str = "cpu") -> None:
        self.device = torch.device(device)
        self.half = self.device.type == "cuda" or bf16_pays()
        self.generator = _placed(UNet(config.size, config.width, config.widest), self.device)
        layers = 3 if config.size >= 128 else 2
        self.discriminator = _placed(PatchDiscriminator(3 + 4, config.judge_width, layers), self.device)
        self.average = copy.deepcopy(self.generator).eval().requires_grad_(False)
        rates = {"lr": config.lr, "betas": (config.beta1, 0.999), "fused": True}
        self.generator_optimiser = torch.optim.Adam(self.generator.parameters(), **rates)  # type: ignore[arg-type]
        self.discriminator_optimiser = torch.optim.Adam(self.discriminator.parameters(), **rates)  # type: ignore[arg-type]
        self.pictures_seen = 0
        self.bundle = Bundle(
            {"generator": self.generator, "average": self.average, "discriminator": self.discriminator},
            {
                "generator_optimiser": self.generator_optimiser,
                "discriminator_optimiser": self.discriminator_optimiser,
            },
        )

    @contextlib.contextmanager
    def autocast(self) -> Iterator[None]:
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            yield

    def start_from(self, base: Mapping[str, Tensor]) -> None:
        """Go on from a base's generator; the discriminator begins anew, since the works are other ones."""
        for net in (self.generator, self.average):
            load_module(net, base, "generator.")

    def set_rates(self, config: Config, progress: float) -> None:
        left = min(1.0, (1 - progress) / max(config.decay_share, 1e-6))
        for optimiser in (self.generator_optimiser, self.discriminator_optimiser):
            for group in optimiser.param_groups:
                group["lr"] = config.lr * (0.05 + 0.95 * max(0.0, left))

    def state(self) -> dict[str, Tensor]:
        return {**self.bundle.state(), "pictures_seen": torch.tensor(self.pictures_seen)}

    def load_state(self, state: dict[str, Tensor]) -> None:
        self.bundle.load_state(state)
        self.pictures_seen = int(state["pictures_seen"])


def _placed(module: nn.Module, device: torch.device) -> nn.Module:
    placed: nn.Module = module.to(device, memory_format=CHANNELS_LAST)  # type: ignore[call-overload]
    return placed


def judged(given: Tensor, drawn: Tensor) -> Tensor:
    """What the discriminator sees: given [B, 3, S, S] in [−1, 1] and premultiplied RGBA [B, 4, S, S] in [0, 1]."""
    return torch.cat([given, drawn * 2 - 1], 1).contiguous(memory_format=CHANNELS_LAST)


def train_step(
    nets: Nets, config: Config, pictures: Tensor, given: Given, progress: float, random: torch.Generator
) -> dict[str, Tensor]:
    """One step on `config.batch` works, premultiplied [N, 4, S, S]. Returns losses, on the device."""
    nets.set_rates(config, progress)
    works = torch.randint(0, len(pictures), (config.batch,), generator=random).to(nets.device)
    real = pictures[works].float()
    x = given.drawn(works, real, random).contiguous(memory_format=CHANNELS_LAST)
    with nets.autocast():
        fake = nets.generator(x)
    losses: dict[str, Tensor] = {}
    off = 2 * (fake - real).abs().mean()
    loss = config.pixel_weight * off
    if config.adversary:
        losses["discriminator"] = _discriminator_step(nets, x, real, fake.detach())
        nets.discriminator.requires_grad_(False)
        with nets.autocast():
            fooling = F.softplus(-nets.discriminator(judged(x, fake)).float()).mean()
        nets.discriminator.requires_grad_(True)
        loss = loss + config.adversary * fooling
        losses["adversary"] = fooling.detach()
    nets.generator_optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nets.generator_optimiser.step()
    nets.pictures_seen += config.batch
    decay = ema_decay(config.batch, nets.pictures_seen, config.ema_half_life)
    ema_update(nets.average.parameters(), nets.generator.parameters(), decay)
    return {"pixels": off.detach(), **losses}


def _discriminator_step(nets: Nets, x: Tensor, real: Tensor, fake: Tensor) -> Tensor:
    with nets.autocast():
        real_logits, fake_logits = nets.discriminator(torch.cat([judged(x, real), judged(x, fake)])).float().chunk(2)
    loss: Tensor = (F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()) / 2
    nets.discriminator_optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nets.discriminator_optimiser.step()
    return loss.detach()

"""The training step of the progressive GAN (Karras et al. 2018), with either

    logistic: D: E[softplus(−D(x))] + E[softplus(D(G(z)))] + γ/2 E‖∇D(x)‖²    G: E[softplus(−D(G(z)))]
    wgan-gp:  D: E[D(G(z))] − E[D(x)] + 10 E(‖∇D(x̂)‖ − 1)² + 0.001 E[D(x)²]   G: −E[D(G(z))]

x̂ lying between works and drawn pictures (Gulrajani et al. 2017, equation 3). While a new side fades in, works are
blended with their own halves as the networks' maps are (section 3, figure 2).
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from gan.blocks.adversary import discriminator_loss, freshly_random, generator_loss
from gan.families.progressive.config import Config, Loss
from gan.families.progressive.growth import Stage
from gan.families.progressive.networks import Discriminator, Generator, doubled, halved
from gan.training.duel import Duel, Rates, optimise

PENALTY, DRIFT = 10.0, 0.001
BETAS = (0.0, 0.99)


def build(config: Config, random: torch.Generator, device: str) -> Duel:
    return Duel(
        config, Generator(config), Discriminator(config), Rates(config.lr, config.lr, BETAS), random, device
    )  # fmt: skip


def at_stage(works: Tensor, stage: Stage) -> Tensor:
    """Works [B, C, size, size] as this stage sees them [B, C, S, S]."""
    while works.shape[-1] > stage.side:
        works = halved(works)
    if stage.alpha < 1 and stage.level:
        works = torch.lerp(doubled(halved(works)), works, stage.alpha)
    return works


def train_step(duel: Duel, config: Config, works: Tensor, stage: Stage) -> dict[str, Tensor]:
    """One step on works [B, C, size, size] in [−1, 1]. Returns losses, on the device."""
    freshly_random(duel.random)
    judge = partial(duel.discriminator, stage=stage)
    real = at_stage(works, stage)
    fake = duel.generator(duel.noise(len(real), config.code), stage)

    seen, made = duel.augment(real), duel.augment(fake.detach())
    real_logits, fake_logits = judge(seen), judge(made)
    if config.loss is Loss.wgan_gp:
        loss = fake_logits.mean() - real_logits.mean()
        held = PENALTY * _slope(duel, judge, seen, made) + DRIFT * real_logits.square().mean()
    else:
        loss, held = discriminator_loss(real_logits, fake_logits), duel.r1(real, judge)
    optimise(duel.discriminator_optimiser, loss + held)
    duel.augment.adapt(real_logits)

    duel.discriminator.requires_grad_(False)
    logits = judge(duel.augment(fake))
    fooling = -logits.mean() if config.loss is Loss.wgan_gp else generator_loss(logits)
    optimise(duel.generator_optimiser, fooling)
    duel.discriminator.requires_grad_(True)

    duel.seen(len(real))
    if config.loss is Loss.wgan_gp:  # scores have no natural size, so a member is told of none
        return {"distance": -loss.detach()}
    return {"judge": loss.detach(), "artist": fooling.detach()}


def _slope(duel: Duel, judge: partial[Tensor], real: Tensor, fake: Tensor) -> Tensor:
    """E(‖∇D‖ − 1)² at random places between."""
    between = torch.rand(len(real), 1, 1, 1, generator=duel.random).to(duel.device)
    place = torch.lerp(real, fake, between).requires_grad_(True)
    (grad,) = torch.autograd.grad(judge(place).sum(), place, create_graph=True)
    steepness: Tensor = grad.flatten(1).norm(dim=1)
    return (steepness - 1).square().mean()

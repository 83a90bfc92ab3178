"""The training step of the classroom GAN (Goodfellow et al. 2014, algorithm 1 with one step of each):

    D: E[softplus(−D(x))] + E[softplus(D(G(z)))]        G: E[softplus(−D(G(z)))]

which are the paper's −log D(x) − log(1 − D(G(z))) and −log D(G(z)) on logits.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gan.blocks.adversary import discriminator_loss, freshly_random, generator_loss
from gan.families.dense.config import Config
from gan.families.dense.networks import Discriminator, Generator
from gan.training.duel import Duel, Rates, optimise


def build(config: Config, random: torch.Generator, device: str) -> Duel:
    generator = Generator(config.code, config.width, config.channels, config.size)
    discriminator = Discriminator(config.channels, config.size, config.judge_width, config.dropout)
    return Duel(config, generator, discriminator, Rates(config.lr, config.lr, (config.beta1, 0.999)), random, device)


def train_step(duel: Duel, config: Config, real: Tensor) -> dict[str, Tensor]:
    """One step on works [B, C, S, S] in [−1, 1]. Returns losses and mean logits, on the device."""
    freshly_random(duel.random)
    fake = duel.generator(duel.noise(len(real), config.code))

    real_logits = duel.discriminator(duel.augment(real))
    fake_logits = duel.discriminator(duel.augment(fake.detach()))
    loss = discriminator_loss(real_logits, fake_logits)
    optimise(duel.discriminator_optimiser, loss + duel.r1(real))
    duel.augment.adapt(real_logits)

    duel.discriminator.requires_grad_(False)
    fooling = generator_loss(duel.discriminator(duel.augment(fake)))
    optimise(duel.generator_optimiser, fooling)
    duel.discriminator.requires_grad_(True)

    duel.seen(len(real))
    return {"judge": loss.detach(), "artist": fooling.detach()}

"""The training step of DCGAN: the losses of Goodfellow et al. 2014 on logits,

    D: E[softplus(−D(x))] + E[softplus(D(G(z)))]        G: E[softplus(−D(G(z)))]

Works and drawn pictures pass the discriminator in batches of their own, since batch normalisation would else tell it
which share of a batch is which. What it sees is changed at random (DiffAugment), real and drawn alike.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gan.blocks.adversary import discriminator_loss, freshly_random, generator_loss
from gan.families.dcgan.config import Config
from gan.families.dcgan.networks import Discriminator, Generator
from gan.training.duel import Duel, Rates, optimise


def build(config: Config, random: torch.Generator, device: str) -> Duel:
    rates = Rates(config.lr, config.lr, (config.beta1, 0.999))
    return Duel(config, Generator(config), Discriminator(config), rates, random, device)


def train_step(duel: Duel, config: Config, real: Tensor) -> dict[str, Tensor]:
    """One step on works [B, C, S, S] in [−1, 1]. Returns losses, on the device."""
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

"""A loaded dcgan model."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from gan.families.dcgan.config import Config
from gan.families.dcgan.networks import Generator
from gan.sampling.latent import Drawing, LatentSampler, nbytes_of
from gan.training.modelfile import read_network


def drawing(generator: nn.Module, config: Config) -> Drawing:
    return Drawing(generator, config.code, nbytes_of(generator))


def load(path: Path, device: str) -> LatentSampler:
    """Raises `WorkerError(bad_model)`."""
    file, generator = read_network(path, "dcgan", Config, Generator, device)
    return LatentSampler(file.card, drawing(generator, file.config), device)

"""A loaded dense model."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from gan.families.dense.config import Config
from gan.families.dense.networks import Generator
from gan.sampling.latent import Drawing, LatentSampler, nbytes_of
from gan.training.modelfile import read_network


def drawing(generator: nn.Module, config: Config) -> Drawing:
    return Drawing(generator, config.code, nbytes_of(generator))


def load(path: Path, device: str) -> LatentSampler:
    """Raises `WorkerError(bad_model)`."""
    file, generator = read_network(
        path, "dense", Config, lambda c: Generator(c.code, c.width, c.channels, c.size), device
    )
    return LatentSampler(file.card, drawing(generator, file.config), device)

"""A loaded VAE."""

from __future__ import annotations

from pathlib import Path

from gan.families.vae.config import Config
from gan.families.vae.networks import VAENets
from gan.sampling.labels import Labels
from gan.sampling.latent import PROMPTED, RECIPES, Drawing, LatentSampler, nbytes_of
from gan.training.modelfile import ModelFile, read_network


def drawing(network: VAENets, config: Config) -> Drawing:
    return Drawing(network.draw, config.code, nbytes_of(network), Labels(config.labels))


def recipes(config: Config) -> tuple[str, ...]:
    """Prompts only where there are labels to name."""
    return (*(PROMPTED if config.labels else RECIPES), "point")


def read(path: Path, device: str) -> tuple[ModelFile[Config], VAENets]:
    """Raises `WorkerError(bad_model)`."""
    file, network = read_network(path, "vae", Config, VAENets, device)
    assert isinstance(network, VAENets)
    return file, network


def load(path: Path, device: str) -> LatentSampler:
    """Raises `WorkerError(bad_model)`."""
    file, network = read(path, device)
    return LatentSampler(file.card, drawing(network, file.config), device, recipes(file.config))

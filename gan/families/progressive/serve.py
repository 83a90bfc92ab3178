"""A loaded progressive model: it draws at the side that it had grown to, enlarged by whole pixels to its own."""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from gan.contract import ErrorCode
from gan.errors import WorkerError
from gan.families.progressive.config import Config, levels_of
from gan.families.progressive.growth import Stage
from gan.families.progressive.networks import Generator
from gan.sampling.latent import Drawing, LatentSampler, nbytes_of
from gan.training.modelfile import read_network


def drawing(generator: Generator, config: Config, stage: Stage) -> Drawing:
    def draw(z: Tensor) -> Tensor:
        return F.interpolate(generator(z, stage), size=(config.size, config.size), mode="nearest")

    return Drawing(draw, config.code, nbytes_of(generator))


def stage_tensor(stage: Stage) -> Tensor:
    """As it travels in the model file."""
    return torch.tensor([float(stage.level), stage.alpha])


def load(path: Path, device: str) -> LatentSampler:
    """Raises `WorkerError(bad_model)`."""
    file, generator = read_network(path, "progressive", Config, Generator, device)
    assert isinstance(generator, Generator)
    told = file.tensors.get("stage")
    if told is None or told.shape != (2,) or not 0 <= int(told[0]) < levels_of(file.config):
        raise WorkerError(ErrorCode.bad_model, f"{path.name} does not say how far it had grown.")
    stage = Stage(int(told[0]), float(told[1]))
    return LatentSampler(file.card, drawing(generator, file.config, stage), device)

"""A run of the diffusion family, from the run folder to the model file."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan.contract import Figures, Seed
from gan.families.diffusion.config import Config
from gan.families.diffusion.serve import drawing
from gan.families.diffusion.step import Nets, train_step
from gan.rundir import RunConfig, RunDir
from gan.sampling.latent import Drawing, LatentSampler
from gan.training.loop import run_training
from gan.training.samplers import SamplerRun, Works, begin

SHOWN, SHOWN_STEPS = 9, 10
"""Of a sample grid: drawing is slow here, and a grid is due every few seconds."""


class DiffusionLearner(SamplerRun):
    """`gan.training.loop.Learner` of the diffusion family."""

    def __init__(
        self, run: RunDir, run_config: RunConfig, config: Config, works: Works, random: torch.Generator
    ) -> None:
        self._config, self._random = config, random
        self._own = Nets(config, random, run_config.device)
        super().__init__(run, run_config, config, works, self._own)

    def phase(self, progress: float) -> str:
        return "denoising"

    def step(self, progress: float) -> dict[str, Tensor]:
        pictures, labels = self.labelled_batch(self._random)
        losses = train_step(self._own, self._config, pictures, labels, progress)
        self.watch(progress)
        return losses

    def drawing(self) -> Drawing:
        return drawing(self._own.average, self._config)

    def sample(self) -> NDArray[np.uint8]:
        quick = drawing(self._own.average, self._config, SHOWN_STEPS)
        model = LatentSampler(self._card(Figures()), quick, self._run_config.device)
        return np.stack([picture.pixels for picture in model.render([Seed(seed=seed) for seed in range(SHOWN)])])

    def notes(self) -> str:
        return f"Prompts may name: {', '.join(self._config.labels)}." if self._config.labels else ""


def train(run: RunDir) -> None:
    """Run or resume the training of a run folder."""
    run_config, config, works, random = begin(run, Config)
    run_training(run, DiffusionLearner(run, run_config, config, works, random), random, config.pictures)

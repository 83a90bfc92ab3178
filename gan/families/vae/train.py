"""A run of the VAE, from the run folder to the model file."""

from __future__ import annotations

import torch
from torch import Tensor

from gan.families.vae.config import Config
from gan.families.vae.serve import drawing
from gan.families.vae.step import Nets, train_step
from gan.rundir import RunConfig, RunDir
from gan.sampling.latent import Drawing
from gan.training.loop import run_training
from gan.training.samplers import SamplerRun, Works, begin


class VAELearner(SamplerRun):
    """`gan.training.loop.Learner` of the VAE."""

    def __init__(
        self, run: RunDir, run_config: RunConfig, config: Config, works: Works, random: torch.Generator
    ) -> None:
        self._config, self._random = config, random
        self._own = Nets(config, random, run_config.device)
        super().__init__(run, run_config, config, works, self._own)

    def phase(self, progress: float) -> str:
        return "compressing"

    def step(self, progress: float) -> dict[str, Tensor]:
        pictures, labels = self.labelled_batch(self._random)
        losses = train_step(self._own, self._config, pictures, labels, progress)
        self.watch(progress)
        return losses

    def drawing(self) -> Drawing:
        return drawing(self._own.average, self._config)

    def notes(self) -> str:
        return f"Prompts may name: {', '.join(self._config.labels)}." if self._config.labels else ""


def train(run: RunDir) -> None:
    """Run or resume the training of a run folder."""
    run_config, config, works, random = begin(run, Config)
    run_training(run, VAELearner(run, run_config, config, works, random), random, config.pictures)

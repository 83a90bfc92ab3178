"""A run of the dcgan family, from the run folder to the model file."""

from __future__ import annotations

import torch
from torch import Tensor

from gan.families.dcgan.config import Config
from gan.families.dcgan.serve import drawing
from gan.families.dcgan.step import build, train_step
from gan.rundir import RunConfig, RunDir
from gan.sampling.latent import Drawing
from gan.training.loop import run_training
from gan.training.samplers import SamplerRun, Works, begin


class DCGANLearner(SamplerRun):
    """`gan.training.loop.Learner` of the dcgan family."""

    def __init__(
        self, run: RunDir, run_config: RunConfig, config: Config, works: Works, random: torch.Generator
    ) -> None:
        self._config, self._random = config, random
        self._duel = build(config, random, run_config.device)
        super().__init__(run, run_config, config, works, self._duel)

    def phase(self, progress: float) -> str:
        return "duelling"

    def step(self, progress: float) -> dict[str, Tensor]:
        losses = train_step(self._duel, self._config, self.drawn_batch(self._random))
        self.watch(progress)
        return losses

    def drawing(self) -> Drawing:
        return drawing(self._duel.average, self._config)


def train(run: RunDir) -> None:
    """Run or resume the training of a run folder."""
    run_config, config, works, random = begin(run, Config)
    run_training(run, DCGANLearner(run, run_config, config, works, random), random, config.pictures)

"""A run of pix2pixHD, from the run folder to the model file."""

from __future__ import annotations

import torch
from torch import Tensor

from gan.families.pix2pixhd.config import Config
from gan.families.pix2pixhd.step import Nets, phase_of, train_step
from gan.rundir import RunConfig, RunDir
from gan.training.loop import run_training
from gan.training.paired import PairedRun
from gan.training.running import choose_threads

ON_A_CPU = {"size": 128, "width": 16, "blocks": 4, "judge_width": 24}
"""What a run without a GPU takes unless it is told otherwise: the same family, small enough to learn in minutes."""


class Pix2PixHDLearner(PairedRun):
    """`gan.training.loop.Learner` of pix2pixHD."""

    def __init__(self, run: RunDir, run_config: RunConfig, config: Config, random: torch.Generator) -> None:
        torch.manual_seed(run_config.request.seed)
        self._step_config, self._random, self._own = config, random, Nets(config, run_config.device)
        super().__init__(run, run_config, config, self._own)

    def phase(self, progress: float) -> str:
        return phase_of(self._step_config, progress)

    def step(self, progress: float) -> dict[str, Tensor]:
        return train_step(self._own, self._step_config, self.pictures, self.given, progress, self._random)


def config_of(run_config: RunConfig) -> Config:
    """The run's options over what suits its device."""
    usual = {} if run_config.device.startswith("cuda") else ON_A_CPU
    return Config.model_validate({**usual, **run_config.request.options})


def train(run: RunDir) -> None:
    """Run or resume the training of a run folder."""
    run_config = run.config()
    config = config_of(run_config)
    torch.set_num_threads(run_config.threads or config.threads or choose_threads())
    random = torch.Generator().manual_seed(run_config.request.seed)
    run_training(run, Pix2PixHDLearner(run, run_config, config, random), random, config.pictures)

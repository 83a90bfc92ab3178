"""A run of pix2pix, from the run folder to the model file."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from gan.families.pix2pix.config import ARCHITECTURE, Config
from gan.families.pix2pix.step import Nets, train_step
from gan.rundir import RunConfig, RunDir
from gan.training.loop import run_training
from gan.training.modelfile import read_model
from gan.training.paired import PairedRun
from gan.training.running import choose_threads


class Pix2PixLearner(PairedRun):
    """`gan.training.loop.Learner` of pix2pix."""

    def __init__(self, run: RunDir, run_config: RunConfig, config: Config, random: torch.Generator) -> None:
        torch.manual_seed(run_config.request.seed)
        self._step_config, self._random, self._own = config, random, Nets(config, run_config.device)
        if run_config.base_path:
            self._own.start_from(read_model(Path(run_config.base_path), "pix2pix", Config).tensors)
        super().__init__(run, run_config, config, self._own)

    def phase(self, progress: float) -> str:
        return "drawing"

    def step(self, progress: float) -> dict[str, Tensor]:
        return train_step(self._own, self._step_config, self.pictures, self.given, progress, self._random)


def config_of(run_config: RunConfig) -> Config:
    """The request's options, over the base's architecture where it starts from one. Raises `WorkerError(bad_model)`."""
    options = dict(run_config.request.options)
    if not run_config.base_path:
        return Config.model_validate(options)
    base = read_model(Path(run_config.base_path), "pix2pix", Config).config
    return Config.model_validate({**options, **base.model_dump(include=set(ARCHITECTURE))})


def train(run: RunDir) -> None:
    """Run or resume the training of a run folder."""
    run_config = run.config()
    config = config_of(run_config)
    torch.set_num_threads(run_config.threads or config.threads or choose_threads())
    random = torch.Generator().manual_seed(run_config.request.seed)
    run_training(run, Pix2PixLearner(run, run_config, config, random), random, config.pictures)

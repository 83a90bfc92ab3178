"""A run of the progressive family, from the run folder to the model file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import torch
from torch import Tensor

from gan.families.progressive.config import FIRST, Config, levels_of
from gan.families.progressive.growth import Stage, stage_at
from gan.families.progressive.networks import Discriminator, Generator, take_over
from gan.families.progressive.serve import drawing, stage_tensor
from gan.families.progressive.step import build, train_step
from gan.rundir import RunConfig, RunDir
from gan.sampling.latent import Drawing
from gan.training.loop import run_training
from gan.training.samplers import SamplerRun, Works, begin


class ProgressiveLearner(SamplerRun):
    """`gan.training.loop.Learner` of the progressive family."""

    def __init__(
        self, run: RunDir, run_config: RunConfig, config: Config, works: Works, random: torch.Generator
    ) -> None:
        self._config, self._random = config, random
        self._duel = build(config, random, run_config.device)
        self._stage = Stage(0, 1.0) if config.grow else self._at(0.0)
        super().__init__(run, run_config, config, works, self._duel)

    def _at(self, progress: float) -> Stage:
        return stage_at(progress, levels_of(self._config), grow=self._config.grow)

    def phase(self, progress: float) -> str:
        stage = self._at(progress)
        return f"growing-{stage.side}" if stage.alpha < 1 else f"drawing-{stage.side}"

    def step(self, progress: float) -> dict[str, Tensor]:
        stage = self._at(progress)
        if stage.level != self._stage.level:
            self._grow(stage.level)
        self._stage = stage
        losses = train_step(self._duel, self._config, self.drawn_batch(self._random), self._stage)
        if self._stage.side == self._config.size:
            self.watch(progress)
        return losses

    def _grow(self, level: int) -> None:
        for net in (self._duel.generator, self._duel.discriminator):
            assert isinstance(net, Generator | Discriminator)
            take_over(net.pictures, level)
        self._duel.average_anew()

    def drawing(self) -> Drawing:
        return drawing(cast("Generator", self._duel.average), self._config, self._stage)

    def state(self) -> dict[str, Tensor]:
        return {**super().state(), "stage": stage_tensor(self._stage)}

    def load_state(self, state: dict[str, Tensor]) -> None:
        super().load_state(state)
        level, alpha = state["stage"].tolist()
        self._stage = Stage(int(level), alpha)

    def extras(self) -> Mapping[str, Tensor]:
        return {"stage": stage_tensor(self._stage)}

    def notes(self) -> str:
        side = self._stage.side
        return "" if side == self._config.size else f"Stopped when it had grown from {FIRST} to {side} pixels."


def train(run: RunDir) -> None:
    """Run or resume the training of a run folder."""
    run_config, config, works, random = begin(run, Config)
    run_training(run, ProgressiveLearner(run, run_config, config, works, random), random, config.pictures)

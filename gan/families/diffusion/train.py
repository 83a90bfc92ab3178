"""A run of the diffusion family, from the run folder to the model file."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan.contract import Figures, Seed, Work
from gan.data.pairs import held_out
from gan.families.diffusion.config import Config
from gan.families.diffusion.serve import drawing
from gan.families.diffusion.step import Nets, train_step
from gan.rundir import RunConfig, RunDir
from gan.sampling.latent import Drawing, LatentSampler
from gan.text import meaning
from gan.text.meaning import known_of, meanings_of
from gan.training.loop import run_training
from gan.training.samplers import SamplerRun, Works, begin

MOST_HEARD = 512
"""Works of which a model keeps what it was told: 0.4 MB."""
SHOWN, SHOWN_STEPS = 9, 10
"""Of a sample grid: drawing is slow here, and a grid is due every few seconds."""


class DiffusionLearner(SamplerRun):
    """`gan.training.loop.Learner` of the diffusion family."""

    def __init__(
        self, run: RunDir, run_config: RunConfig, config: Config, works: Works, random: torch.Generator
    ) -> None:
        self._config, self._random = config, random
        self._meanings = meanings_of(learned_of(run_config, config)).half() if config.known else torch.empty(0)
        self._heard = some_of(self._meanings.flatten(0, 1) if config.known else works.labels)
        self._own = Nets(config, random, run_config.device)
        super().__init__(run, run_config, config, works, self._own)

    def phase(self, progress: float) -> str:
        return "denoising"

    def step(self, progress: float) -> dict[str, Tensor]:
        pictures, told = self.told_batch() if self._config.known else self.labelled_batch(self._random)
        losses = train_step(self._own, self._config, pictures, told, progress)
        self.watch(progress)
        return losses

    def told_batch(self) -> tuple[Tensor, Tensor]:
        """Works drawn at random and the meaning of one of their texts each [batch, L], zeros for some."""
        which = torch.randint(len(self._meanings), (self.batch,), generator=self._random)
        text = torch.randint(self._meanings.shape[1], (self.batch,), generator=self._random)
        remembered = torch.rand(self.batch, 1, generator=self._random) >= self._config.forget
        told = self._meanings[which, text].float() * remembered
        return self.of(which), told.to(self._own.device)

    def drawing(self) -> Drawing:
        return drawing(self._own.average, self._config, self._heard)

    def extras(self) -> Mapping[str, Tensor]:
        return {"heard": self._heard} if self._heard.shape[1] else {}

    def sample(self) -> NDArray[np.uint8]:
        quick = drawing(self._own.average, self._config, self._heard, SHOWN_STEPS)
        model = LatentSampler(self._card(Figures()), quick, self._run_config.device)
        return np.stack([picture.pixels for picture in model.render([Seed(seed=seed) for seed in range(SHOWN)])])

    def notes(self) -> str:
        if self._config.known:
            return f"Prompts are understood by meaning; its works are called by {len(self._config.known)} words."
        return f"Prompts may name: {', '.join(self._config.labels)}." if self._config.labels else ""


def worded(run_config: RunConfig, config: Config) -> Config:
    """By what words mean, where there are words and the text encoder is installed; else by shared tags."""
    known = config.known or (known_of(run_config.request.works) if config.words and meaning.available() else ())
    return config.model_copy(update={"known": known, "labels": ()}) if known else config


def some_of(told: Tensor) -> Tensor:
    """A few of them [M, L], evenly spread, so that what is common stays so."""
    return told[torch.linspace(0, len(told) - 1, min(len(told), MOST_HEARD)).round().long()]


def learned_of(run_config: RunConfig, config: Config) -> list[Work]:
    """The works that it learns from, in their order."""
    works = run_config.request.works
    return [works[n] for n in held_out(len(works), config.held_out)[0].tolist()]


def train(run: RunDir) -> None:
    """Run or resume the training of a run folder."""
    run_config, config, works, random = begin(run, Config)
    config = worded(run_config, config)
    run_training(run, DiffusionLearner(run, run_config, config, works, random), random, config.pictures)

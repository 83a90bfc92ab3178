"""A run of the restorer, from the run folder to the model file."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan.contract import ErrorCode, Figures, Upscaler
from gan.data.pictures import SUFFIXES
from gan.data.pixels import crops, load_pixels
from gan.errors import WorkerError
from gan.families.restorer.config import Config
from gan.families.restorer.damage import damage
from gan.families.restorer.step import Nets, train_step
from gan.rundir import RunConfig, RunDir
from gan.training.loop import run_training
from gan.training.modelfile import read_model, write_model
from gan.training.running import card_of, choose_threads

SHOWN, TRIED = 12, 256
"""Crops in a sample grid, each as damaged, mended and meant; and those that figures are of."""
LEAST_KEPT_OF = 24
DRAWN_SEED = 7
FLAWLESS = 1e-5
"""Mean square error that no eye sees, 50 dB; without a floor a picture that nothing happened to would outweigh all."""


class RestorerLearner:
    """`gan.training.loop.Learner` of the restorer."""

    def __init__(self, run: RunDir, run_config: RunConfig, config: Config, random: torch.Generator) -> None:
        self._run, self._run_config, self._config, self._random = run, run_config, config, random
        self.batch = config.batch
        paths = sorted(path for path in run.pictures.iterdir() if path.suffix.lower() in SUFFIXES)
        if not paths:
            raise WorkerError(ErrorCode.too_few_pictures, "There is no picture to learn from.")
        kept = min(config.held_out, len(paths) // 8) if len(paths) >= LEAST_KEPT_OF else 0
        self._pictures = load_pixels(paths[kept:], config.size)
        torch.manual_seed(run_config.request.seed)
        self._nets = Nets(config, run_config.device)
        if run_config.base_path:
            self._nets.start_from(read_model(Path(run_config.base_path), "restorer", Config).tensors)
        # always the same crops and damages: of works kept out, where there are enough
        fixed = torch.Generator().manual_seed(DRAWN_SEED)
        tried = load_pixels(paths[:kept], config.size) if kept else self._pictures
        self._clean = crops(tried, TRIED, config.crop, fixed)
        self._damaged, self._known = damage(self._clean, config, fixed)
        self._kept = kept

    def phase(self, progress: float) -> str:
        return "mending"

    def step(self, progress: float) -> dict[str, Tensor]:
        clean = crops(self._pictures, self.batch, self._config.crop, self._random)
        damaged, known = damage(clean, self._config, self._random)
        return train_step(self._nets, self._config, clean, damaged, known, progress)

    def remark(self) -> str | None:
        return None

    def sample(self) -> NDArray[np.uint8]:
        """Rows of damaged, mended, meant."""
        some = slice(0, SHOWN)
        mended = self._mended(self._damaged[some], self._known[some])[-1]
        holes = (self._damaged * self._known)[some]
        rows = torch.stack([holes, mended, self._clean[some]], 1).flatten(0, 1)
        rgb = rows.clamp(0, 1).mul(255).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
        return np.concatenate([rgb, np.full_like(rgb[..., :1], 255)], -1)

    @torch.inference_mode()
    def _mended(self, damaged: Tensor, known: Tensor) -> list[Tensor]:
        stages = self._nets.average(damaged.to(self._nets.device), known.to(self._nets.device))
        return [estimate.float().cpu() for estimate in stages]

    def state(self) -> dict[str, Tensor]:
        return self._nets.state()

    def load_state(self, state: dict[str, Tensor]) -> None:
        self._nets.load_state(state)

    def judge(self) -> Figures:
        whose = "works kept out" if self._kept else "its works"
        return Figures(judge=f"{self.gains()} on {TRIED} crops of {whose}", works_judged=self._kept)

    def gains(self) -> str:
        """Decibels gained over the damaged picture, for each stage."""
        parts = [self._mended(d, k) for d, k in zip(self._damaged.split(32), self._known.split(32), strict=True)]
        before = psnr(self._damaged * self._known, self._clean)
        gained = [psnr(torch.cat([part[n] for part in parts]), self._clean) - before for n in range(len(parts[0]))]
        return ", ".join(f"{gain:+.2f} dB" for gain in gained)

    def export(self, figures: Figures) -> None:
        notes = f"Stages of the cascade, mean over damages, against the damaged picture: {figures.judge}."
        card = card_of(self._run_config, self._config.size, False, figures.model_copy(update={"judge": ""}), notes)
        card = card.model_copy(update={"upscaler": Upscaler.lanczos})
        tensors = {f"cascade.{name}": value for name, value in self._nets.average.state_dict().items()}
        write_model(self._run.model, self._config, card, tensors)


def psnr(x: Tensor, wanted: Tensor) -> float:
    """Mean over pictures of the peak signal-to-noise ratio in decibels, of a range from 0 to 1."""
    error = (x.clamp(0, 1) - wanted).square().mean((1, 2, 3)).clamp_min(FLAWLESS)
    return float((-10 / math.log(10) * error.log()).mean())


def train(run: RunDir) -> None:
    """Run or resume the training of a run folder."""
    run_config = run.config()
    options = dict(run_config.request.options)
    if run_config.base_path:
        base = read_model(Path(run_config.base_path), "restorer", Config).config
        options = {"stages": base.stages, "width": base.width, **options}
    config = Config.model_validate(options)
    torch.set_num_threads(run_config.threads or config.threads or choose_threads())
    random = torch.Generator().manual_seed(run_config.request.seed)
    run_training(run, RestorerLearner(run, run_config, config, random), random, config.pictures)

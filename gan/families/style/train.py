"""A run of the style family, from the run folder to the model file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan.contract import ErrorCode, Figures, Upscaler
from gan.data.pictures import SUFFIXES
from gan.data.pixels import crops, load_pixels
from gan.errors import WorkerError
from gan.families.style.config import Config
from gan.families.style.statistics import content_distance, look, style_distance
from gan.families.style.step import Nets, paint, train_step
from gan.rundir import RunConfig, RunDir
from gan.training.loop import run_training
from gan.training.modelfile import read_model, write_model
from gan.training.running import card_of, choose_threads

SHOWN, TRIED = 12, 48
"""Pairs in a sample grid, each as picture, artwork and painting; and those that figures are of."""
LEAST_KEPT_OF = 24
CALIBRATED = 64
DRAWN_SEED = 7


class StyleLearner:
    """`gan.training.loop.Learner` of the style family."""

    def __init__(self, run: RunDir, run_config: RunConfig, config: Config, random: torch.Generator) -> None:
        self._run, self._run_config, self._config, self._random = run, run_config, config, random
        self.batch = config.batch
        paths = sorted(path for path in run.pictures.iterdir() if path.suffix.lower() in SUFFIXES)
        works = run_config.request.works
        if len(paths) != len(works):
            raise WorkerError(ErrorCode.bad_picture, f"{len(works)} works were named, {len(paths)} are there.")
        parts = [[path for path, work in zip(paths, works, strict=True) if work.part == part] for part in "ab"]
        # of one set alone its works are both: each is seen in the style of the others
        sides = [parts[0] or parts[1], parts[1] or parts[0]]
        kept = [min(config.held_out, len(side) // 8) if len(side) >= LEAST_KEPT_OF else 0 for side in sides]
        self._pictures, self._artworks = (
            load_pixels(side[count:], config.size) for side, count in zip(sides, kept, strict=True)
        )
        torch.manual_seed(run_config.request.seed)
        self._nets = Nets(config, run_config.device)
        fixed = torch.Generator().manual_seed(DRAWN_SEED)
        if run_config.base_path:
            self._nets.start_from(read_model(Path(run_config.base_path), "style", Config).tensors)
        else:
            self._nets.calibrate(crops(self._artworks, CALIBRATED, config.crop, fixed))
        tried = [
            load_pixels(side[:count], config.size) if count else learned
            for side, count, learned in zip(sides, kept, (self._pictures, self._artworks), strict=True)
        ]
        self._tried = [crops(pixels, TRIED, config.crop, fixed) for pixels in tried]
        self._noise = torch.randn(TRIED, 1, config.crop, config.crop, generator=fixed)
        self._kept = min(kept)

    def phase(self, progress: float) -> str:
        return "painting"

    def step(self, progress: float) -> dict[str, Tensor]:
        config = self._config
        pictures = crops(self._pictures, self.batch, config.crop, self._random)
        artworks = crops(self._artworks, self.batch, config.crop, self._random)
        noise = torch.randn(self.batch, 1, config.crop, config.crop, generator=self._random)
        return train_step(self._nets, config, pictures, artworks, noise, progress)

    def remark(self) -> str | None:
        return None

    def sample(self) -> NDArray[np.uint8]:
        """Rows of picture, artwork, painting."""
        pictures, artworks = (x[:SHOWN] for x in self._tried)
        rows = torch.stack([pictures, artworks, self._painted(pictures, artworks, self._noise[:SHOWN])], 1).flatten(
            0, 1
        )
        rgb = rows.clamp(0, 1).mul(255).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
        return np.concatenate([rgb, np.full_like(rgb[..., :1], 255)], -1)

    @torch.inference_mode()
    def _painted(self, pictures: Tensor, artworks: Tensor, noise: Tensor) -> Tensor:
        pictures, artworks, noise = (x.to(self._nets.device) for x in (pictures, artworks, noise))
        seen, _ = self._nets.look(pictures)
        _, told = self._nets.look(artworks)
        with torch.autocast(self._nets.device.type, torch.bfloat16):
            return paint(self._nets.average, pictures, seen, artworks, told, noise).float().cpu().clamp(0, 1)

    def state(self) -> dict[str, Tensor]:
        return self._nets.state()

    def load_state(self, state: dict[str, Tensor]) -> None:
        self._nets.load_state(state)

    def judge(self) -> Figures:
        whose = "pictures and artworks kept out" if self._kept else "its works"
        return Figures(judge=f"{self._measured()}, over {TRIED} pairs of {whose}", works_judged=self._kept)

    @torch.inference_mode()
    def _measured(self) -> str:
        """How much nearer in style to the artwork than the picture was, and how far in content from the picture."""
        left, content, strange = [], [], []
        for pictures, artworks, noise in zip(*(x.split(8) for x in (*self._tried, self._noise)), strict=True):
            seen_picture, seen_artwork = self._nets.look(pictures)[0], self._nets.look(artworks)[0]
            drawn = look(self._nets.features, self._painted(pictures, artworks, noise))
            left.append(style_distance(drawn, seen_artwork) / style_distance(seen_picture, seen_artwork))
            content.append(content_distance(drawn, seen_picture))
            strange.append(content_distance(seen_artwork, seen_picture))
        share = 1 - float(torch.cat(left).median())
        kept, far = float(torch.cat(content).mean()), float(torch.cat(strange).mean())
        return f"{share:.0%} of the way to the artwork's style, content {kept:.2f} off (an artwork's own: {far:.2f})"

    def export(self, figures: Figures) -> None:
        card = card_of(self._run_config, self._config.size, False, figures.model_copy(update={"judge": ""}))
        update = {"upscaler": Upscaler.lanczos, "notes": f"Median and means: {figures.judge}."}
        tensors = {f"painter.{name}": value for name, value in self._nets.average.state_dict().items()}
        write_model(self._run.model, self._config, card.model_copy(update=update), tensors)


def train(run: RunDir) -> None:
    """Run or resume the training of a run folder."""
    run_config = run.config()
    options = dict(run_config.request.options)
    if run_config.base_path:
        base = read_model(Path(run_config.base_path), "style", Config).config
        options = {"code": base.code, "width": base.width, **options}
    config = Config.model_validate(options)
    torch.set_num_threads(run_config.threads or config.threads or choose_threads())
    random = torch.Generator().manual_seed(run_config.request.seed)
    run_training(run, StyleLearner(run, run_config, config, random), random, config.pictures)

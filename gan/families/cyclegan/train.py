"""A run of CycleGAN, from the run folder to the model file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan import bases
from gan.contract import Anchor, ErrorCode, Figures
from gan.data.pictures import load_pictures, premultiplied, straight
from gan.errors import WorkerError
from gan.evaluate.metrics import judge_samples, on_white
from gan.families.cyclegan.config import Config
from gan.families.cyclegan.step import Nets, train_step
from gan.rundir import RunConfig, RunDir
from gan.training.loop import run_training
from gan.training.modelfile import write_model
from gan.training.running import card_of, choose_threads

SHOWN = 12
"""Pictures in a sample grid, each as it is, in the other look, and led back."""
FEWEST = 4
JUDGED = 200
STAND_IN = "broad-64"


class CycleLearner:
    """`gan.training.loop.Learner` of CycleGAN."""

    def __init__(self, run: RunDir, run_config: RunConfig, config: Config, random: torch.Generator) -> None:
        self._run, self._run_config, self._config, self._random = run, run_config, config, random
        self.batch = config.batch
        torch.manual_seed(run_config.request.seed)
        self._nets = Nets(config, run_config.device)
        pictures = load_pictures(run.pictures, config.size)
        works = run_config.request.works
        if len(pictures) != len(works):
            raise WorkerError(ErrorCode.bad_picture, f"{len(works)} works were named, {len(pictures)} are there.")
        second = torch.tensor([work.part == "b" for work in works])
        self._stands_in = not bool(second.any())
        if self._stands_in:  # one set alone is the look to learn; drawings of many kinds stand for what will be sent
            first, second_set = _stand_in(config), pictures
        else:
            first, second_set = pictures[~second], pictures[second]
        if min(len(first), len(second_set)) < FEWEST:
            detail = f"Each of the two sets needs {FEWEST} pictures; they have {len(first)} and {len(second_set)}."
            raise WorkerError(ErrorCode.too_few_pictures, detail)
        # On white: of transparency neither look can tell the other anything, so a picture keeps its own.
        self._a, self._b = (on_white(part).half().to(self._nets.device) for part in (first, second_set))

    def phase(self, progress: float) -> str:
        return "going there and back"

    def step(self, progress: float) -> dict[str, Tensor]:
        return train_step(self._nets, self._config, self._a, self._b, progress, self._random)

    def remark(self) -> str | None:
        return None

    @torch.inference_mode()
    def sample(self) -> NDArray[np.uint8]:
        which = torch.linspace(0, len(self._a) - 1, SHOWN).round().long().to(self._nets.device)
        a = self._a[which].float()
        there = self._nets.average["there"](a)
        shown = torch.stack([a, there, self._nets.average["back"](there)], 1).flatten(0, 1)
        return _pixels(shown)

    def state(self) -> dict[str, Tensor]:
        return self._nets.state()

    def load_state(self, state: dict[str, Tensor]) -> None:
        self._nets.load_state(state)

    @torch.inference_mode()
    def judge(self) -> Figures:
        """KID of the first set's pictures in the second's look against the second set."""
        there = self._nets.average["there"]
        turned = torch.cat([there(part.float()) for part in self._a[:JUDGED].split(8)])
        works = torch.cat([self._b.float() / 2 + 0.5, torch.ones_like(self._b[:, :1]).float()], 1).cpu()
        figures = judge_samples(_pixels(turned), works)
        names = {"judge", "works_judged", "samples_judged", "kid_x1000", "kid_interval"}
        return Figures.model_validate(figures.model_dump(include=names))

    def export(self, figures: Figures) -> None:
        first = f"{len(self._a)} drawings of {STAND_IN}" if self._stands_in else f"{len(self._a)} pictures"
        notes = f"Leads from the look of {first} to that of {len(self._b)} works, and back."
        card = card_of(self._run_config, self._config.size, False, figures, notes)
        write_model(self._run.model, self._config, card, self._nets.average.state_dict())


def _stand_in(config: Config) -> Tensor:
    """Premultiplied pictures [N, 4, S, S] that a shipped base rebuilds: people, animals and things in many hands."""
    from gan.families.anchored.serve import AnchoredModel

    model = AnchoredModel.read(Path(bases.__path__[0]) / f"{STAND_IN}.safetensors")
    last = len(model.works) - 1
    which = np.unique(np.linspace(0, last, min(config.others, last + 1)).round().astype(int))
    pixels = np.stack([drawn.pixels for drawn in model.render([Anchor(index=int(index)) for index in which])])
    pictures = torch.from_numpy(premultiplied(pixels)).permute(0, 3, 1, 2).contiguous()
    if pictures.shape[-1] != config.size:
        pictures = torch.nn.functional.interpolate(pictures, (config.size,) * 2, mode="bicubic", antialias=True)
    return pictures.clamp(0, 1)


def _pixels(rgb: Tensor) -> NDArray[np.uint8]:
    """RGB [N, 3, S, S] in [−1, 1] → uint8 RGBA [N, S, S, 4], opaque."""
    return straight(torch.cat([rgb.float() / 2 + 0.5, torch.ones_like(rgb[:, :1]).float()], 1).cpu())


def train(run: RunDir) -> None:
    """Run or resume the training of a run folder."""
    run_config = run.config()
    config = Config.model_validate(dict(run_config.request.options))
    torch.set_num_threads(run_config.threads or config.threads or choose_threads())
    random = torch.Generator().manual_seed(run_config.request.seed)
    run_training(run, CycleLearner(run, run_config, config, random), random, config.pictures)

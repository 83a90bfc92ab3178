"""A run of the anchored family, from the run folder to the model file."""

from __future__ import annotations

import copy
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan.contract import ErrorCode, Figures, ModelCard, Seed
from gan.data.pictures import frame_of, load_pictures
from gan.errors import WorkerError
from gan.evaluate.metrics import judge_samples, judged_recipes
from gan.families.anchored.anchors import choose_anchors
from gan.families.anchored.config import ARCHITECTURE, Config
from gan.families.anchored.guard import Guard
from gan.families.anchored.mixing import nearest
from gan.families.anchored.modelfile import ModelFile, read_model, write_model
from gan.families.anchored.serve import AnchoredModel
from gan.families.anchored.state import Nets
from gan.families.anchored.step import train_step
from gan.rundir import RunConfig, RunDir
from gan.sampling.art import upscaler_for
from gan.text import index
from gan.training.loop import run_training
from gan.training.running import INTENDED_USE, choose_threads, data_version, sources_of

SAMPLE_SEEDS = range(16)
SAMPLE_VARIETY = 0.5
JUDGED_SAMPLES, JUDGED_BASE_SAMPLES = 256, 128
"""Enough for steady figures; judging is about a tenth of a short run's time, and members wait for it."""


class AnchoredLearner:
    """`gan.training.loop.Learner` of the anchored family."""

    def __init__(self, run: RunDir, run_config: RunConfig, config: Config, random: torch.Generator) -> None:
        self._run, self._run_config, self._config, self._random = run, run_config, config, random
        self.batch = config.batch
        self._frame = frame_of(run.pictures, config.size)
        self._pictures = load_pictures(run.pictures, config.size, self._frame).half().to(run_config.device)
        self.alpha = bool((self._pictures[:, 3] < 0.99).any())
        works = run_config.request.works
        if len(self._pictures) != len(works):
            raise WorkerError(ErrorCode.bad_picture, f"{len(works)} works were named, {len(self._pictures)} are there.")
        torch.manual_seed(run_config.request.seed)
        self._nets = Nets(config, len(works), run_config.device)
        self._nets.study(self._pictures)
        base = self._read_base(run_config.base_path)
        if base is not None:
            self._nets.start_from(base.tensors, base.config.size)
        self._anchors = torch.arange(len(works))
        self._guard = Guard(self._nets)
        self._remark: str | None = None
        self._upscaler = upscaler_for(run.pictures)

    def _read_base(self, path: str | None) -> ModelFile | None:
        return read_model(Path(path)) if path else None

    def phase(self, progress: float) -> str:
        return "rebuilding" if progress < self._nets.rebuild_share else "inventing"

    def step(self, progress: float) -> dict[str, Tensor]:
        losses = train_step(self._nets, self._config, self._pictures, progress, self._random)
        self._remark = self._guard.watch(progress)
        return losses

    def remark(self) -> str | None:
        return self._remark

    def sample(self) -> NDArray[np.uint8]:
        model = self._as_model(Figures())
        return np.stack([r.pixels for r in model.render([Seed(seed=s, variety=SAMPLE_VARIETY) for s in SAMPLE_SEEDS])])

    def state(self) -> dict[str, Tensor]:
        return {**self._nets.state(), **self._guard.state()}

    def load_state(self, state: dict[str, Tensor]) -> None:
        self._nets.load_state(state)
        self._guard.load_state(state)

    def judge(self) -> Figures:
        base = self._run_config.base_path
        self._anchors = choose_anchors(self._nets, self._pictures, self._config.anchors)
        before = _judged_samples(AnchoredModel.read(Path(base)), JUDGED_BASE_SAMPLES) if base else None
        return judge_samples(
            _judged_samples(self._as_model(Figures()), JUDGED_SAMPLES), self._pictures.float().cpu(), before
        )

    def export(self, figures: Figures) -> None:
        nets, request, anchors = self._nets, self._run_config.request, self._anchors.to(self._nets.device)
        tensors = {f"generator.{name}": value for name, value in nets.generator_average.state_dict().items()}
        tensors |= {f"mapping.{name}": value for name, value in nets.mapping_average.state_dict().items()}
        tensors |= {f"discriminator.{name}": value for name, value in nets.discriminator.state_dict().items()}
        if nets.encoder_average is not None:
            tensors |= {f"encoder.{name}": value for name, value in nets.encoder_average.state_dict().items()}
        else:  # what a start from this model needs in an encoder's place
            tensors |= {"codes": nets.codes_average[anchors], "embedding": nets.embedding[anchors]}
        tensors |= {
            "styles": nets.styles_of(anchors),
            "neighbours": self._neighbours().to(torch.int16 if len(anchors) < 2**15 else torch.int32),
        }
        works = [request.works[place] for place in self._anchors.tolist()]
        tensors |= index.build(works, self._pictures[anchors].float().cpu())
        write_model(self._run.model, self._config, self._card(figures), works, tensors)

    def _neighbours(self) -> Tensor:
        """Of the anchors among themselves."""
        if len(self._anchors) == len(self._nets.neighbours):
            return self._nets.neighbours
        return torch.from_numpy(nearest(self._nets.embedding[self._anchors].cpu().numpy()))

    def _card(self, figures: Figures) -> ModelCard:
        request = self._run_config.request
        return ModelCard(
            id=self._run_config.id,
            title=request.title,
            family="anchored",
            base=request.base,
            size=self._config.size,
            frame=self._frame,
            alpha=self.alpha,
            upscaler=self._upscaler,
            works=len(request.works),
            sources=sources_of(self._run_config),
            data_version=data_version(self._run_config),
            intended_use=INTENDED_USE,
            figures=figures,
            created=time.time(),
            command="python -m gan train RUN_DIR",
        )

    def _as_model(self, figures: Figures) -> AnchoredModel:
        nets, works = self._nets, self._run_config.request.works
        return AnchoredModel(
            self._config,
            self._card(figures),
            [works[index] for index in self._anchors.tolist()],
            copy.deepcopy(nets.generator_average).cpu(),
            nets.styles_of(self._anchors.to(nets.device)).cpu(),
            self._neighbours().numpy(),
        )


def _judged_samples(model: AnchoredModel, count: int) -> NDArray[np.uint8]:
    return np.stack([picture.pixels for picture in model.render(judged_recipes(count))])


def train(run: RunDir) -> None:
    """Run or resume the training of a run folder."""
    run_config = run.config()
    config = _config(run_config)
    torch.set_num_threads(run_config.threads or config.threads or choose_threads())
    random = torch.Generator().manual_seed(run_config.request.seed)
    learner = AnchoredLearner(run, run_config, config, random)
    run_training(run, learner, random, config.pictures)


def _config(run_config: RunConfig) -> Config:
    """The request's options over the base's architecture."""
    options = dict(run_config.request.options)
    if run_config.base_path:
        base = read_model(Path(run_config.base_path)).config
        return Config.model_validate({**base.model_dump(include=set(ARCHITECTURE)), **options})
    return Config.model_validate(options)

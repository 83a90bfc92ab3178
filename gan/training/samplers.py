"""The part of a run that samplers with a latent code share: works, samples, figures, the best state, the model file.

Their steps and networks are their own; what is shared here is only what stands around them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gan.contract import ErrorCode, Figures, ModelCard, Seed
from gan.data.frames import Frame
from gan.data.pairs import held_out
from gan.data.pictures import frame_of, load_pictures
from gan.errors import WorkerError
from gan.evaluate import crowds, judge
from gan.evaluate.metrics import judge_samples, judged_recipes, on_white
from gan.rundir import RunConfig, RunDir
from gan.sampling.art import upscaler_for
from gan.sampling.labels import choose_labels, labelled
from gan.sampling.latent import Drawing, LatentSampler, channels_for, channels_of
from gan.training.duel import Best
from gan.training.modelfile import write_model
from gan.training.options import LabelledOptions, SamplerOptions
from gan.training.running import card_of, choose_threads

SAMPLE_SEEDS = range(16)
LOOKS = 16
"""Times in a run that its pictures are measured, where it may stop early."""
LOOKED_AT = 128

O = TypeVar("O", bound=SamplerOptions)  # noqa: E741 (options)


@dataclass(frozen=True)
class Works:
    """What a run learns from."""

    learned: Tensor
    """[N, C, S, S] in [−1, 1], on the run's device."""
    kept: Tensor
    """Works to measure by, premultiplied RGBA [M, 4, S, S]: those kept out, where some are."""
    labels: Tensor
    """Of the learned works [N, L], 1 where one has the label; on the CPU."""
    frame: Frame | None
    alpha: bool
    held_out: bool


def begin(run: RunDir, options: type[O]) -> tuple[RunConfig, O, Works, torch.Generator]:
    """Read the run's options and works, seed everything. Raises `WorkerError` for pictures that are not there."""
    run_config = run.config()
    config = options.model_validate(dict(run_config.request.options))
    torch.set_num_threads(run_config.threads or config.threads or choose_threads())
    frame = frame_of(run.pictures, config.size)
    pictures = load_pictures(run.pictures, config.size, frame).contiguous()
    count = len(run_config.request.works)
    if len(pictures) != count:
        raise WorkerError(ErrorCode.bad_picture, f"{count} works were named, {len(pictures)} are there.")
    decided: dict[str, object] = {"channels": config.channels or channels_for(pictures)}
    if isinstance(config, LabelledOptions):
        decided["labels"] = config.labels or choose_labels(run_config.request.works, config.most_labels)
    config = config.model_copy(update=decided)
    learned, kept = held_out(count, config.held_out)
    works = Works(
        channels_of(pictures[learned], config.channels).half().to(run_config.device),
        pictures[kept if len(kept) else learned],
        torch.from_numpy(labelled(run_config.request.works, _labels_of(config)))[learned],
        frame,
        config.channels == 4,
        bool(len(kept)),
    )
    torch.manual_seed(run_config.request.seed)
    return run_config, config, works, torch.Generator().manual_seed(run_config.request.seed)


def _labels_of(config: SamplerOptions) -> tuple[str, ...]:
    return config.labels if isinstance(config, LabelledOptions) else ()


class SamplerNets(Protocol):
    """Networks of a run."""

    @property
    def average(self) -> nn.Module:
        """The served one."""

    def state(self) -> dict[str, Tensor]: ...

    def load_state(self, state: dict[str, Tensor]) -> None: ...


class SamplerRun:
    """`gan.training.loop.Learner` but for `phase`, `step` and `drawing`."""

    def __init__(
        self, run: RunDir, run_config: RunConfig, options: SamplerOptions, works: Works, nets: SamplerNets
    ) -> None:
        self._run, self._run_config, self._options, self._nets = run, run_config, options, nets
        self.works, self.batch = works, options.batch
        self._best = Best(options.early_stop)
        self._upscaler = upscaler_for(run.pictures)
        self._remark: str | None = None

    def drawing(self) -> Drawing:
        """How the served average draws now, on the CPU or the run's device."""
        raise NotImplementedError

    def drawn_batch(self, random: torch.Generator) -> Tensor:
        """Works drawn at random [batch, C, S, S] in [−1, 1]."""
        return self.of(torch.randint(len(self.works.learned), (self.batch,), generator=random))

    def labelled_batch(self, random: torch.Generator) -> tuple[Tensor, Tensor]:
        """The same with their labels [batch, L], those of some works left out."""
        assert isinstance(self._options, LabelledOptions)
        which = torch.randint(len(self.works.learned), (self.batch,), generator=random)
        remembered = torch.rand(self.batch, 1, generator=random) >= self._options.forget
        labels = self.works.labels[which] * remembered
        return self.of(which), labels.to(self.works.learned.device)

    def of(self, which: Tensor) -> Tensor:
        """Works by their places [batch, C, S, S] in [−1, 1]."""
        return self.works.learned[which.to(self.works.learned.device)].float()

    def served(self) -> LatentSampler:
        return LatentSampler(self._card(Figures()), self.drawing(), self._run_config.device)

    def pixels(self, count: int) -> NDArray[np.uint8]:
        """Pictures to measure by, always of the same seeds."""
        return np.stack([picture.pixels for picture in self.served().render(judged_recipes(count))])

    # --- the loop's questions -----------------------------------------------------------------------------------

    def sample(self) -> NDArray[np.uint8]:
        return np.stack([p.pixels for p in self.served().render([Seed(seed=seed) for seed in SAMPLE_SEEDS])])

    def remark(self) -> str | None:
        said, self._remark = self._remark, None
        return said

    def ended(self) -> bool:
        return self._best.ended

    def watch(self, progress: float) -> None:
        """After a step, where the run may stop early: measure now and then, keep the best."""
        best = self._best
        if not best.patience or progress < best.due or not judge.available():
            return
        best.due = progress + 1 / LOOKS
        drawn = torch.from_numpy(self.pixels(LOOKED_AT)).permute(0, 3, 1, 2).float().div(255)
        drawn[:, :3] *= drawn[:, 3:]
        kid = crowds.kid(judge.features(on_white(self.works.kept)), judge.features(on_white(drawn)))
        if kid < best.kid:
            best.kid, best.since = kid, 0
            best.weights = {name: value.clone() for name, value in self._nets.average.state_dict().items()}
        else:
            best.since += 1
            if best.ended:
                self._remark = "It no longer gets better, so it stops here and keeps the best it had."

    def state(self) -> dict[str, Tensor]:
        return {**self._nets.state(), **self._best.state()}

    def load_state(self, state: dict[str, Tensor]) -> None:
        self._nets.load_state(state)
        self._best.load_state(state)

    def judge(self) -> Figures:
        if self._best.weights:
            self._nets.average.load_state_dict(self._best.weights)
        return judge_samples(self.pixels(self._options.judged), self.works.kept) if self._options.judged else Figures()

    def export(self, figures: Figures) -> None:
        tensors = {f"network.{name}": value for name, value in self._nets.average.state_dict().items()}
        write_model(self._run.model, self._options, self._card(figures), {**tensors, **self.extras()})

    def extras(self) -> Mapping[str, Tensor]:
        """What else belongs into the model file."""
        return {}

    def notes(self) -> str:
        """What else its card says."""
        return ""

    def _card(self, figures: Figures) -> ModelCard:
        kept = f"{len(self.works.kept)} of the works were kept out to measure by." if self.works.held_out else ""
        card = card_of(
            self._run_config, self._options.size, self.works.alpha, figures, f"{self.notes()} {kept}".strip()
        )
        return card.model_copy(update={"frame": self.works.frame, "upscaler": self._upscaler})

"""The part of a run that families of pairs share: works and what is derived of them, samples, figures, the model file.

Their steps and networks are their own; what is shared here is only what stands around them.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel
from torch import Tensor, nn

from gan.contract import ErrorCode, Figures
from gan.data.pairs import Given, Pairing, derive, distance, held_out, palette_of
from gan.data.pictures import load_pictures, straight
from gan.errors import WorkerError
from gan.evaluate.metrics import judge_samples
from gan.rundir import RunConfig, RunDir
from gan.training.modelfile import write_model
from gan.training.running import card_of

SHOWN = 12
"""Works in a sample grid, each as what is given, what is drawn, and the work."""
AT_ONCE = 16


class Nets(Protocol):
    """Networks of a run of pairs."""

    average: nn.Module
    """The served average: given [B, 3, S, S] in [−1, 1] → premultiplied RGBA [B, 4, S, S] in [0, 1]."""
    device: torch.device

    def state(self) -> dict[str, Tensor]: ...

    def load_state(self, state: dict[str, Tensor]) -> None: ...


class PairsConfig(Protocol):
    @property
    def size(self) -> int: ...
    @property
    def batch(self) -> int: ...
    @property
    def pairs(self) -> Pairing: ...
    @property
    def held_out(self) -> int: ...


class PairedRun:
    """`gan.training.loop.Learner` but for its `phase` and `step`."""

    def __init__(self, run: RunDir, run_config: RunConfig, config: PairsConfig, nets: Nets) -> None:
        self._run, self._run_config, self._config, self._nets = run, run_config, config, nets
        self.batch = config.batch
        pictures = load_pictures(run.pictures, config.size)
        works = run_config.request.works
        if len(pictures) != len(works):
            raise WorkerError(ErrorCode.bad_picture, f"{len(works)} works were named, {len(pictures)} are there.")
        self.alpha = bool((pictures[:, 3] < 0.99).any())
        if config.pairs is Pairing.mask and not self.alpha:
            detail = "These works have no holes, so they have no silhouettes to start from; choose pairs=edges."
            raise WorkerError(ErrorCode.invalid, detail)
        learned, kept = held_out(len(pictures), config.held_out)
        self._held_out = bool(len(kept))
        kept = kept if self._held_out else learned
        self.pictures, self.given = self._paired(pictures[learned])
        self._tried, self._tried_given = self._paired(pictures[kept])

    def _paired(self, pictures: Tensor) -> tuple[Tensor, Given]:
        given = Given(self._config.pairs, derive(self._config.pairs, pictures).to(self._nets.device))
        return pictures.half().to(self._nets.device), given

    def remark(self) -> str | None:
        return None

    def sample(self) -> NDArray[np.uint8]:
        """Rows of given, drawn, work, given, drawn, work; of works that are kept out, where some are."""
        count = min(SHOWN, len(self._tried))
        which = torch.linspace(0, len(self._tried) - 1, count).round().long().to(self._nets.device)
        given = self._tried_given.plain(which)
        on_paper = torch.cat([given / 2 + 0.5, torch.ones_like(given[:, :1])], 1)
        triples = torch.stack([on_paper, self.draw(which), self._tried[which].float()], 1).flatten(0, 1)
        square = torch.zeros(3 * SHOWN, *triples.shape[1:])
        square[: len(triples)] = triples.cpu()
        return straight(square)

    @torch.inference_mode()
    def draw(self, which: Tensor) -> Tensor:
        """What the average draws for works kept out, premultiplied [B, 4, S, S]."""
        parts = [self._nets.average(self._tried_given.plain(part)) for part in which.split(AT_ONCE)]
        return torch.cat(parts).clamp(0, 1)

    def state(self) -> dict[str, Tensor]:
        return self._nets.state()

    def load_state(self, state: dict[str, Tensor]) -> None:
        self._nets.load_state(state)

    def judge(self) -> Figures:
        """KID of what is drawn against the works it was drawn for."""
        drawn = self.draw(torch.arange(len(self._tried), device=self._nets.device))
        figures = judge_samples(straight(drawn.cpu()), self._tried.float().cpu())
        names = {"judge", "works_judged", "samples_judged", "kid_x1000", "kid_interval"}
        told = figures.model_dump(include=names)
        if self._held_out:
            mean = self.pictures.float().mean(0, keepdim=True).expand_as(self._tried)
            told["mean_picture_l1"] = round(distance(mean, self._tried), 4)
            told["held_out_l1"] = round(distance(drawn, self._tried), 4)
        return Figures.model_validate(told)

    def export(self, figures: Figures) -> None:
        assert isinstance(self._config, BaseModel)
        card = card_of(self._run_config, self._config.size, self.alpha, figures, self._notes())
        tensors = {f"generator.{name}": value for name, value in self._nets.average.state_dict().items()}
        write_model(self._run.model, self._config, card, {**tensors, "palette": palette_of(self.pictures)})

    def _notes(self) -> str:
        kept = f"{len(self._tried)} of the works were kept out to measure by." if self._held_out else ""
        return f"Draws works from their {self._config.pairs.value}. {kept}".strip()

"""What a family of models is: the interface that the trainer and the sampler know, and nothing else of a family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gan.contract import Credit, FamilyInfo, ModelCard, Recipe
    from gan.rundir import RunDir


@dataclass(frozen=True)
class Rendered:
    """One picture of a sampler: uint8 pixels [H, W, 4] (RGBA, not premultiplied) and whose works it was mixed from."""

    pixels: NDArray[np.uint8]
    credits: tuple[Credit, ...] = ()


class SamplerModel(Protocol):
    """A loaded model that turns recipes into pictures."""

    card: ModelCard
    nbytes: int
    """Memory it holds, for the LRU of loaded models."""

    def render(self, recipes: Sequence[Recipe]) -> list[Rendered]:
        """Pictures at the model's own size. A picture's bytes depend on its recipe alone, never on its neighbours.

        Raises `gan.errors.WorkerError` (`recipe_unsupported`, `invalid`) for a recipe it cannot follow.
        """


class Family(Protocol):
    """A kind of model. `INFO` is importable without torch; the methods may import it."""

    info: FamilyInfo

    def load(self, path: Path, device: str = "cpu") -> SamplerModel:
        """Read a safetensors file of this family onto a device (`cpu`, `cuda`).

        Raises `WorkerError(bad_model)` when it does not fit.
        """

    def train(self, run: RunDir) -> None:
        """Train as the run folder says until its budget ends or `control` says stop; goes on from `resume` if there."""

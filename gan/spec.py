"""What a family of models is: the interface that the trainer and the sampler know, and nothing else of a family."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class Aids:
    """What recipes may refer to beyond the model's own file."""

    points: Mapping[str, bytes] = field(default_factory=dict)
    """Stored codes by their blob's hash, as files."""
    directions: Path | None = None
    """File with the model's directions, where they were found after it was made."""


class SamplerModel(Protocol):
    """A loaded model that turns recipes into pictures."""

    card: ModelCard
    nbytes: int
    """Memory it holds, for the LRU of loaded models."""

    def render(self, recipes: Sequence[Recipe]) -> list[Rendered]:
        """Pictures at the model's own size. A picture's bytes depend on its recipe alone, never on its neighbours.

        Raises `gan.errors.WorkerError` (`recipe_unsupported`, `invalid`) for a recipe it cannot follow.
        """


class LatentModel(SamplerModel, Protocol):
    """A sampler with a latent space that one can move in: its family's recipes have `edit` and `point`."""

    def aid(self, aids: Aids) -> None:
        """Take in what the recipes to come refer to. Raises `WorkerError(invalid)` for what does not fit the model."""

    def codes(self, recipes: Sequence[Recipe]) -> NDArray[np.float32]:
        """Latent codes of recipes, relative to the model's mean: [N, …]."""


class Family(Protocol):
    """A kind of model. `INFO` is importable without torch; the methods may import it."""

    info: FamilyInfo

    def load(self, path: Path, device: str = "cpu") -> SamplerModel:
        """Read a safetensors file of this family onto a device (`cpu`, `cuda`).

        Raises `WorkerError(bad_model)` when it does not fit.
        """

    def train(self, run: RunDir) -> None:
        """Train as the run folder says until its budget ends or `control` says stop; goes on from `resume` if there."""

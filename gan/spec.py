"""What a family of models is: the interface that the trainer and the sampler know, and nothing else of a family."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    from gan.contract import Credit, FamilyInfo, ModelCard, Recipe, TransformOptions, UnknownWord
    from gan.rundir import RunDir


@dataclass(frozen=True)
class Rendered:
    """One picture of a sampler: uint8 pixels [H, W, 4] (RGBA, not premultiplied) and whose works it was mixed from."""

    pixels: NDArray[np.uint8]
    credits: tuple[Credit, ...] = ()
    unknown: tuple[UnknownWord, ...] = ()
    """Words of its prompts that the model does not know."""


@dataclass(frozen=True)
class Aids:
    """What recipes may refer to beyond the model's own file."""

    points: Mapping[str, bytes] = field(default_factory=dict)
    """Stored codes by their blob's hash, as files."""
    directions: Path | None = None
    """File with the model's directions, where they were found after it was made."""
    model_sha256: str = ""
    """Hash of the model's weights, which stored codes must name."""


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


@dataclass(frozen=True)
class Transforming:
    """One picture to transform: uint8 pixels [H, W, 4] (RGBA, not premultiplied), no side over `MAX_TRANSFORM_SIDE`."""

    picture: NDArray[np.uint8]
    second: NDArray[np.uint8] | None
    """The artwork, for families that take two."""
    options: TransformOptions


@runtime_checkable
class TransformerModel(Protocol):
    """A loaded model that turns pictures into other pictures."""

    card: ModelCard
    nbytes: int
    """Memory it holds, for the LRU of loaded models."""

    def transform(self, asked: Sequence[Transforming]) -> list[Rendered]:
        """One picture for each, at the model's own size or `options.side`, in the shape of what it was given.

        A picture's bytes depend on its own input and options alone, never on its neighbours. Raises
        `gan.errors.WorkerError` (`invalid`, `bad_picture`) for what it cannot work on, such as a missing second one.
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


class TransformerFamily(Protocol):
    """A family whose models transform pictures: `info.kind` is `transformer`, its one recipe `transform`."""

    info: FamilyInfo

    def load(self, path: Path, device: str = "cpu") -> TransformerModel:
        """As `Family.load`."""

    def train(self, run: RunDir) -> None:
        """As `Family.train`. `run.config().request.works` tell by their `part` which of two sets a picture is of."""


@dataclass(frozen=True)
class PaintedPicture:
    """The end of a painting; figures as in `gan.contract.Painted`."""

    pixels: NDArray[np.uint8]
    nearer: float
    steps: int
    seconds: float


class PaintingFamily(TransformerFamily, Protocol):
    """A transformer family with a slow, best form: `info.paints`. It runs in a process of its own."""

    def paint(self, path: Path, asked: Transforming, seconds: float, seen: Callable[[Seen], None]) -> PaintedPicture:
        """Work on the picture itself until it no longer gets better, or for so many seconds."""


@dataclass(frozen=True)
class Seen:
    """What a search or a painting shows on its way: the best picture so far."""

    fraction: float
    distance: float
    pixels: NDArray[np.uint8]


@dataclass(frozen=True)
class FoundPoint:
    """The end of a search. `point` is the stored code as a file; distances as in `gan.contract.Found`."""

    point: bytes
    distance: float
    mean_distance: float
    steps: int
    seconds: float


class LatentFamily(Family, Protocol):
    """A family whose recipes have `edit` and `point`; both methods take seconds and run in a process of their own."""

    def find(
        self, path: Path, sha256: str, picture: Image.Image, seconds: float, seen: Callable[[Seen], None]
    ) -> FoundPoint:
        """The code of the model (of that hash) whose picture is most like `picture`."""

    def find_directions(self, path: Path, out: Path) -> None:
        """Find the model's directions and write them to `out`, as `tensors directions, directions_info` there."""

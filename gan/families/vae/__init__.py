"""The variational autoencoder: a smooth latent space, and any upload gets its code at once. See README.md."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gan.contract import ErrorCode, FamilyInfo
from gan.errors import WorkerError
from gan.rundir import RunDir
from gan.spec import FoundPoint, SamplerModel, Seen

if TYPE_CHECKING:
    from PIL import Image


class VAE:
    """`gan.spec.LatentFamily`, but that it has no directions; torch is imported when a method runs."""

    info = FamilyInfo(
        name="vae",
        title="Autoencoder (VAE)",
        kind="sampler",
        recipes=("seed", "vary", "blend", "truncate", "point", "prompt"),
        summary="Soft pictures, smooth between them; finds any upload in itself at once.",
    )

    def load(self, path: Path, device: str = "cpu") -> SamplerModel:
        from gan.families.vae.serve import load

        return load(path, device)

    def train(self, run: RunDir) -> None:
        from gan.families.vae.train import train

        train(run)

    def find(
        self, path: Path, sha256: str, picture: Image.Image, seconds: float, seen: Callable[[Seen], None]
    ) -> FoundPoint:
        from gan.families.vae.find import find

        return find(path, sha256, picture, seen)

    def find_directions(self, path: Path, out: Path) -> None:
        raise WorkerError(ErrorCode.recipe_unsupported, "A VAE has no directions; models of Anchored GAN have.")


FAMILY = VAE()

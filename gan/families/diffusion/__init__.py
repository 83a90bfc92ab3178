"""The diffusion model: noise taken away step by step. See README.md beside this file."""

from __future__ import annotations

from pathlib import Path

from gan.contract import FamilyInfo
from gan.rundir import RunDir
from gan.spec import SamplerModel


class Diffusion:
    """`gan.spec.Family`; torch is imported when a method runs."""

    info = FamilyInfo(
        name="diffusion",
        title="Diffusion",
        kind="sampler",
        recipes=("seed", "vary", "blend", "prompt", "transform"),
        takes=1,
        heeds=("strength", "seed", "text"),
        summary="Slow to learn, never collapses, follows words, redraws pictures. Give it an hour, or a GPU.",
    )

    def load(self, path: Path, device: str = "cpu") -> SamplerModel:
        from gan.families.diffusion.serve import load

        return load(path, device)

    def train(self, run: RunDir) -> None:
        from gan.families.diffusion.train import train

        train(run)


FAMILY = Diffusion()

"""Resume files: the full state of a run as safetensors; random state and counters travel as tensors and metadata."""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from gan.rundir import RunDir

_RANDOM = "loop.random"


@dataclass(frozen=True)
class Resumed:
    tensors: dict[str, Tensor]
    random: Tensor
    pictures: int
    seconds: float


def save_resume(run: RunDir, state: dict[str, Tensor], random: Tensor, pictures: int, seconds: float) -> None:
    """Write beside and rename, so that a kill in the middle leaves the last whole checkpoint."""
    beside = run.resume.with_name(f".resume.{os.getpid()}")
    tensors = {name: value.detach().cpu().contiguous().clone() for name, value in state.items()}
    metadata = {"pictures": str(pictures), "seconds": repr(seconds)}
    save_file({**tensors, _RANDOM: random}, beside, metadata)
    beside.replace(run.resume)


def load_resume(run: RunDir) -> Resumed | None:
    """The last checkpoint, or none if the run is new."""
    if not run.resume.exists():
        return None
    with safe_open(run.resume, "pt") as file:
        metadata = file.metadata() or {}
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    random = tensors.pop(_RANDOM).to(torch.uint8)
    return Resumed(tensors, random, int(metadata["pictures"]), float(metadata["seconds"]))

"""Directions of an anchored model: moves in style-code space that change something one can see.

This file holds what directions are and how they are stored; `explore.py` beside it finds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import TypeAdapter
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from gan.contract import Direction, ErrorCode
from gan.errors import WorkerError

_INFOS = TypeAdapter(tuple[Direction, ...])


@dataclass(frozen=True)
class Directions:
    """`vectors` [K, L, D]: what one standard deviation along each direction adds to the style codes, zero on the layers
    it leaves alone. `infos` say what each is, largest visible effect first."""

    infos: tuple[Direction, ...]
    vectors: NDArray[np.float32]

    def tensors(self) -> dict[str, Tensor]:
        """For a safetensors file: the model's own or one beside it. The words are stored as UTF-8 JSON in bytes."""
        words = np.frombuffer(_INFOS.dump_json(self.infos), np.uint8).copy()
        # half precision, as in a model's file: the numbers must not depend on where they were kept
        return {"directions": torch.from_numpy(self.vectors).half(), "directions_info": torch.from_numpy(words)}

    @staticmethod
    def from_tensors(tensors: dict[str, Tensor], layers: int, code: int) -> Directions | None:
        """None where there are none. Raises `WorkerError(bad_model)` when they do not fit the model."""
        if "directions" not in tensors or "directions_info" not in tensors:
            return None
        vectors = tensors["directions"].float().numpy()
        try:
            infos = _INFOS.validate_json(tensors["directions_info"].numpy().tobytes())
        except ValueError as error:
            raise WorkerError(ErrorCode.bad_model, "The model's directions cannot be read.") from error
        if vectors.shape != (len(infos), layers, code) or not np.isfinite(vectors).all():
            raise WorkerError(ErrorCode.bad_model, "The model's directions do not fit it.")
        return Directions(infos, vectors)

    def save(self, path: Path) -> None:
        """Write them beside a model; the file appears whole or not at all."""
        beside = path.with_name(f".{path.name}.part")
        save_file(self.tensors(), beside)
        beside.replace(path)

    @staticmethod
    def read(path: Path, layers: int, code: int) -> Directions:
        """Raises `WorkerError(bad_model)`."""
        try:
            found = Directions.from_tensors(load_file(path), layers, code)
        except (OSError, SafetensorError) as error:
            raise WorkerError(ErrorCode.bad_model, "The model's directions cannot be read.") from error
        if found is None:
            raise WorkerError(ErrorCode.bad_model, "The model's directions are missing from their file.")
        return found

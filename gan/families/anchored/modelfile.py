"""The file of an anchored model: safetensors, with config, card and works as JSON in the header."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from pydantic import TypeAdapter
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from gan.contract import ErrorCode, ModelCard, Work
from gan.errors import WorkerError
from gan.families.anchored.config import Config

FORMAT = "artel-anchored-1"
_WORKS = TypeAdapter(tuple[Work, ...])


@dataclass(frozen=True)
class ModelFile:
    config: Config
    card: ModelCard
    works: tuple[Work, ...]
    tensors: dict[str, Tensor]


def write_model(path: Path, config: Config, card: ModelCard, works: Sequence[Work], tensors: dict[str, Tensor]) -> None:
    """Floats are stored in half precision: the picture is the same to the eye and the file half as large."""
    small = {
        name: (value.half() if value.is_floating_point() else value).detach().cpu().contiguous().clone()
        for name, value in tensors.items()
    }
    header = {
        "format": FORMAT,
        "config": config.model_dump_json(),
        "card": card.model_dump_json(),
        "works": json.dumps([work.model_dump() for work in works], ensure_ascii=False, separators=(",", ":")),
    }
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    save_file(small, beside, header)
    beside.replace(path)


def read_model(path: Path) -> ModelFile:
    """Raises `WorkerError(bad_model)` when the file is not an anchored model."""
    try:
        with safe_open(path, "pt") as file:
            header = file.metadata() or {}
            if header.get("format") != FORMAT:
                raise WorkerError(ErrorCode.bad_model, f"{path.name} is not an anchored model of this version.")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        return ModelFile(
            Config.model_validate_json(header["config"]),
            ModelCard.model_validate_json(header["card"]),
            _WORKS.validate_json(header["works"]),
            {name: value.float() if value.is_floating_point() else value for name, value in tensors.items()},
        )
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise WorkerError(ErrorCode.bad_model, f"{path.name} cannot be read as a model.") from error


def generator_tensors(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The generator's own weights of a model file, by their names in the module."""
    return {
        name.removeprefix("generator."): value
        for name, value in tensors.items()
        if name.startswith("generator.") and isinstance(value, torch.Tensor)
    }

"""Model files: safetensors, with the family's config and the model's card as JSON in the header."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from gan.contract import ErrorCode, ModelCard
from gan.errors import WorkerError
from gan.training.bundle import load_module

C = TypeVar("C", bound=BaseModel)


@dataclass(frozen=True)
class ModelFile(Generic[C]):
    """What a file of `read_model` holds; floats are single precision again."""

    config: C
    card: ModelCard
    tensors: dict[str, Tensor]


def write_model(path: Path, config: BaseModel, card: ModelCard, tensors: Mapping[str, Tensor]) -> None:
    """Floats are stored in half precision: the picture is the same to the eye and the file half as large."""
    small = {
        name: (value.half() if value.is_floating_point() else value).detach().cpu().contiguous().clone()
        for name, value in tensors.items()
    }
    header = {"format": _format(card.family), "config": config.model_dump_json(), "card": card.model_dump_json()}
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    save_file(small, beside, header)
    beside.replace(path)


def read_model(path: Path, family: str, config: type[C]) -> ModelFile[C]:
    """Raises `WorkerError(bad_model)` when the file is not a model of that family and version."""
    try:
        with safe_open(path, "pt") as file:
            header = file.metadata() or {}
            if header.get("format") != _format(family):
                raise WorkerError(ErrorCode.bad_model, f"{path.name} is not a {family} model of this version.")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        return ModelFile(
            config.model_validate_json(header["config"]),
            ModelCard.model_validate_json(header["card"]),
            {name: value.float() if value.is_floating_point() else value for name, value in tensors.items()},
        )
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise WorkerError(ErrorCode.bad_model, f"{path.name} cannot be read as a model.") from error


def read_network(
    path: Path, family: str, config: type[C], build: Callable[[C], nn.Module], device: str
) -> tuple[ModelFile[C], nn.Module]:
    """A file and its network, the tensors named `network.…`, ready to draw. Raises as `read_model`."""
    file = read_model(path, family, config)
    network = build(file.config)
    try:
        load_module(network, file.tensors, "network.")
    except (KeyError, RuntimeError) as error:
        raise WorkerError(ErrorCode.bad_model, f"{path.name} does not fit the {family} family.") from error
    return file, network.to(device).eval().requires_grad_(False)


def _format(family: str) -> str:
    return f"artel-{family}-1"

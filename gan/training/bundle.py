"""Networks and optimisers of a run as one flat dictionary of tensors, and back: what a checkpoint is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim import Optimizer


@dataclass(frozen=True)
class Bundle:
    """Everything that a step changes and that has weights, by name. Names are part of the checkpoint's format."""

    modules: Mapping[str, nn.Module]
    optimisers: Mapping[str, Optimizer]

    def state(self) -> dict[str, Tensor]:
        """Names such as `generator.first.weight` and `generator_optimiser.3.exp_avg`."""
        out: dict[str, Tensor] = {}
        for name, module in self.modules.items():
            out |= {f"{name}.{key}": value for key, value in module.state_dict().items()}
        for name, optimiser in self.optimisers.items():
            for index, slots in optimiser.state_dict()["state"].items():
                out |= {f"{name}.{index}.{slot}": torch.as_tensor(value) for slot, value in slots.items()}
        return out

    def load_state(self, state: Mapping[str, Tensor]) -> None:
        """Raises `KeyError` for what is missing, `RuntimeError` for what has another shape."""
        for name, module in self.modules.items():
            load_module(module, state, f"{name}.")
        for name, optimiser in self.optimisers.items():
            _load_optimiser(optimiser, state, f"{name}.")


def load_module(module: nn.Module, tensors: Mapping[str, Tensor], prefix: str) -> None:
    """Fill a network with the tensors whose names begin with `prefix`; others are left alone. Raises as `Bundle`."""
    own = module.state_dict()
    module.load_state_dict({key: tensors[prefix + key].to(value.dtype) for key, value in own.items()})


def _load_optimiser(optimiser: Optimizer, tensors: Mapping[str, Tensor], prefix: str) -> None:
    """Moments take their parameter's memory layout: the fused step walks memory, not indices."""
    parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    slots: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        if key.startswith(prefix):
            index, slot = key.removeprefix(prefix).split(".")
            if value.ndim:
                value = torch.empty_like(parameters[int(index)]).detach().copy_(value)
            slots.setdefault(int(index), {})[slot] = value
    optimiser.load_state_dict({"state": slots, "param_groups": optimiser.state_dict()["param_groups"]})

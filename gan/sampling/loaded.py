"""Models in memory, bounded in bytes: the one used longest ago is dropped first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from gan.spec import Family, SamplerModel, TransformerModel

Model = SamplerModel | TransformerModel


class LoadedModels:
    """A cache by content hash. One thread uses it."""

    def __init__(self, limit_bytes: int, get_family: Callable[[str], Family], device: str = "cpu") -> None:
        self._limit_bytes, self._get_family, self._device = limit_bytes, get_family, device
        self._models: OrderedDict[str, Model] = OrderedDict()

    def get(self, sha256: str, path: Path, family: str) -> tuple[Model, bool]:
        """The model, and whether it was in memory already. Raises what `Family.load` raises."""
        if known := self._models.get(sha256):
            self._models.move_to_end(sha256)
            return known, True
        model: Model = self._get_family(family).load(path, self._device)
        self._models[sha256] = model
        # the newest stays even when it alone is over the limit: it is the one that is wanted now
        while len(self._models) > 1 and self.nbytes > self._limit_bytes:
            self._models.popitem(last=False)
        return model, False

    def forget(self, sha256: str) -> None:
        self._models.pop(sha256, None)

    @property
    def nbytes(self) -> int:
        return sum(model.nbytes for model in self._models.values())

    @property
    def hashes(self) -> list[str]:
        return list(self._models)

"""The directions of the models: in a model's own file, else found once in a process of their own and kept for ever."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog
from pydantic import TypeAdapter

from gan.contract import Direction, DirectionList, DirectionsState, ErrorCode, ModelInfo
from gan.engines.base import Engine, ModelFile
from gan.errors import WorkerError
from gan.server.cards import read_header

TENSOR = "directions_info"
_INFOS = TypeAdapter(tuple[Direction, ...])
log = structlog.get_logger("artel.directions")


class DirectionStore:
    """Looks directions up by the hash of a model's weights."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self._folder, self._engine = folder, engine
        self._known: dict[str, tuple[Direction, ...]] = {}
        self._finding: dict[str, asyncio.Task[None]] = {}
        self._one = asyncio.Lock()

    async def of(self, info: ModelInfo, file: ModelFile, wait_s: float) -> DirectionList:
        """What is known now, or within `wait_s` seconds. Raises `WorkerError` when finding them failed."""
        directions = await self._read(file)
        if directions is None and wait_s > 0:
            directions = await self._wait(file, wait_s)
        elif directions is None:
            self._start(file)
        state = DirectionsState.finding if directions is None else DirectionsState.ready
        return DirectionList(
            model=info.card.id, model_sha256=info.sha256, state=state, directions=tuple(directions or ())
        )

    async def path(self, file: ModelFile) -> Path | None:
        """The file that goes along with a render of edits; none when they are in the model's own.

        Waits until they are found. Raises `WorkerError(starting)` when that takes long.
        """
        if await self._read(file) is None and await self._wait(file, 20.0) is None:
            raise WorkerError(ErrorCode.starting, "The model's sliders are being found; try again in a moment.")
        beside = self._beside(file)
        return beside if beside.exists() else None

    async def close(self) -> None:
        for task in self._finding.values():
            task.cancel()
        await asyncio.gather(*self._finding.values(), return_exceptions=True)

    async def _read(self, file: ModelFile) -> tuple[Direction, ...] | None:
        if file.sha256 not in self._known:
            found = await asyncio.to_thread(stored, file.path)
            if found is None and self._beside(file).exists():
                found = await asyncio.to_thread(stored, self._beside(file))
            if found is not None:
                self._known[file.sha256] = found
        return self._known.get(file.sha256)

    def _beside(self, file: ModelFile) -> Path:
        return self._folder / f"{file.sha256}.safetensors"

    def _start(self, file: ModelFile) -> asyncio.Task[None]:
        task = self._finding.get(file.sha256)
        if task is None:
            task = asyncio.create_task(self._find(file), name=f"directions of {file.path.stem}")
            self._finding[file.sha256] = task
            task.add_done_callback(lambda done: self._forget(file.sha256, done))
        return task

    def _forget(self, sha256: str, done: asyncio.Task[None]) -> None:
        self._finding.pop(sha256, None)
        if not done.cancelled() and (error := done.exception()):
            log.warning("no directions found", reason=str(error))

    async def _wait(self, file: ModelFile, seconds: float) -> tuple[Direction, ...] | None:
        task = self._start(file)
        await asyncio.wait([task], timeout=seconds)
        if task.done() and not task.cancelled() and (error := task.exception()):
            raise error
        return await self._read(file)

    async def _find(self, file: ModelFile) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        request = {"do": "directions", "path": str(file.path), "family": file.family, "out": str(self._beside(file))}
        async with self._one:
            async for _ in self._engine.errand(request):
                pass


def stored(path: Path) -> tuple[Direction, ...] | None:
    """The words of the directions in a safetensors file; none when it has none. Its other tensors are not read."""
    header = read_header(path)
    if TENSOR not in header:
        return None
    start, stop = header[TENSOR]["data_offsets"]
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        file.seek(8 + length + start)
        try:
            return _INFOS.validate_json(file.read(stop - start))
        except ValueError as error:
            raise WorkerError(ErrorCode.bad_model, "The model's directions cannot be read.") from error

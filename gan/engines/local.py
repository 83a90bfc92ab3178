"""The engine of one machine: one sampler child, and a trainer process for each run."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gan.contract import MarkReading, WalkStep
from gan.engines import errands, trainers
from gan.engines.base import EngineStatus, ModelFile, Rendering, RenderJob, Trainer
from gan.engines.judging import Judging
from gan.engines.sampler import Sampler
from gan.rundir import RunDir
from gan.settings import WorkerSettings


@dataclass(frozen=True)
class Commands:
    """What is started; tests put their own families behind the same commands."""

    sampler: Sequence[str] = (sys.executable, "-m", "gan.sampling.child")
    trainer: Sequence[str] = (sys.executable, "-m", "gan", "train")
    errand: Sequence[str] = (sys.executable, "-m", "gan.sampling.errand")
    judge: Sequence[str] = (sys.executable, "-m", "gan.evaluate.nearest")


class LocalEngine:
    """Implements `gan.engines.base.Engine`."""

    def __init__(self, settings: WorkerSettings, commands: Commands | None = None) -> None:
        commands = commands or Commands()
        arguments = (str(settings.sampler_threads), str(settings.cache_bytes), settings.device)
        # numpy's own threads would wait for each other in every finisher at once: that cost two fifths of the pictures
        environment: Mapping[str, str] = {"OMP_WAIT_POLICY": "PASSIVE", "OPENBLAS_NUM_THREADS": "1"}
        self.sampler = Sampler(
            (*commands.sampler, *arguments), environment, settings.render_queue, settings.render_timeout_s
        )
        self._trainer, self._errand = commands.trainer, commands.errand
        self._judging = Judging(commands.judge)

    async def start(self, warm: Sequence[ModelFile]) -> None:
        self.sampler.start(warm)

    async def close(self) -> None:
        await self._judging.close()
        await self.sampler.close()

    def status(self) -> EngineStatus:
        return self.sampler.status()

    async def render(self, job: RenderJob) -> Rendering:
        return await self.sampler.render(job)

    async def walk_steps(self, job: RenderJob, frames: int, loop: bool) -> tuple[WalkStep, ...]:
        return await self.sampler.walk_steps(job, frames, loop)

    async def read_mark(self, picture: bytes, secret: str) -> MarkReading:
        return await self.sampler.read_mark(picture, secret)

    def errand(self, request: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        return errands.run(self._errand, request)

    async def judge(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return await self._judging.ask(request)

    async def forget(self, sha256: str) -> None:
        await self.sampler.forget(sha256)

    def launch(self, run: RunDir) -> Trainer:
        return trainers.launch(run, self._trainer, {})

    def adopt(self, run: RunDir) -> Trainer | None:
        return trainers.adopt(run)

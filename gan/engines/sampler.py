"""The sampler child seen from the front: started, warmed, watched, restarted, and asked for pictures.

A crash of native code takes the child with it, never the front. What was in flight is asked for once more, alone, from
the next child; a request that kills a second child is answered with an error instead of killing a third.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from gan.contract import Credit, ErrorCode, HealthState, MarkReading, StageTimes, UnknownWord, WalkStep
from gan.engines import wire
from gan.engines.base import EncodedPicture, EngineStatus, ModelFile, Rendering, RenderJob
from gan.errors import Full, WorkerError

RESTART_DELAYS_S = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Before each restart in a row; a child that lived a minute starts the row anew. At 30 s it is still retried for ever,
since what broke it (a full disk, a bad driver) may be mended while we run."""
FAILED_AFTER = 5
"""Restarts in a row after which health says `failed`."""
STEADY_S = 60.0
PING_S = 2.0
SILENT_S = 20.0
"""A child that has not answered a ping for so long hangs (its reading thread waits for nothing but the interpreter)."""
FIRST_PACE_S, PACE_SHARE = 0.05, 0.1
"""Seconds a picture until we know better, and how much each answer moves that guess."""

log = structlog.get_logger("artel.sampler")


@dataclass
class _Asked:
    """A request on its way. `tries` counts the children it was given to."""

    header: dict[str, Any]
    pictures: int
    future: asyncio.Future[wire.Frame]
    blobs: Sequence[bytes] = ()
    tries: int = 0
    since: float = field(default_factory=time.monotonic)


class Sampler:
    """One sampler child. `command` starts it; the number of its socket is added as the last argument."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], max_waiting: int, timeout_s: float
    ) -> None:
        self._command, self._environment = list(command), dict(environment)
        self._max_waiting, self._timeout_s = max_waiting, timeout_s
        self._asked: dict[int, _Asked] = {}
        self._numbers = itertools.count(1)
        self._warm: Sequence[ModelFile] = ()
        self._writer: asyncio.StreamWriter | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._closing = False
        self._detail, self._device = "The sampler is starting.", ""
        self._deaths_in_a_row = self._restarts = 0
        self._loaded: frozenset[str] = frozenset()
        self._heard = self._answered = 0.0
        self._pace_s = FIRST_PACE_S

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self, warm: Sequence[ModelFile]) -> None:
        self._warm = warm
        self._task = asyncio.create_task(self._keep_alive(), name="sampler")

    async def close(self, grace_s: float = 10.0) -> None:
        """Let what was asked for finish, then end the child (closing its socket is the sign to go)."""
        self._closing = True
        try:
            async with asyncio.timeout(grace_s):
                await self._idle.wait()
        except TimeoutError:
            log.warning("renders given up at stop", waiting=len(self._asked))
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._fail_all(ErrorCode.stopped, "The worker is stopping; ask again when it is back.")

    def status(self) -> EngineStatus:
        waiting = sum(asked.pictures for asked in self._asked.values())
        if self._deaths_in_a_row >= FAILED_AFTER:
            state = HealthState.failed
        elif not self._ready.is_set():
            state = HealthState.starting
        else:
            state = HealthState.busy if waiting >= self._max_waiting // 2 else HealthState.ready
        detail = "" if self._ready.is_set() else self._detail
        return EngineStatus(state, detail, self._device, waiting, self._loaded, self._restarts)

    async def render(self, job: RenderJob) -> Rendering:
        status = self.status()
        if self._closing:
            raise WorkerError(ErrorCode.stopped, "The worker is stopping; ask again when it is back.")
        if status.state is HealthState.failed:
            raise WorkerError(ErrorCode.starting, f"The sampler keeps failing. {self._detail}")
        if status.waiting and status.waiting + len(job.recipes) > self._max_waiting:
            raise Full(f"{status.waiting} pictures are waiting; try again in a moment.", *self._line())
        header = {
            **_described(job),
            "do": "render",
            "size": job.size,
            "upscaler": job.upscaler.value,
            "format": job.format.value,
            "marks": [mark.value for mark in job.marks],
            "secret": job.secret,
        }
        return _rendering(*await self._ask(header, len(job.recipes), tuple(job.points.values())))

    async def walk_steps(self, job: RenderJob, frames: int, loop: bool) -> tuple[WalkStep, ...]:
        header = {**_described(job), "do": "walk", "frames": frames, "loop": loop}
        answer, _ = await self._ask(header, 0, tuple(job.points.values()))
        if "error" in answer:
            raise WorkerError(ErrorCode(answer["error"]), answer["detail"])
        return tuple(WalkStep.model_validate(step) for step in answer["steps"])

    async def read_mark(self, picture: bytes, secret: str) -> MarkReading:
        answer, _ = await self._ask({"do": "read_mark", "points": ["picture"], "secret": secret}, 0, (picture,))
        if "error" in answer:
            raise WorkerError(ErrorCode(answer["error"]), answer["detail"])
        return MarkReading(number=answer["number"], confidence=answer["confidence"])

    async def forget(self, sha256: str) -> None:
        if self._ready.is_set():
            await self._ask({"do": "forget", "sha256": sha256}, 0)

    async def _ask(self, header: dict[str, Any], pictures: int, blobs: Sequence[bytes] = ()) -> wire.Frame:
        number = next(self._numbers)
        asked = _Asked(header, pictures, asyncio.get_running_loop().create_future(), blobs)
        self._asked[number] = asked
        self._idle.clear()
        try:
            self._send(number, asked)
            async with asyncio.timeout(self._timeout_s):
                return await asked.future
        except TimeoutError as error:
            if not asked.tries:
                raise WorkerError(ErrorCode.starting, self._detail) from error
            # nothing answered for so long means a child that hangs in native code: ending it frees those behind it
            if time.monotonic() - self._answered > self._timeout_s / 2:
                self._end_child("no render was answered within the time allowed")
            detail = f"No picture within {self._timeout_s:.0f} s; ask for fewer or smaller ones."
            raise WorkerError(ErrorCode.timeout, detail) from error
        finally:
            self._asked.pop(number, None)
            if not self._asked:
                self._idle.set()

    def _send(self, number: int, asked: _Asked) -> None:
        if self._writer is None or not self._ready.is_set():
            return  # sent when the next child is ready
        asked.tries += 1
        self._writer.write(wire.pack({**asked.header, "n": number, "alone": asked.tries > 1}, asked.blobs))

    # --- the child's life ---------------------------------------------------------------------------------------

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(RESTART_DELAYS_S[min(max(self._deaths_in_a_row - 1, 0), len(RESTART_DELAYS_S) - 1)])
            began = time.monotonic()
            try:
                await self._live()
            except (wire.WireError, OSError, ValueError, KeyError) as error:
                if not self._ready.is_set():
                    self._detail = f"It ended while starting ({error}); see the log."
            finally:
                was_ready = self._ready.is_set()
                self._ready.clear()
                await self._bury(was_ready)
            steady = time.monotonic() - began > STEADY_S
            self._deaths_in_a_row = 1 if steady else self._deaths_in_a_row + 1
            self._restarts += 1
            self._loaded = frozenset()
            self._after_death()
            log.warning("sampler ended, starting another", in_a_row=self._deaths_in_a_row, waiting=len(self._asked))

    async def _live(self) -> None:
        """Start a child, warm it, and read its answers until it dies."""
        ours, theirs = socket.socketpair()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                str(theirs.fileno()),
                pass_fds=(theirs.fileno(),),
                stdin=asyncio.subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C in a terminal is for the front, which lets renders finish first
                env={**os.environ, **self._environment},
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        reader, self._writer = await asyncio.open_connection(sock=ours)
        models = [{"path": str(m.path), "sha256": m.sha256, "family": m.family} for m in self._warm]
        self._writer.write(wire.pack({"do": "warm", "n": 0, "models": models}))
        self._heard = time.monotonic()
        pings = asyncio.create_task(self._ping(), name="sampler pings")
        try:
            while True:
                header, blobs = await wire.receive(reader)
                self._heard = time.monotonic()
                self._take(header, blobs)
        finally:
            pings.cancel()

    def _take(self, header: dict[str, Any], blobs: list[bytes]) -> None:
        self._loaded = frozenset(header.get("loaded", self._loaded))
        number = header["n"]
        if header["do"] == "warmed":
            self._device = str(header["device"])
            self._ready.set()
            log.info("sampler ready", pid=self.pid, device=self._device, seconds=header["seconds"])
            for n, waiting in list(self._asked.items()):
                self._send(n, waiting)
        elif header["do"] == "answer" and (asked := self._asked.get(number)) and not asked.future.done():
            if self._deaths_in_a_row and asked.header["do"] == "render":
                self._deaths_in_a_row = 0
            self._note_pace(asked)
            asked.future.set_result((header, blobs))

    def _note_pace(self, asked: _Asked) -> None:
        """Follow the seconds that a picture takes while the sampler is busy."""
        now = time.monotonic()
        if asked.pictures:
            each = (now - max(asked.since, self._answered)) / asked.pictures
            self._pace_s += PACE_SHARE * (each - self._pace_s)
        self._answered = now

    def _line(self) -> tuple[int, float]:
        """Pictures that wait, and the seconds in which half of them will be done, so that there is room again."""
        waiting = sum(asked.pictures for asked in self._asked.values())
        return waiting, waiting * self._pace_s / 2

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_S)
            if self._writer and not self._writer.is_closing():
                self._writer.write(wire.pack({"do": "ping", "n": 0}))
            if self._ready.is_set() and time.monotonic() - self._heard > SILENT_S:
                self._end_child(f"no sign of life for {SILENT_S:.0f} s")

    def _end_child(self, why: str) -> None:
        if self._process and self._process.returncode is None:
            log.error("ending the sampler", reason=why, pid=self.pid)
            self._ready.clear()  # what is asked from now on waits for the next one
            self._process.kill()

    async def _bury(self, was_ready: bool) -> None:
        if self._writer:
            self._writer.close()
            self._writer = None
        if self._process:
            if self._process.returncode is None:
                if not was_ready:  # still importing torch, deaf to the socket
                    self._process.kill()
                try:  # a closed socket tells it to go; give it the moment that takes
                    async with asyncio.timeout(1.0):
                        await self._process.wait()
                except TimeoutError:
                    self._process.kill()
            await self._process.wait()

    def _after_death(self) -> None:
        for asked in self._asked.values():
            if asked.tries >= 2 and not asked.future.done():
                detail = "The sampler crashed twice over this request; try another seed or model."
                asked.future.set_exception(WorkerError(ErrorCode.internal, detail))

    def _fail_all(self, code: ErrorCode, detail: str) -> None:
        for asked in self._asked.values():
            if not asked.future.done():
                asked.future.set_exception(WorkerError(code, detail))


def _described(job: RenderJob) -> dict[str, Any]:
    """What the child needs to know of model and recipes; the points' files follow as blobs, in the same order."""
    return {
        "path": str(job.model.path),
        "sha256": job.model.sha256,
        "family": job.model.family,
        "recipes": [recipe.model_dump(mode="json") for recipe in job.recipes],
        "points": list(job.points),
        "directions": str(job.directions) if job.directions else None,
        "request": job.request_id,
    }


def _rendering(header: dict[str, Any], blobs: list[bytes]) -> Rendering:
    if "error" in header:
        raise WorkerError(ErrorCode(header["error"]), header["detail"])
    pictures = tuple(
        EncodedPicture(
            data=blob,
            sha256=described["sha256"],
            media_type=described["media_type"],
            width=described["width"],
            height=described["height"],
            credits=tuple(Credit.model_validate(credit) for credit in described["credits"]),
            unknown=tuple(UnknownWord.model_validate(word) for word in described["unknown"]),
            pixels=described["pixels"],
            looks=described["looks"],
            mark=described["mark"],
        )
        for described, blob in zip(header["pictures"], blobs, strict=True)
    )
    times = StageTimes.model_validate(header["times"])
    return Rendering(pictures, times, batch=header["batch"], cached=header["cached"])

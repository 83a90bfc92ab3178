"""The sampler child: `python -m gan.sampling.child SOCKET`, started and watched by `gan.engines.sampler`.

Three kinds of threads: one reads requests, one (the main one) runs the models, a few finish pictures: bring them to
size, encode them, send the answers (torch, zlib and Pillow let go of the interpreter). Each finisher uses one thread:
as quick for a grid as all threads on one picture after another, steadier beside a training, and the bytes of a picture
do not depend on how many threads there are. When the socket closes the child ends at once: it never outlives its front.
"""

from __future__ import annotations

import json
import os
import queue
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import torch
from pydantic import TypeAdapter

from gan.contract import MAX_CREDITS, ErrorCode, Mark, PictureFormat, Recipe, Transform
from gan.contract import Upscaler as Choice
from gan.engines import wire
from gan.errors import WorkerError
from gan.sampling.batches import Batches, Waiting
from gan.sampling.encode import encode
from gan.sampling.fingerprint import looks_of, pixels_of
from gan.sampling.loaded import LoadedModels, Model
from gan.sampling.marking import marked, read_mark
from gan.sampling.sizes import resize, wants_net
from gan.sampling.transforms import drawn, first_pictures, points_of
from gan.sampling.upscaler import Upscaler
from gan.sampling.walks import walk_steps
from gan.spec import Aids, Family, LatentModel, Rendered

BATCH_PICTURES = 16
"""Small networks are fastest per picture at 16; more only makes others wait."""
BATCH_PICTURES_BY_NET = 4
"""Upscaling dwarfs the rest, so turns are kept short."""
BATCH_TRANSFORMS = 1
"""A transform may take a third of a second, and others' renders come in between."""
AHEAD = 4
"""Pictures rendered and not finished, for each finisher; beyond that rendering waits."""

_RECIPES: TypeAdapter[tuple[Recipe, ...]] = TypeAdapter(tuple[Recipe, ...])


@dataclass
class Job:
    """A request being worked on. The main thread writes everything but what the finishers fill in under `lock`."""

    n: int
    header: dict[str, Any]
    recipes: tuple[Recipe, ...]
    arrived: float
    times: dict[str, float] = field(
        default_factory=lambda: dict.fromkeys(("queue", "render", "upscale", "encode"), 0.0)
    )
    pictures: list[tuple[dict[str, Any], bytes] | None] = field(default_factory=list)
    left: int = 0
    rendered_at: float = 0.0
    batch: int = 0
    cached: bool = True
    failed: bool = False
    own_upscaler: Choice = Choice.learned
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def size(self) -> int | None:
        size: int | None = self.header["size"]
        return size

    @property
    def choice(self) -> Choice:
        return Choice(self.header["upscaler"])

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(Mark(mark) for mark in self.header["marks"])


class Child:
    """Everything of the process; `run` returns when the front has closed the socket."""

    def __init__(self, sock: socket.socket, models: LoadedModels, device: torch.device, threads: int) -> None:
        self._sock, self._models, self._device, self._threads = sock, models, device, threads
        self._inbox: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._batches: Batches[Job] = Batches(_batch_limit)
        self._finishers = ThreadPoolExecutor(threads, "finish", torch.set_num_threads, (1,))
        self._room = threading.BoundedSemaphore(AHEAD * threads)
        self._send_lock = threading.Lock()
        self._net: Upscaler | None = None
        self._net_lock = threading.Lock()

    def run(self) -> None:
        threading.Thread(target=self._read, name="read", daemon=True).start()
        while True:
            # sleeps only when nobody waits; otherwise takes what has come in since the last batch and goes on
            if not self._batches:
                self._accept(self._inbox.get())
            while not self._inbox.empty():
                self._accept(self._inbox.get())
            if batch := self._batches.next():
                self._work(batch)

    # --- talking ------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        try:
            while True:
                header, blobs = wire.receive_blocking(self._sock)
                header["arrived"] = time.perf_counter()
                header["points"] = dict(zip(header.get("points", ()), blobs, strict=True))
                if header["do"] == "ping":  # answered here: it proves life even while a network runs
                    self._send({"do": "pong", "n": 0})
                else:
                    self._inbox.put(header)
        except (wire.WireError, OSError):
            os._exit(0)  # a network may be deep in native code and would hold a polite exit up

    def _send(self, header: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
        data = wire.pack(header, blobs)
        with self._send_lock:
            self._sock.sendall(data)

    def _accept(self, header: dict[str, Any]) -> None:
        match header["do"]:
            case "warm":
                self._warm(header["models"])
            case "forget":
                self._models.forget(header["sha256"])
                self._send({"do": "answer", "n": header["n"], "loaded": self._models.hashes})
            case "walk":
                self._plan_walk(header)
            case "read_mark":
                self._finishers.submit(self._read_mark, header)
            case "render":
                recipes = _RECIPES.validate_python(header["recipes"])
                job = Job(header["n"], header, recipes, header["arrived"])
                job.pictures, job.left = [None] * len(recipes), len(recipes)
                self._batches.add(Waiting(job, header["sha256"], len(recipes), header["alone"]))

    def _plan_walk(self, header: dict[str, Any]) -> None:
        stops = _RECIPES.validate_python(header["recipes"])
        answer = {"do": "answer", "n": header["n"]}
        try:
            model, _ = self._models.get(header["sha256"], Path(header["path"]), header["family"])
            _aid(model, [header], header["points"])
            codes = cast("LatentModel", model).codes(stops) if hasattr(model, "codes") else None
            steps = walk_steps(codes, len(stops), header["frames"], header["loop"])
            self._send({**answer, "steps": [step.model_dump() for step in steps], "loaded": self._models.hashes})
        except Exception as error:
            code, detail = _explain(error)
            self._send({**answer, "error": code.value, "detail": detail})

    def _read_mark(self, header: dict[str, Any]) -> None:
        answer = {"do": "answer", "n": header["n"]}
        try:
            reading = read_mark(header["points"]["picture"], header["secret"])
            self._send({**answer, "number": reading.number, "confidence": reading.confidence})
        except Exception as error:
            code, detail = _explain(error)
            self._send({**answer, "error": code.value, "detail": detail})

    def _warm(self, models: list[dict[str, str]]) -> None:
        """Load and render before the first member asks: lazy set-up in torch costs the first picture a second."""
        began = time.perf_counter()
        for model in models:
            try:
                loaded, _ = self._models.get(model["sha256"], Path(model["path"]), model["family"])
                pictures = first_pictures(loaded)
                size = max(pictures[0].pixels.shape[:2]) * 4
                for _ in range(self._threads):
                    self._finishers.submit(resize, pictures[0].pixels, size, Choice.learned, self._upscaler()).result()
            except Exception as error:  # a bad base must not keep the others from being served
                print(f"warming {model['path']} failed: {error!r}", file=sys.stderr, flush=True)
        seconds = round(time.perf_counter() - began, 3)
        self._send(
            {"do": "warmed", "n": 0, "device": str(self._device), "seconds": seconds, "loaded": self._models.hashes}
        )

    # --- working ------------------------------------------------------------------------------------------------

    def _work(self, batch: list[tuple[Job, range]]) -> None:
        """Render one batch. If it fails as a whole each request is tried by itself, so one bad recipe harms nobody."""
        batch = [(job, which) for job, which in batch if not job.failed]
        if not batch:
            return
        try:
            self._render(batch)
        except Exception as error:
            if len(batch) == 1:
                self._refuse(batch[0][0], error)
                return
            for job, which in batch:
                try:
                    self._render([(job, which)])
                except Exception as own:
                    self._refuse(job, own)

    def _render(self, batch: list[tuple[Job, range]]) -> None:
        began = time.perf_counter()
        lead = batch[0][0].header
        model, cached = self._models.get(lead["sha256"], Path(lead["path"]), lead["family"])
        recipes = [job.recipes[i] for job, which in batch for i in which]
        blobs = {blob: data for job, _ in batch for blob, data in job.header["points"].items()}
        _aid(
            model, [job.header for job, _ in batch], points_of([one for job, _ in batch for one in job.recipes], blobs)
        )
        rendered = drawn(model, recipes, blobs)
        if len(rendered) != len(recipes):
            raise RuntimeError(f"{lead['family']} made {len(rendered)} pictures of {len(recipes)} recipes")
        ms = (time.perf_counter() - began) * 1e3
        pictures = iter(rendered)
        for job, which in batch:
            if not job.batch:
                job.times["queue"] = (began - job.arrived) * 1e3
            job.times["render"] += ms
            job.rendered_at = began + ms / 1e3
            job.own_upscaler = model.card.upscaler
            job.batch, job.cached = max(job.batch, len(recipes)), job.cached and cached
            for i in which:
                self._finish(job, i, next(pictures))

    def _finish(self, job: Job, index: int, rendered: Rendered) -> None:
        """Hand a picture to the finishers; waits when they are behind, so that turns stay fair."""
        self._room.acquire()
        self._finishers.submit(self._finish_one, job, index, rendered)

    def _finish_one(self, job: Job, index: int, rendered: Rendered) -> None:
        try:
            began = time.perf_counter()
            choice = job.choice
            if choice is Choice.auto and job.own_upscaler is not Choice.learned:
                choice = job.own_upscaler  # as the model's card says; pixel art stays crisp
            net = self._upscaler() if wants_net(max(rendered.pixels.shape[:2]), job.size, choice) else None
            picture = resize(rendered.pixels, job.size, choice, net)
            resized = time.perf_counter()
            picture, mark = marked(picture, job.marks, job.header["secret"], job.header["sha256"], job.recipes[index])
            data, digest, media_type = encode(picture, PictureFormat(job.header["format"]))
            encoded = time.perf_counter()
            credits_ = sorted(rendered.credits, key=lambda c: (c.kind == "rest", -c.weight))[:MAX_CREDITS]
            described = {
                "sha256": digest,
                "media_type": media_type,
                "width": picture.width,
                "height": picture.height,
                "credits": [credit.model_dump(mode="json") for credit in credits_],
                "unknown": [word.model_dump(mode="json") for word in rendered.unknown],
                "pixels": pixels_of(picture),
                "looks": looks_of(picture),
                "mark": mark,
            }
            with job.lock:
                job.pictures[index] = (described, data)
                job.times["upscale"] += (resized - began) * 1e3
                job.times["encode"] += (encoded - resized) * 1e3
                job.left -= 1
                complete = job.left == 0 and not job.failed
            if complete:
                self._answer(job, time.perf_counter() - job.rendered_at)
        except Exception as error:
            self._refuse(job, error)
        finally:
            self._room.release()

    def _upscaler(self) -> Upscaler:
        with self._net_lock:
            if self._net is None:
                self._net = Upscaler(self._device)
            return self._net

    def _answer(self, job: Job, finishing_s: float) -> None:
        # finishers work side by side: their time is shared out so that the stages add up to what the asker waited
        worked = job.times["upscale"] + job.times["encode"]
        for stage in ("upscale", "encode"):
            job.times[stage] *= finishing_s * 1e3 / max(worked, 1e-9)
        done = [picture for picture in job.pictures if picture is not None]
        header = {
            "do": "answer",
            "n": job.n,
            "pictures": [described for described, _ in done],
            "times": {f"{stage}_ms": round(ms, 2) for stage, ms in job.times.items()},
            "batch": job.batch,
            "cached": job.cached,
            "loaded": self._models.hashes,
        }
        self._send(header, [data for _, data in done])

    def _refuse(self, job: Job, error: Exception) -> None:
        with job.lock:
            if job.failed:
                return
            job.failed = True
        code, detail = _explain(error)
        if code is ErrorCode.internal:
            line = {"event": "render failed", "request": job.header["request"], "error": repr(error)}
            print(json.dumps(line), file=sys.stderr, flush=True)
        self._send({"do": "answer", "n": job.n, "error": code.value, "detail": detail})


def _aid(model: Model, headers: Sequence[dict[str, Any]], points: dict[str, bytes]) -> None:
    """Give the model what the recipes of these requests refer to."""
    directions = next((header["directions"] for header in headers if header["directions"]), None)
    if points or directions:
        cast("LatentModel", model).aid(Aids(points, Path(directions) if directions else None, headers[0]["sha256"]))


def _batch_limit(job: Job) -> int:
    if isinstance(job.recipes[0], Transform):
        return BATCH_TRANSFORMS
    # whether the net is needed depends on the model's own size too; a size asked for is near enough
    return (
        BATCH_PICTURES if job.size is None or job.choice in (Choice.lanczos, Choice.nearest) else BATCH_PICTURES_BY_NET
    )


def _explain(error: Exception) -> tuple[ErrorCode, str]:
    if isinstance(error, WorkerError):
        return error.code, error.detail
    if isinstance(error, MemoryError) or "out of memory" in str(error) or "can't allocate memory" in str(error):
        return ErrorCode.out_of_memory, "There is not enough memory for this; ask for fewer or smaller pictures."
    if isinstance(error, FileNotFoundError):
        return ErrorCode.model_missing, "The model's file is gone; choose another model."
    return ErrorCode.internal, "The model could not make this picture; try another seed or model."


def choose_device(wanted: str) -> torch.device:
    """`auto`, `cpu` or `cuda`. Raises `ValueError` for a GPU that torch does not see."""
    has_gpu = torch.cuda.is_available()
    if wanted == "cuda" and not has_gpu:
        raise ValueError("ARTEL_WORKER_DEVICE=cuda, but torch sees no GPU; install a CUDA build of torch or use auto")
    return torch.device("cuda" if has_gpu and wanted != "cpu" else "cpu")


def main(get_family: Callable[[str], Family], arguments: Sequence[str]) -> None:
    """`THREADS CACHE_BYTES DEVICE SOCKET`; `get_family` reads the registry of families."""
    threads, cache_bytes, device, number = arguments
    count = int(threads) or min(4, os.cpu_count() or 1)
    torch.set_num_threads(count)
    sock = socket.socket(fileno=int(number))
    chosen = choose_device(device)
    models = LoadedModels(int(cache_bytes), get_family, str(chosen))
    Child(sock, models, chosen, count).run()


if __name__ == "__main__":
    from gan import families

    main(families.get, sys.argv[1:])

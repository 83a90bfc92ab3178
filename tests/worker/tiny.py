"""A small real sampler for tests, and a transformer: torch draws, runs count, save, pause, and leave a model file.

The trainer side does without torch, whose import would be most of a test's time.

Its options make it misbehave on request: `crash` a sampler, be slow, fail to train. Started as a program it is the
sampler or the trainer of the worker under test, with this family in the registry's place.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from safetensors import safe_open
from safetensors.numpy import save_file

from gan.contract import (
    Blend,
    Credit,
    ErrorCode,
    FamilyInfo,
    Figures,
    ModelCard,
    Progress,
    Prompt,
    Recipe,
    Seed,
    TrainingState,
    UnknownWord,
    Upscaler,
    Vary,
    prompts_in,
)
from gan.errors import WorkerError
from gan.rundir import Report, RunDir
from gan.spec import Rendered, SamplerModel, TransformerModel, Transforming

INFO = FamilyInfo(
    name="tiny", title="Tiny", kind="sampler", recipes=("seed", "vary", "blend", "prompt"), summary="For tests."
)
TINTED = FamilyInfo(name="tinted", title="Tinted", kind="transformer", recipes=("transform",), takes=2)
FAMILIES = (INFO, TINTED)
SIZE, CODE = 64, 8
CRASH_SEED, SLOW_SEED, BAD_SEED, HUGE_SEED = 666, 777, 888, 999
BAD_TRANSFORM_SEED = 13


def write_model(path: Path, model_id: str, *, seed: int = 0, alpha: bool = False, padding: int = 0) -> None:
    weight = np.random.default_rng(seed).standard_normal((SIZE * SIZE * 4, CODE), np.float32)
    tensors: dict[str, NDArray[Any]] = {"weight": weight, "padding": np.zeros(padding, np.uint8)}
    card = ModelCard(id=model_id, title=model_id, family="tiny", size=SIZE, alpha=alpha)
    save_file(tensors, path, {"card": card.model_dump_json()})


class TinyModel:
    """Colours from a code by a matrix; `padding` only makes it large in memory."""

    def __init__(self, path: Path) -> None:
        import torch

        self._torch = torch
        with safe_open(path, "pt") as file:
            self.card = ModelCard.model_validate_json(file.metadata()["card"])
            self._weight, self._padding = file.get_tensor("weight"), file.get_tensor("padding")
        self.nbytes = self._weight.nbytes + self._padding.nbytes

    def render(self, recipes: Sequence[Recipe]) -> list[Rendered]:
        rendered = []
        for recipe in recipes:
            code = self._torch.from_numpy(_code(recipe))
            pixels = (self._weight @ code).sigmoid().mul(255).to(self._torch.uint8).reshape(SIZE, SIZE, 4).clone()
            if not self.card.alpha:
                pixels[..., 3] = 255
            credits_ = tuple(Credit(work=f"{n:02d}", weight=(n + 1) / 78) for n in range(12))
            unknown = tuple(UnknownWord(word=text, nearest=("dot",)) for text in prompts_in(recipe))
            rendered.append(Rendered(pixels.numpy(), credits_, unknown))
        return rendered


def _code(recipe: Recipe) -> NDArray[np.float32]:
    match recipe:
        case Seed(seed=seed):
            _misbehave(seed)
            return np.random.default_rng(seed).standard_normal(CODE, np.float32)
        case Prompt(text=text, seed=seed):
            return np.random.default_rng(seed + len(text)).standard_normal(CODE, np.float32)
        case Vary(of=of, seed=seed, amount=amount):
            return _lerp(_code(of), _code(Seed(seed=seed)), amount)
        case Blend(a=a, b=b, t=t):
            return _lerp(_code(a), _code(b), t)
    raise WorkerError(ErrorCode.recipe_unsupported, f"{recipe.kind} is not for tiny models")


def _lerp(a: NDArray[np.float32], b: NDArray[np.float32], t: float) -> NDArray[np.float32]:
    return (a + np.float32(t) * (b - a)).astype(np.float32)


def _misbehave(seed: int) -> None:
    if seed == CRASH_SEED:
        os.abort()
    if seed == SLOW_SEED:
        time.sleep(1.0)
    if seed == BAD_SEED:
        raise RuntimeError("no such picture")
    if seed == HUGE_SEED:
        raise RuntimeError("CUDA out of memory")


class Tiny:
    """`gan.spec.Family`."""

    info = INFO

    def load(self, path: Path, device: str = "cpu") -> SamplerModel:
        try:
            return TinyModel(path)
        except Exception as error:
            raise WorkerError(ErrorCode.bad_model, f"{path.name} is not a tiny model") from error

    def train(self, run: RunDir) -> None:
        _Training(run).run()


def write_tinted(path: Path, model_id: str) -> None:
    card = ModelCard(id=model_id, title=model_id, family="tinted", size=SIZE, upscaler=Upscaler.lanczos)
    save_file({"none": np.zeros(1, np.uint8)}, path, {"card": card.model_dump_json()})


class TintedModel:
    """A picture turned toward its negative, or toward the mean colour of a second one."""

    def __init__(self, path: Path) -> None:
        with safe_open(path, "np") as file:
            self.card = ModelCard.model_validate_json(file.metadata()["card"])
        self.nbytes = 1

    def transform(self, asked: Sequence[Transforming]) -> list[Rendered]:
        return [Rendered(self._one(one)) for one in asked]

    def _one(self, one: Transforming) -> NDArray[np.uint8]:
        if one.options.seed == BAD_TRANSFORM_SEED:
            raise WorkerError(ErrorCode.invalid, "Thirteen is no number for a picture.")
        rgb = one.picture[..., :3].astype(np.float32)
        wanted = 255 - rgb if one.second is None else one.second[..., :3].mean((0, 1))
        mixed = rgb + one.options.strength * (wanted - rgb)
        return np.dstack([mixed.round().astype(np.uint8), one.picture[..., 3]])


class Tinted:
    """`gan.spec.TransformerFamily`; it learns nothing."""

    info = TINTED

    def load(self, path: Path, device: str = "cpu") -> TransformerModel:
        return TintedModel(path)

    def train(self, run: RunDir) -> None:
        raise WorkerError(ErrorCode.invalid, "There is nothing to learn.")


class _Training:
    """Counts to `steps`, with state in `resume.safetensors`, and leaves a model whose weights are that count."""

    def __init__(self, run: RunDir) -> None:
        self._run, self._options = run, run.config().request.options
        self._events = run.event_log()
        self._steps, self._nap = int(self._options.get("steps", 20)), float(self._options.get("nap", 0.02))
        self._at = 0
        if run.resume.exists():
            with safe_open(run.resume, "np") as file:
                self._at = int(file.get_tensor("at"))
            self._events.write("note", text=f"Goes on from {self._at}.")

    def run(self) -> None:
        if "refuse" in self._options:
            raise WorkerError(ErrorCode.bad_picture, "These pictures cannot be learned from.")
        self._events.write("state", state=TrainingState.running)
        while self._at < self._steps:
            word = self._run.control()
            if word == "stop":
                break
            if word == "pause":
                self._pause()
                continue
            self._step()
        self._finish()

    def _step(self) -> None:
        time.sleep(self._nap)
        self._at += 1
        if self._at == int(self._options.get("die_at", -1)):
            print("a native library crashed", flush=True)
            os.abort()
        progress = Progress(pictures_seen=self._at, fraction=self._at / self._steps, pictures_per_second=50.0)
        self._events.write("progress", progress=progress)
        if self._at % 5 == 0:
            self._save()
            name = f"{self._at:09d}.png"
            Image.new("RGB", (8, 8), (self._at, 0, 0)).save(self._run.samples / name)
            self._events.write("sample", text=name)

    def _save(self) -> None:
        beside = self._run.path / ".resume"
        save_file({"at": np.array(self._at)}, beside)
        beside.replace(self._run.resume)

    def _pause(self) -> None:
        self._save()
        self._events.write("state", state=TrainingState.paused)
        while self._run.control() == "pause":
            time.sleep(0.05)
        self._events.write("state", state=TrainingState.running)

    def _finish(self) -> None:
        figures = Figures(judge="count", pictures_seen=self._at)
        write_model(self._run.model, "trained", seed=self._at)
        self._events.write("figures", figures=figures)
        self._run.write_report(Report(state=TrainingState.finished, figures=figures))
        self._events.write("state", state=TrainingState.finished)


def get(name: str) -> Any:
    """The families of the worker under test: this sampler, and a transformer."""
    if name == TINTED.name:
        return Tinted()
    if name != INFO.name:
        raise WorkerError(ErrorCode.family_missing, f"no family {name}")
    return Tiny()


if __name__ == "__main__":
    if sys.argv[1] == "train":
        from gan.engines.trainee import train

        sys.exit(train(Path(sys.argv[2]), get))
    if sys.argv[1] == "serve":
        import asyncio

        from gan.engines.local import Commands
        from gan.server.serve import configure_logging, serve
        from gan.settings import WorkerSettings

        settings = WorkerSettings()
        configure_logging(settings)
        here = (sys.executable, __file__)
        asyncio.run(serve(settings, FAMILIES, Commands((*here, "sample"), (*here, "train")), Path(sys.argv[2])))
        sys.exit(0)
    from gan.sampling.child import main

    main(get, sys.argv[2:])

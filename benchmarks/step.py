"""What a training step of the default family is made of: milliseconds of each part for one batch, on one thread."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe
from gan.families.anchored.config import Config
from gan.families.anchored.state import Nets
from gan.families.anchored.step import train_step

REPEATS = 15
WORKS = 64
SIZES = (64, 128)


def run(console: Console) -> None:
    """Medians over a few repetitions; the parts overlap a little (a pass back is timed with its pass forward)."""
    console.print(describe())
    torch.set_num_threads(1)
    for size in SIZES:
        torch.manual_seed(0)
        config = Config(size=size)
        times = {name: _median(part) for name, part in _parts(Nets(config, WORKS), config).items()}
        table = Table(title=f"{size} px, batch {config.batch}, one thread")
        table.add_column("part")
        table.add_column("ms", justify="right")
        for name, milliseconds in times.items():
            table.add_row(name, f"{milliseconds:.0f}")
        console.print(table)
        both = (1000 * config.batch / times[f"whole step, {phase}"] for phase in ("rebuilding", "inventing"))
        console.print("{:.0f} pictures/s while rebuilding, {:.0f} while inventing".format(*both))


def _parts(nets: Nets, config: Config) -> dict[str, Callable[[], object]]:
    styles = torch.randn(config.batch, nets.generator.layers, config.code)
    rgb = torch.randn(config.batch, 3, config.size, config.size)
    pictures = torch.rand(WORKS, 4, config.size, config.size).contiguous(memory_format=torch.channels_last)
    nets.study(pictures)
    random = torch.Generator().manual_seed(0)

    def draw() -> torch.Tensor:
        with nets.autocast():
            return nets.generator(styles)  # type: ignore[no-any-return]

    @torch.no_grad()
    def look() -> object:
        return nets.look(rgb)

    def look_back() -> None:
        maps = nets.look(rgb.clone().requires_grad_())
        torch.stack([m.float().abs().mean() for m in maps]).sum().backward()

    return {
        "generator, forward": draw,
        "generator, forward and back": lambda: draw().sum().backward(),
        "frozen features, forward": look,
        "frozen features, forward and back": look_back,
        "whole step, rebuilding": lambda: train_step(nets, config, pictures, 0.0, random),
        "whole step, inventing": lambda: train_step(nets, config, pictures, 0.6, random),
    }


def _median(part: Callable[[], object]) -> float:
    for _ in range(3):
        part()
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        part()
        times.append(time.perf_counter() - began)
    return 1000 * sorted(times)[len(times) // 2]

"""`python -m benchmarks [chat] [train] [studio] [step] [sampling] [--presses N] [--minutes M] [--pictures DIR]`; all if
none. By name only, since they take long: `quality` (figures by set, number of pictures and time) and `peers` (beside
other GANs); both take `--sets` and `--minutes`; `prompts` (what words find and make; `--held-out DIR`);
`selfsupervised` (features from a community's own pictures; `--teach-seconds S`); `provenance` (marks and manifests;
`--outputs`, `--unmarked`); `uploads` (hostile files; `--corpus`, `--mutations`); `gate` (false alarms of the operator's
gate; `--pictures DIR`, `--every`, `--outputs`); `families` (the other samplers; `--full --digits DIR --only NAME …`);
`credits` (whether credits tell the truth; `--outputs`, `--minutes`);
`pairs` (pix2pix, pix2pixHD and CycleGAN; `--pictures DIR`; alone as `python -m benchmarks.pairs` with `--quick` and
`--share`); `transformers` (style and restorer; alone as `python -m benchmarks.transformers` in the same way); `told`
(what a diffusion model makes of titles; `--works RUN_DIR`).

How much the house bears is measured only by name, and ends with 1 when a promise did not hold (docs/reliability.md):
`kills [--requests N] [--kills M] [--database postgres]`, `load [--rate R] [--seconds S]`, `faults [--requests N]`,
`soak [--soak-minutes M]`, `players [--players-seconds S]`.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from rich.console import Console

from benchmarks import (
    chat,
    families,
    faults,
    gate,
    kills,
    load,
    pairs,
    peers,
    players,
    prompts,
    provenance,
    quality,
    sampling,
    selfsupervised,
    soak,
    step,
    studio,
    told,
    train,
    transformers,
    uploads,
)
from benchmarks import credits as owing
from benchmarks.arguments import add_names

USUAL = ("chat", "train", "studio", "step", "sampling")
BY_NAME = (
    "quality",
    "families",
    "pairs",
    "transformers",
    "told",
    "peers",
    "prompts",
    "selfsupervised",
    "provenance",
    "uploads",
    "credits",
    "gate",
    "kills",
    "load",
    "faults",
    "soak",
    "players",
)


async def measure(options: argparse.Namespace) -> bool:
    """Run what was asked for; false when something did not hold."""
    console = Console(width=120)
    which, holds = options.which or USUAL, True
    if "chat" in which:
        await chat.run(console, options.presses, training=options.training)
    if "train" in which:
        await train.run(console, options.minutes)
    if "studio" in which:
        await studio.run(console, options.pictures)
    if "step" in which:
        await asyncio.to_thread(step.run, console)
    if "sampling" in which:
        await sampling.run(console)
    if "quality" in which:
        await asyncio.to_thread(quality.run, console, options)
    if "families" in which:
        await asyncio.to_thread(families.run, console, options)
    if "pairs" in which:
        holds &= await asyncio.to_thread(pairs.run, console, pairs.FAMILIES, options.pictures)
    if "transformers" in which:
        holds &= await asyncio.to_thread(transformers.run, console, transformers.FAMILIES, None, 1.0)
    if "told" in which:
        await asyncio.to_thread(told.run, console, options)
    if "peers" in which:
        await asyncio.to_thread(peers.run, console, options)
    if "prompts" in which:
        await asyncio.to_thread(prompts.run, console, options.held_out)
    if "selfsupervised" in which:
        await asyncio.to_thread(selfsupervised.run, console, options.teach_seconds)
    if "provenance" in which:
        holds &= await asyncio.to_thread(provenance.run, console, options.outputs, options.unmarked)
    if "uploads" in which:
        holds &= await uploads.run(console, options.corpus, options.mutations)
    if "credits" in which:
        holds &= await asyncio.to_thread(owing.run, console, options.outputs, options.minutes)
    if "gate" in which:
        holds &= await gate.run(console, options.pictures, options.every, options.outputs)
    if "kills" in which:
        holds &= await kills.run(console, options.requests, options.kills, options.database)
    if "load" in which:
        holds &= await load.run(console, options.rate, options.seconds)
    if "faults" in which:
        holds &= await faults.run(console, options.requests)
    if "soak" in which:
        holds &= await soak.run(console, options.soak_minutes)
    if "players" in which:
        holds &= await players.run(console, options.players_seconds)
    return holds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_names(parser, [*USUAL, *BY_NAME])
    parser.add_argument("--presses", type=int, default=50)
    parser.add_argument("--training", action="store_true", help="for chat: while a model learns")
    parser.add_argument("--minutes", type=float, default=2.5)
    parser.add_argument("--pictures", type=Path, help="folder of the base's training pictures, for finds")
    parser.add_argument("--every", type=int, default=40, help="of the folder's pictures, for gate")
    parser.add_argument("--held-out", type=Path, help="folder of pictures named by what they show, for prompts")
    parser.add_argument("--teach-seconds", type=float, default=150.0, help="for each net of selfsupervised")
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--corpus", type=Path, help="folder with Pillow's test pictures")
    parser.add_argument("--mutations", type=int, default=5000)
    parser.add_argument("--outputs", type=int, default=1000)
    parser.add_argument("--unmarked", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=400)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--soak-minutes", type=float, default=60.0)
    parser.add_argument("--players-seconds", type=float, default=120.0)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    quality.add_arguments(parser)
    peers.add_arguments(parser)
    families.add_arguments(parser)
    told.add_arguments(parser)
    sys.exit(not asyncio.run(_until_told(parser.parse_args())))


async def _until_told(options: argparse.Namespace) -> bool:
    """SIGTERM ends what was started too, as Ctrl-C does."""
    running = asyncio.ensure_future(measure(options))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    return await running


if __name__ == "__main__":
    main()

"""`python -m benchmarks [chat] [train] [studio] [step] [--presses N] [--minutes M] [--pictures DIR]`; all if none."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from rich.console import Console

from benchmarks import chat, step, studio, train


async def measure(options: argparse.Namespace) -> None:
    console = Console(width=120)
    which = options.which or ["chat", "train", "studio", "step"]
    if "chat" in which:
        await chat.run(console, options.presses)
    if "train" in which:
        await train.run(console, options.minutes)
    if "studio" in which:
        await studio.run(console, options.pictures)
    if "step" in which:
        await asyncio.to_thread(step.run, console)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", nargs="*", choices=["chat", "train", "studio", "step"], default=[])
    parser.add_argument("--presses", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=2.5)
    parser.add_argument("--pictures", type=Path, help="folder of the base's training pictures, for finds")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()

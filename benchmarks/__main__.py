"""`python -m benchmarks [chat] [train] [--presses N] [--minutes M]`; all of them when none is named."""

from __future__ import annotations

import argparse
import asyncio

from rich.console import Console

from benchmarks import chat, train


async def measure(options: argparse.Namespace) -> None:
    console = Console(width=120)
    which = options.which or ["chat", "train"]
    if "chat" in which:
        await chat.run(console, options.presses)
    if "train" in which:
        await train.run(console, options.minutes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", nargs="*", choices=["chat", "train"], default=[])
    parser.add_argument("--presses", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=3.0)
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()

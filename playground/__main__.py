"""`python -m playground`: serve a loopback Discord with its chat page."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from playground.server import serve
from playground.settings import Settings


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for which in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(which, stop.set)
    async with serve(settings) as (address, _):
        print(f"playground: {address}", flush=True)
        await stop.wait()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m playground", description=__doc__)
    parser.add_argument("--port", type=int, default=8765, help="0 lets the system choose (default: 8765)")
    parser.add_argument("--data", type=Path, help="folder that keeps the world; without it nothing is kept")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(_run(Settings(port=options.port, data=options.data)))
    except OSError as error:
        print(f"playground: cannot listen on port {options.port}: {error.strerror}; try --port 0", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A stand-in for the classifier's child: `python -I tests/fakes/gate_child.py FILE LIMITS`.

It speaks as `bot.safety.classifier` does, and does what the file says: a number is the score of every picture, `die`
ends it over a picture, `mute` never starts.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> None:
    told = Path(sys.argv[1])
    if told.read_text() == "mute":
        sys.exit(3)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sink.write(b"ready\n")
    sink.flush()
    while line := source.readline():
        source.read(json.loads(line)["bytes"])
        word = told.read_text()
        if word == "die":
            sys.exit(4)
        sink.write(json.dumps({"score": float(word), "bytes": 0}).encode() + b"\n")
        sink.flush()


if __name__ == "__main__":
    main()

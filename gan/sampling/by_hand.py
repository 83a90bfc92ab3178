"""`python -m gan render` and `evaluate`: a model file on the command line, without a server."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from gan.contract import SEED_LIMIT, ErrorCode, Seed
from gan.contract import Upscaler as Choice
from gan.errors import WorkerError
from gan.sampling.sizes import resize, wants_net
from gan.sampling.upscaler import Upscaler
from gan.server.cards import read_card
from gan.spec import Family, SamplerModel

GAP = 8
"""Pixels between the pictures of a sheet."""
GetFamily = Callable[[str], Family]


def load(path: Path, get_family: GetFamily) -> SamplerModel:
    """Raises `WorkerError`: `bad_model`, `family_missing`, `not_found`."""
    if not path.is_file():
        raise WorkerError(ErrorCode.not_found, f"There is no file {path}.")
    return get_family(read_card(path).family).load(path)


def render_sheet(
    path: Path, out: Path, count: int, seed: int, variety: float, size: int | None, get_family: GetFamily
) -> int:
    """Write a sheet of `count` pictures of seeds `seed` …; returns the exit status."""
    try:
        model = load(path, get_family)
        recipes = [Seed(seed=(seed + n) % SEED_LIMIT, variety=variety) for n in range(count)]
        rendered = model.render(recipes)
    except WorkerError as error:
        print(error.detail, file=sys.stderr)
        return 2
    net = Upscaler(torch.device("cpu")) if wants_net(model.card.size, size, Choice.auto) else None
    pictures = [resize(picture.pixels, size, Choice.auto, net) for picture in rendered]
    side, columns = pictures[0].width, max(1, round(count**0.5))
    rows = -(-count // columns)
    sheet = Image.new("RGBA", (columns * (side + GAP) - GAP, rows * (side + GAP) - GAP))
    for n, picture in enumerate(pictures):
        sheet.paste(picture, (n % columns * (side + GAP), n // columns * (side + GAP)))
    sheet.save(out, "PNG")
    return 0


def evaluate_model(path: Path, pictures: Path, count: int, get_family: GetFamily) -> int:
    """Print the figures of a model against a folder of PNG pictures, as JSON; returns the exit status."""
    from gan.data.pictures import load_pictures
    from gan.evaluate.metrics import judge_samples

    try:
        model = load(path, get_family)
        works = load_pictures(pictures, model.card.size)
        samples = np.stack([picture.pixels for picture in model.render([Seed(seed=n) for n in range(count)])])
        print(json.dumps(judge_samples(samples, works).model_dump(), indent=1))
    except WorkerError as error:
        print(error.detail, file=sys.stderr)
        return 2
    return 0

"""`python -m gan render` and `directions`: a model file on the command line, without a server."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import torch
from PIL import Image, ImageDraw, ImageFont

from gan.contract import SEED_LIMIT, Direction, Edit, ErrorCode, Seed
from gan.contract import Upscaler as Choice
from gan.errors import WorkerError
from gan.sampling.sizes import resize, wants_net
from gan.sampling.upscaler import Upscaler
from gan.server.cards import read_card
from gan.server.directions import stored
from gan.spec import Aids, Family, LatentFamily, LatentModel, SamplerModel

GAP = 8
"""Pixels between the pictures of a sheet."""
AMOUNTS = (-3, -2, -1, 0, 1, 2, 3)
SHEET_SIDE, LABEL_WIDTH = 128, 210
"""Pixels of a picture and of the words beside a row of the sheet of directions."""
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
    (width, height), columns = pictures[0].size, max(1, round(count**0.5))
    rows = -(-count // columns)
    sheet = Image.new("RGBA", (columns * (width + GAP) - GAP, rows * (height + GAP) - GAP))
    for n, picture in enumerate(pictures):
        sheet.paste(picture, (n % columns * (width + GAP), n // columns * (height + GAP)))
    sheet.save(out, "PNG")
    return 0


def direction_sheet(path: Path, out: Path, count: int, seed: int, get_family: GetFamily) -> int:
    """Write the contact sheet: a row for each direction, one picture edited by −3 … +3; returns the exit status."""
    try:
        model = load(path, get_family)
        infos = stored(path)
        if infos is None:
            with tempfile.TemporaryDirectory() as folder:
                found = Path(folder) / "directions.safetensors"
                cast("LatentFamily", get_family(model.card.family)).find_directions(path, found)
                infos = stored(found) or ()
                cast("LatentModel", model).aid(Aids(directions=found))
        rows = [
            model.render([Edit(of=Seed(seed=seed), direction=info.id, amount=amount) for amount in AMOUNTS])
            for info in infos[:count]
        ]
    except WorkerError as error:
        print(error.detail, file=sys.stderr)
        return 2
    net = Upscaler(torch.device("cpu"))
    drawn = [[resize(picture.pixels, SHEET_SIDE, Choice.auto, net) for picture in row] for row in rows]
    _labelled(infos[:count], drawn).save(out, "PNG")
    return 0


def _labelled(infos: Sequence[Direction], rows: Sequence[Sequence[Image.Image]]) -> Image.Image:
    step = SHEET_SIDE + GAP
    sheet = Image.new("RGB", (LABEL_WIDTH + step * len(AMOUNTS), step * len(rows) + 24), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for column, amount in enumerate(AMOUNTS):
        pen.text((LABEL_WIDTH + column * step + SHEET_SIDE // 2, 4), f"{amount:+d}", "black", font, "ma")
    for number, (info, row) in enumerate(zip(infos, rows, strict=True)):
        words = f"{info.less} - {info.more}" if info.more else ""
        text = f"{info.id}  layers {info.layers[0]}-{info.layers[-1]}\n{words}"
        pen.multiline_text((8, 24 + number * step + 44), text, "black", font)
        for column, picture in enumerate(row):
            clear = picture.getchannel("A") if picture.mode == "RGBA" else None
            sheet.paste(picture.convert("RGB"), (LABEL_WIDTH + column * step, 24 + number * step), clear)
    return sheet

"""`python -m benchmarks credits`: do credits tell the truth? Of a model that is trained here on five artists' sets.

- Sums: the credited weights of each picture add up to 1, equal a second account that is drawn up of the recorded recipe
  (`benchmarks.chains`), and that account's codes are the ones that were drawn.
- Meaning: the judge, an encoder that no loss looks at, finds a picture nearer to its credited works than to others.
- Removal: what the withdrawal of an artist leaves owes her nothing, and a model trained without her never names her.
- Copies: a model that was trained to know its few works by heart is caught by the bar (docs/decisions/0082).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table

from benchmarks.chains import MOST_OPERATIONS, Accountant, Chains
from benchmarks.machine import describe
from benchmarks.quality import train
from benchmarks.sets import pictures_of, run_folder
from bot.copy_bar import COPYING_SHARE, copies_its_works
from bot.records.credited import names
from gan import bases
from gan.contract import Credit, Figures, Recipe, Work
from gan.data.pictures import load_pictures, premultiplied
from gan.evaluate import judge
from gan.evaluate.crowds import distances
from gan.evaluate.metrics import on_white
from gan.families.anchored import FAMILY
from gan.families.anchored.asking import answered
from gan.families.anchored.mixing import Mixer
from gan.families.anchored.modelfile import read_model
from gan.families.anchored.serve import AnchoredModel
from gan.rundir import RunDir
from gan.spec import Aids
from gan.text.index import WordIndex

ARTISTS = {"critters": "Ada", "pixels": "Ben", "lines": "Cleo", "avatars": "Dana", "planets": "Eli"}
WORKS_EACH = 40
BASE = Path(bases.__path__[0]) / "broad-64.safetensors"
AT_ONCE = 50
ROUNDING = 5e-4
"""Credits are told in four decimals, and the largest takes up what is left over."""
FEW = 8
HEART: Mapping[str, float | int | str | bool] = {
    "size": 16, "width": 24, "hidden": 64, "code": 2, "batch": 16, "ema_half_life": 2000, "lr": 2e-3,
}  # fmt: skip
"""An autoencoder with hardly any room between its works, trained on them thousands of times: it can only copy."""
MEANING = 0.9
RECIPE: TypeAdapter[Recipe] = TypeAdapter(Recipe)


@dataclass(frozen=True)
class Drawn:
    """A picture with what its record says."""

    record: str
    """The recipe as JSON, as a row of outputs keeps it."""
    pixels: NDArray[np.uint8]
    credits: tuple[Credit, ...]


@dataclass(frozen=True)
class Trained:
    run: RunDir
    figures: Figures
    vectors: dict[str, NDArray[np.float32]]
    model: AnchoredModel

    @cached_property
    def works(self) -> tuple[Work, ...]:
        return self.run.config().request.works

    @cached_property
    def accountant(self) -> Accountant:
        file, layers = read_model(self.run.model), self.model.layers
        words = WordIndex.read(file.tensors, file.works)
        mixer = Mixer(
            len(file.works),
            layers,
            file.tensors["neighbours"].numpy(),
            prompted=(lambda asked: answered(words.ask(asked.text), asked.seed, layers)) if words else None,
        )
        directions = self.model.directions
        moved = {info.id: info.layers for info in directions.infos} if directions else {}
        return Accountant(len(file.works), layers, mixer.mixture, moved)

    def drawn(self, count: int) -> list[Drawn]:
        directions = self.model.directions
        sliders = directions.infos if directions else ()
        chains = Chains(self.model.layers, sliders, sorted({tag for work in self.works for tag in work.tags}))
        recipes = chains.drawn(count)
        out: list[Drawn] = []
        for start in range(0, count, AT_ONCE):
            part = recipes[start : start + AT_ONCE]
            for recipe, picture in zip(part, self.model.render(part), strict=True):
                out.append(Drawn(RECIPE.dump_json(recipe).decode(), picture.pixels, picture.credits))
        return out


def run(console: Console, outputs: int, minutes: float) -> bool:
    """Print the table; whether all that is promised holds. `minutes` of training for the model of five artists."""
    console.print(describe())
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        five = trained(Path(folder) / "five", list(ARTISTS), minutes * 60)
        console.print(f"trained on {len(five.works)} works of {len(ARTISTS)} artists for {minutes:g} min")
        pictures = five.drawn(outputs)
        table = Table(title=f"credits of {outputs:,} pictures, chains of up to six operations", show_header=False)
        holds = [
            sums(table, five, pictures),
            meaning(table, five, pictures),
            removal(table, five, pictures, Path(folder)),
            copies(table, five, Path(folder), minutes * 60),
        ]
        console.print(table)
    return all(holds)


def trained(path: Path, sets: Sequence[str], seconds: float, each: int = WORKS_EACH) -> Trained:
    """A model of these artists' sets, with its directions."""
    works = [(name, picture) for name in sets for picture in pictures_of(name, each)]
    artists = [(ARTISTS[name], name) for name, _ in works]
    made = run_folder(path, [picture for _, picture in works], seconds, BASE, threads=1, artists=artists)
    figures = train(made)
    file = made.path / "directions"
    FAMILY.find_directions(made.model, file)
    model = AnchoredModel.read(made.model)
    model.aid(Aids(directions=file))
    directions = model.directions
    assert directions is not None
    vectors = {info.id: vector for info, vector in zip(directions.infos, directions.vectors, strict=True)}
    return Trained(made, figures, vectors, model)


def sums(table: Table, five: Trained, pictures: Sequence[Drawn]) -> bool:
    """Do weights add up, and are they those of the mixture that was drawn?"""
    whole = equal = same = 0
    place = {work.sha256: number for number, work in enumerate(five.works)}
    for one in pictures:
        recipe = RECIPE.validate_json(one.record)
        account = five.accountant.account(recipe)
        shares = account.shares()
        told = {place[credit.work]: credit.weight for credit in one.credits if credit.kind == "work"}
        whole += abs(sum(credit.weight for credit in one.credits) - 1) < 1e-9
        hidden = sum(share for work, share in enumerate(shares[:-1]) if work not in told)
        rest = sum(credit.weight for credit in one.credits if credit.kind == "rest")
        mean = sum(credit.weight for credit in one.credits if credit.kind == "all")
        equal += (
            all(abs(shares[work] - weight) <= ROUNDING for work, weight in told.items())
            and abs(hidden + shares[-1] - rest - mean) <= ROUNDING
        )
        codes = account.codes(five.model.styles, five.vectors)
        same += bool(np.allclose(five.model.codes([recipe])[0], codes, atol=2e-3, rtol=2e-3))
    count = len(pictures)
    table.add_row("credited weights add up to 1", f"{whole:,} of {count:,}")
    table.add_row("and equal the account drawn up of the record", f"{equal:,} of {count:,}")
    table.add_row("whose codes are the ones that were drawn", f"{same:,} of {count:,}")
    return whole == equal == same == count


def meaning(table: Table, five: Trained, pictures: Sequence[Drawn]) -> bool:
    """Does the judge see the credited works in a picture?"""
    real = works_seen(five.run, five.model.card.size)
    between = distances(seen(one.pixels for one in pictures), real)
    place = {work.sha256: number for number, work in enumerate(five.works)}
    random = np.random.RandomState(1)
    others_mean, some, by_operations = [], [], {number: list[bool]() for number in range(MOST_OPERATIONS + 1)}
    for number, (row, one) in enumerate(zip(between, pictures, strict=True)):
        told = {place[credit.work]: credit.weight for credit in one.credits if credit.kind == "work"}
        if not told:
            continue
        near = float(np.average(row[list(told)], weights=list(told.values())))
        others = [work for work in range(len(five.works)) if work not in told]
        nearer = bool(near < row[others].mean())
        others_mean.append(nearer)
        by_operations[number % (MOST_OPERATIONS + 1)].append(nearer)
        some.append(near < row[random.choice(others, len(told))].mean())
    share = float(np.mean(others_mean))
    table.add_row("nearer to its credited works than to the others, in the mean", f"{share:.1%} (asked: {MEANING:.0%})")
    each = ", ".join(f"{np.mean(found):.0%}" for found in by_operations.values() if found)
    table.add_row("the same after 0, 1, … 6 operations", each)
    table.add_row("nearer than to as many others by chance, drawn once", f"{float(np.mean(some)):.1%}")
    return share >= MEANING


def removal(table: Table, five: Trained, pictures: Sequence[Drawn], folder: Path) -> bool:
    """What is left of an artist when her works are withdrawn: in what stands, and in a model trained without her."""
    left, hidden = 0, [0.0]
    for artist in ARTISTS.values():
        hers = {work.sha256 for work in five.works if work.artist == artist}
        places = [number for number, work in enumerate(five.works) if work.artist == artist]
        standing = [one for one in pictures if not names([c.model_dump() for c in one.credits], hers)]
        left += sum(credit.artist == artist for one in standing for credit in one.credits)
        for one in standing:
            shares = five.accountant.account(RECIPE.validate_json(one.record)).shares()
            hidden.append(float(shares[places].sum()))
    others = [name for name in ARTISTS if name != "avatars"]
    without = trained(folder / "without", others, 20.0)
    again = sum(credit.artist == ARTISTS["avatars"] for one in without.drawn(len(pictures)) for credit in one.credits)
    table.add_row("credits of an artist in what stands after her withdrawal, each of five", str(left))
    some = sum(share > 0 for share in hidden)
    table.add_row(
        "standing pictures that owe her something among the rest", f"{some} ({max(hidden):.2%} of the picture at most)"
    )
    table.add_row("credits of her in as many pictures of a model trained without her", str(again))
    return left == again == 0


def copies(table: Table, five: Trained, folder: Path, seconds: float) -> bool:
    """Is a model that knows a few works by heart caught, and the one of five artists not?"""
    made = run_folder(folder / "heart", pictures_of("avatars", FEW), seconds, None, threads=1, options=HEART)
    config = made.config()
    made.create(config.model_copy(update={"request": config.request.model_copy(update={"family": "vae"})}))
    heart = train(made)
    table.add_row("copies: the model of five artists", _copied(five.figures))
    table.add_row(f"copies: {FEW} works by heart, with two numbers to a code", _copied(heart))
    return copies_its_works(heart) and not copies_its_works(five.figures)


def _copied(figures: Figures) -> str:
    caught = "caught" if copies_its_works(figures) else "not caught"
    return f"{figures.copies:.0%} of {figures.samples_judged} ({caught} at {COPYING_SHARE:.0%})"


def works_seen(run: RunDir, size: int) -> NDArray[np.float64]:
    """The judge's features of a run's works [N, 1280]."""
    return judge.features(on_white(load_pictures(run.pictures, size)))


def seen(pixels: Iterable[NDArray[np.uint8]]) -> NDArray[np.float64]:
    stacked = torch.from_numpy(premultiplied(np.stack(list(pixels)))).permute(0, 3, 1, 2)
    return judge.features(on_white(stacked))

"""What the pages say of recipes, requests, figures and times, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gan.contract import (
    Anchor,
    Blend,
    Credit,
    Direction,
    Edit,
    Figures,
    Mix,
    Point,
    Prompt,
    Recipe,
    Seed,
    Transform,
    Truncate,
    Vary,
)

KINDS: Mapping[str, str] = {
    "generate": "New pictures",
    "reroll": "Made again",
    "variations": "Variations",
    "open": "Opened large",
    "breed": "Bred",
    "play": "Played with",
    "walk": "Walks",
    "find": "Found from an upload",
    "remix": "Remixed",
}
ONE_OF: Mapping[str, str] = {
    "variations": "A variation",
    "breed": "A child of two pictures",
    "play": "A picture that was played with",
    "find": "Found from an upload",
}
LOSSES: Mapping[str, tuple[str, str]] = {
    "rebuild": ("Redrawing the works", "How far redrawn works are from the real ones. Lower is better."),
    "adversary": ("Inventing new ones", "How easily inventions are told from works. It swings; that is healthy."),
    "discriminator": ("The critic", "How hard the critic finds its job. Neither side should win for good."),
    "fooled": ("Taken for works", "The share of inventions that the critic takes for works. A balance is healthy."),
    "outline": ("Outlines", "How far outlines stray from those of the works. Lower is better."),
}
PHASES: Mapping[str, str] = {
    "preparing": "looking at the works",
    "rebuilding": "learning to redraw each work",
    "inventing": "inventing new ones",
    "judging": "looking at what it learned",
}
LEAST_SHARE = 0.005


@dataclass(frozen=True)
class Step:
    """One thing that was done on the way to a picture; `other` is how its second parent came about."""

    text: str
    other: Sequence[Step] = ()


def steps(recipe: Recipe, directions: Sequence[Direction] = ()) -> list[Step]:
    """What was done, first things first."""
    match recipe:
        case Vary(of=of, amount=amount, seed=seed):
            return [*steps(of, directions), Step(f"Varied by {percent(amount)} (with the number {seed})")]
        case Edit(of=of, direction=direction, amount=amount):
            return [*steps(of, directions), Step(_edited(direction, amount, directions))]
        case Truncate(of=of, psi=psi):
            return [*steps(of, directions), Step(_truncated(psi))]
        case Blend(a=a, b=b, t=t):
            text = f"Blended: {percent(1 - t)} of this, {percent(t)} of another picture"
            return [*steps(a, directions), Step(text, steps(b, directions))]
        case Mix(a=a, b=b, layers=layers):
            text = f"Took {_layers(layers)} from another picture"
            return [*steps(a, directions), Step(text, steps(b, directions))]
        case _:
            return [Step(_begun(recipe))]


def _begun(recipe: Recipe) -> str:
    match recipe:
        case Seed(seed=seed, variety=variety):
            return f"A new picture from the seed {seed}, {_variety(variety)}"
        case Anchor(index=index):
            return f"One of the works as the model redraws it (number {index + 1})"
        case Point():
            return "Found in the model from an uploaded picture"
        case Prompt(text=text, seed=seed):
            return f"Asked for in words: “{text}” (seed {seed})"
        case Transform(second=second, options=options):
            what = "A picture in the style of an artwork" if second else "A picture, transformed"
            return f"{what} (strength {percent(options.strength)})"
        case _:
            return "A picture of the model"


def _variety(variety: float) -> str:
    if variety <= 0.3:
        return "mixed from close relatives"
    return "freely mixed" if variety < 0.75 else "wildly mixed"


def _layers(layers: Sequence[int]) -> str:
    if not layers:
        return "nothing"
    low, high = min(layers), max(layers)
    what = "colours and details" if low >= 4 else "shapes" if high <= 3 else "some of the look"
    return f"{what} (layers {low} to {high})" if low != high else f"{what} (layer {low})"


def _edited(direction: str, amount: float, directions: Sequence[Direction]) -> str:
    known = next((one for one in directions if one.id == direction), None)
    word = (known.more if amount >= 0 else known.less) if known else ""
    return f"Made {word} (slider {direction}, {amount:+.1f})" if word else f"Slider {direction} at {amount:+.1f}"


def _truncated(psi: float) -> str:
    if psi < 1:
        return f"Made calmer: drawn {percent(1 - psi)} of the way to the mean of all works"
    return f"Made bolder: {percent(psi - 1)} farther from the mean of all works"


def percent(share: float) -> str:
    return f"{share * 100:.0f} %"


@dataclass(frozen=True)
class Share:
    name: str
    artist: str
    licence: str
    weight: float
    percent: str


def shares(found: Sequence[Credit]) -> list[Share]:
    """What a picture is mixed from, largest first; shares too small to be seen are left out."""
    return [
        Share(one.title or f"work {one.work[:8]}", one.artist, one.licence, one.weight, percent(one.weight))
        for one in found
        if one.weight >= LEAST_SHARE
    ]


def figure_lines(figures: Figures) -> list[tuple[str, str, str]]:
    """(value, name, what it means) of what was measured."""
    lines = []
    new = 1 - figures.copies if figures.new is None and figures.copies is not None else figures.new
    if new is not None:
        text = "The share of its pictures that are no near copies of a work." + _between(figures.new_interval)
        lines.append((percent(new), "New pictures", text))
    if figures.coverage_k5 is not None:
        lines.append((percent(figures.coverage_k5), "Works with their like", "The share of works whose kind it draws."))
    elif figures.coverage is not None:
        text = "The share of works that come back in what it draws." + _between(figures.coverage_interval)
        lines.append((percent(figures.coverage), "Works drawn", text))
    if figures.kid_x1000 is not None:
        text = "How far its pictures are from the works as a whole; lower is better."
        if figures.base_kid_x1000 is not None:
            text += f" The model it started from: {figures.base_kid_x1000:.0f}."
        lines.append((f"{figures.kid_x1000:.0f}", "Distance (KID × 1000)", text))
    if figures.pictures_seen:
        took = f"{duration(figures.seconds)}, {figures.pictures_per_second:.0f} pictures a second"
        lines.append((f"{figures.pictures_seen:,}", "Pictures seen", f"In {took}."))
    return lines


def _between(interval: tuple[float, float] | None) -> str:
    return f" Between {percent(interval[0])} and {percent(interval[1])}, as sure as 95 in 100." if interval else ""


def duration(seconds: float) -> str:
    """`45 s`, `2 min 30 s`, `1 h 5 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def moment(at: datetime) -> str:
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def kind(name: str) -> str:
    return KINDS.get(name, name.replace("_", " ").capitalize())


def one_of(kind_name: str) -> str:
    """What one picture of such a request is."""
    return ONE_OF.get(kind_name, "A new picture")


def alt(model: str, maker: str, output_id: int) -> str:
    """What a screen reader says of a picture."""
    return f"Picture {output_id}, made by {maker} with the model {model}"

"""What the pages say of recipes, requests, figures and times, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.language import said
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
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
NEW = "A new picture"
STYLED = "A picture in the style of an artwork (strength {share})"
TRANSFORMED = "A picture, transformed (strength {share})"
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
            return [
                *steps(of, directions),
                Step(said("Varied by {share} (with the number {seed})", share=percent(amount), seed=seed)),
            ]
        case Edit(of=of, direction=direction, amount=amount):
            return [*steps(of, directions), Step(_edited(direction, amount, directions))]
        case Truncate(of=of, psi=psi):
            return [*steps(of, directions), Step(_truncated(psi))]
        case Blend(a=a, b=b, t=t):
            text = said("Blended: {a} of this, {b} of another picture", a=percent(1 - t), b=percent(t))
            return [*steps(a, directions), Step(text, steps(b, directions))]
        case Mix(a=a, b=b, layers=layers):
            text = said("Took {what} from another picture", what=_layers(layers))
            return [*steps(a, directions), Step(text, steps(b, directions))]
        case _:
            return [Step(_begun(recipe))]


def _begun(recipe: Recipe) -> str:
    match recipe:
        case Seed(seed=seed, variety=variety):
            return said("A new picture from the seed {seed}, {how}", seed=seed, how=_variety(variety))
        case Anchor(index=index):
            return said("One of the works as the model redraws it (number {number})", number=index + 1)
        case Point():
            return said("Found in the model from an uploaded picture")
        case Prompt(text=text, seed=seed):
            return said("Asked for in words: “{text}” (seed {seed})", text=text, seed=seed)
        case Transform(second=second, options=options):
            words = STYLED if second else TRANSFORMED
            return said(words, share=percent(options.strength))
        case _:
            return said("A picture of the model")


def _variety(variety: float) -> str:
    if variety <= 0.3:
        return said("mixed from close relatives")
    return said("freely mixed") if variety < 0.75 else said("wildly mixed")


def _layers(layers: Sequence[int]) -> str:
    if not layers:
        return said("nothing")
    low, high = min(layers), max(layers)
    what = said("colours and details") if low >= 4 else said("shapes") if high <= 3 else said("some of the look")
    if low == high:
        return said("{what} (layer {number})", what=what, number=low)
    return said("{what} (layers {low} to {high})", what=what, low=low, high=high)


def _edited(direction: str, amount: float, directions: Sequence[Direction]) -> str:
    known = next((one for one in directions if one.id == direction), None)
    word = said((known.more if amount >= 0 else known.less) if known else "")
    told = {"slider": direction, "amount": f"{amount:+.1f}"}
    if not word:
        return said("Slider {slider} at {amount}", **told)
    return said("Made {word} (slider {slider}, {amount})", word=word, **told)


def _truncated(psi: float) -> str:
    if psi < 1:
        return said("Made calmer: drawn {share} of the way to the mean of all works", share=percent(1 - psi))
    return said("Made bolder: {share} farther from the mean of all works", share=percent(psi - 1))


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
        Share(one.title or said("work {id}", id=one.work[:8]), one.artist, one.licence, one.weight, percent(one.weight))
        for one in found
        if one.weight >= LEAST_SHARE
    ]


def figure_lines(figures: Figures) -> list[tuple[str, str, str]]:
    """(value, name, what it means) of what was measured."""
    lines = []
    new = 1 - figures.copies if figures.new is None and figures.copies is not None else figures.new
    if new is not None:
        text = said("The share of its pictures that are no near copies of a work.") + _between(figures.new_interval)
        lines.append((percent(new), said("New pictures"), text))
    if figures.coverage_k5 is not None:
        text = said("The share of works whose kind it draws.")
        lines.append((percent(figures.coverage_k5), said("Works with their like"), text))
    elif figures.coverage is not None:
        text = said("The share of works that come back in what it draws.") + _between(figures.coverage_interval)
        lines.append((percent(figures.coverage), said("Works drawn"), text))
    if figures.kid_x1000 is not None:
        text = said("How far its pictures are from the works as a whole; lower is better.")
        if figures.base_kid_x1000 is not None:
            text += " " + said("The model it started from: {figure}.", figure=f"{figures.base_kid_x1000:.0f}")
        lines.append((f"{figures.kid_x1000:.0f}", said("Distance (KID × 1000)"), text))
    if figures.pictures_seen:
        speed = f"{figures.pictures_per_second:.0f}"
        text = said("In {time}, {count} pictures a second.", time=duration(figures.seconds), count=speed)
        lines.append((f"{figures.pictures_seen:,}", said("Pictures seen"), text))
    return lines


def _between(interval: tuple[float, float] | None) -> str:
    if interval is None:
        return ""
    low, high = map(percent, interval)
    return " " + said("Between {low} and {high}, as sure as 95 in 100.", low=low, high=high)


def duration(seconds: float) -> str:
    """`45 s`, `2 min 30 s`, `1 h 5 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def moment(at: datetime) -> str:
    told = {"day": at.day, "year": at.year, "clock": f"{at:%H:%M}"}
    return said("{day} {month} {year}, {clock} UTC", month=said(MONTHS[at.month - 1]), **told)


def kind(name: str) -> str:
    return said(KINDS[name]) if name in KINDS else name.replace("_", " ").capitalize()


def loss(name: str) -> tuple[str, str]:
    """What a loss is called, and what it means; the latter empty for those that we do not know."""
    title, about = LOSSES.get(name, ("", ""))
    return (said(title), said(about)) if title else (name.capitalize(), "")


def phase_name(name: str) -> str:
    return said(PHASES[name]) if name in PHASES else name


def one_of(kind_name: str) -> str:
    """What one picture of such a request is."""
    return said(ONE_OF.get(kind_name, NEW))


def alt(model: str, maker: str, output_id: int) -> str:
    """What a screen reader says of a picture."""
    return said(
        "Picture {number}, made by {member} with the model {model}", number=output_id, member=maker, model=model
    )

"""A recipe in a member's words, from its first picture on, and the shares of works in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.language import said
from bot.workflows.words import percent
from gan.contract import (
    Anchor,
    Blend,
    Credit,
    Edit,
    Mix,
    NearWork,
    Point,
    Prompt,
    Recipe,
    Seed,
    Transform,
    Truncate,
    Vary,
)

MOST_STEPS = 12
MOST_SHARES = 8
"""Lines of shares; the record has them all."""
LEAST_TOLD = 0.005
OTHER_WORKS = "other works"


def credit_share(credit: Credit) -> str:
    """Such as `41 % · fox, by Ada (CC BY 4.0)`."""
    return f"{percent(credit.weight)} · {_named(credit)}"


def told_shares(shares: Sequence[Credit]) -> tuple[str, ...]:
    """A line for each of the largest shares, largest first, and one for all the others together."""
    large = [one for one in shares if one.kind != "rest" and one.weight >= LEAST_TOLD]
    told = large[:MOST_SHARES] if len(large) == len(shares) <= MOST_SHARES else large[: MOST_SHARES - 1]
    left = sum(one.weight for one in shares) - sum(one.weight for one in told)
    others = (f"{percent(left)} · {said(OTHER_WORKS)}",) if len(told) < len(shares) else ()
    return (*(credit_share(one) for one in told), *others)


def near_line(work: NearWork) -> str:
    """Such as `fox, by Ada (CC BY 4.0)`: a work that a picture looks like, which is no share."""
    return _named(work)


def _named(work: Credit | NearWork) -> str:
    title = work.title or said("work {work}", work=work.work[:8])
    by = ", " + said("by {name}", name=work.artist) if work.artist else ""
    licence = f" ({work.licence})" if work.licence else ""
    return f"{title}{by}{licence}"


def recipe_steps(recipe: Recipe, sliders: Mapping[str, str]) -> tuple[str, ...]:
    """One line a step; `sliders` are their names by id. Of two parents the first one's steps are told."""
    steps: list[str] = []
    while True:
        step, before = _step(recipe, sliders)
        steps.append(step)
        if before is None:
            break
        recipe = before
    steps.reverse()
    if len(steps) > MOST_STEPS:
        left_out = len(steps) - MOST_STEPS + 1
        steps = [steps[0], said("… {count} more steps …", count=left_out), *steps[-(MOST_STEPS - 2) :]]
    return tuple(steps)


def _step(recipe: Recipe, sliders: Mapping[str, str]) -> tuple[str, Recipe | None]:
    match recipe:
        case Seed(seed=seed, variety=variety):
            return said("a new picture from seed {seed}, variety {share}", seed=seed, share=percent(variety)), None
        case Vary(of=of, amount=amount):
            return said("varied by {share}", share=percent(amount)), of
        case Edit(of=of, direction=direction, amount=amount):
            name = sliders.get(direction) or direction
            return said("slider “{name}” to {amount}", name=name, amount=f"{amount:+.1f}".replace("-", "−")), of
        case Truncate(of=of, psi=psi):
            return said("made calmer, ψ {psi}" if psi < 1 else "made bolder, ψ {psi}", psi=f"{psi:.2f}"), of
        case Blend(a=a, t=t):
            return said("bred with another picture, {share} of it", share=percent(t)), a
        case Mix(a=a, layers=layers):
            return said("bred with another picture's layers {layers}", layers=", ".join(map(str, layers))), a
        case Anchor(index=index):
            return said("the model's work number {number}, drawn again", number=index + 1), None
        case Point():
            return said("found from an upload"), None
        case Transform(second=None, options=options):
            return said("a picture transformed, strength {share}", share=percent(options.strength)), None
        case Transform(options=options):
            words = "a picture drawn in the style of an artwork, strength {share}"
            return said(words, share=percent(options.strength)), None
        case Prompt(text=text, seed=seed):
            return said("“{text}”, seed {seed}", text=text, seed=seed), None

"""From one picture's recipe to the next one's: the moves of the panel as pure functions.

Moves along sliders and toward the mean are folded into the recipe where that gives the same picture, so that a member
may pull a slider a hundred times without the recipe growing a hundred deep.
"""

from __future__ import annotations

import random

from bot.errors import Refused
from bot.language import said
from gan.contract import (
    MAX_RECIPE_DEPTH,
    SEED_LIMIT,
    Anchor,
    Blend,
    Direction,
    Edit,
    Mix,
    Point,
    Prompt,
    Recipe,
    Seed,
    Transform,
    TransformOptions,
    Truncate,
    Vary,
    depth,
)

LITTLE, LOT = 0.15, 0.5
"""How far variations are moved toward another picture of the model: still the same thing, and a relative of it."""
CALMER, BOLDER = 0.8, 1.25
"""Factors of one press toward the mean and away from it; one undoes the other."""
CALMEST, BOLDEST = 0.2, 2.0
NEAR_AGAIN = 0.3
STRENGTH_STEP = 0.25
WEAKEST = 0.1
STRONGEST = "It is at its strongest already."
WEAKEST_ALREADY = "Weaker than this is the picture you began with."
BLENDS = ((0.25, "¾ A, ¼ B"), (0.5, "½ A, ½ B"), (0.75, "¼ A, ¾ B"))
TIER_WORDS = ("shape", "features", "colours")
"""What the coarse, middle and fine layers of a picture mostly hold."""
MOST_EDIT = 5.0
"""The contract's limit of one edit."""
TOO_DEEP = (
    "This picture is already {steps} steps away from its first one, and that is as far as it goes. "
    "Press 🔁 or use `/generate` to start from a new picture."
)
CALM_ENOUGH = "This is as calm as it gets: further on, every picture of the model looks alike. Try 🔥."
BOLD_ENOUGH = "This is as bold as it gets: further on, pictures of this model fall apart. Try 🧊."


def fits(recipe: Recipe) -> Recipe:
    """The recipe itself. Raises `Refused` when it nests deeper than workers allow."""
    if depth(recipe) > MAX_RECIPE_DEPTH:
        raise Refused(said(TOO_DEEP, steps=MAX_RECIPE_DEPTH - 1))
    return recipe


def another(recipe: Recipe, seed: int) -> Recipe:
    """A picture like this one, from another number: the same settings, edits and parents."""
    dice = random.Random(seed)
    match recipe:
        case Seed(variety=variety):
            return Seed(seed=seed % SEED_LIMIT, variety=variety)
        case Vary(of=of, amount=amount):
            return Vary(of=of, seed=seed % SEED_LIMIT, amount=amount)
        case Edit(of=of) | Truncate(of=of):
            return recipe.model_copy(update={"of": another(of, seed)})
        case Blend(a=a, b=b):
            return Blend(a=a, b=b, t=round(dice.uniform(0.15, 0.85), 3))
        case Mix(a=a, b=b, layers=layers):
            return Mix(a=b, b=a, layers=layers)
        case Prompt(text=text):
            return Prompt(text=text, seed=seed % SEED_LIMIT)
        case Transform(options=options):
            return _transformed(recipe, options.model_copy(update={"seed": seed % SEED_LIMIT}))
        case Point() | Anchor():
            return fits(Vary(of=recipe, seed=seed % SEED_LIMIT, amount=NEAR_AGAIN))


def drawn(recipe: Recipe, factor: float) -> Recipe:
    """Drawn toward the mean (`factor` below 1) or away from it, once more. Raises `Refused` at the ends.

    What sliders did is drawn along, so the edits stay on top: truncation multiplies moves as it does codes.
    """
    values, base = sliders_of(recipe)
    of, psi = (base.of, base.psi) if isinstance(base, Truncate) else (base, 1.0)
    wanted = round(psi * factor, 4)
    if wanted < CALMEST and factor < 1:
        raise Refused(CALM_ENOUGH)
    if wanted > BOLDEST and factor > 1:
        raise Refused(BOLD_ENOUGH)
    calmed = of if abs(wanted - 1) < 0.01 else Truncate(of=of, psi=wanted)
    return _edited(calmed, {name: value * factor for name, value in values.items()})


def strengthened(recipe: Recipe, by: float) -> Recipe:
    """A transform with another strength. Raises `Refused` at its ends, and for what is no transform."""
    if not isinstance(recipe, Transform):
        raise Refused("Only a picture that was made of another can be made weaker or stronger.")
    before = recipe.options.strength
    strength = round(min(1.0, max(WEAKEST, before + by)), 3)
    if strength == before:
        raise Refused(
            "It is at its strongest already." if by > 0 else "Weaker than this is the picture you began with."
        )
    return _transformed(recipe, recipe.options.model_copy(update={"strength": strength}))


def _transformed(recipe: Transform, options: TransformOptions) -> Transform:
    """Made anew, in one pass, though it was painted slowly before."""
    return recipe.model_copy(update={"options": options, "painted": None})


def sliders_of(recipe: Recipe) -> tuple[dict[str, float], Recipe]:
    """Where each slider stands, in deviations, and the picture with all of them in the middle."""
    values: dict[str, float] = {}
    while isinstance(recipe, Edit):
        values[recipe.direction] = round(values.get(recipe.direction, 0.0) + recipe.amount, 3)
        recipe = recipe.of
    return values, recipe


def pulled(recipe: Recipe, direction: Direction, amount: float) -> Recipe:
    """A slider moved by `amount`, or for 0 put back to the middle. It stops at its ends.

    Edits add up and do not depend on their order, so those at the top become one for each slider.
    """
    values, base = sliders_of(recipe)
    before = values.get(direction.id, 0.0)
    value = min(direction.high, max(direction.low, before + amount)) if amount else 0.0
    if value == before:
        raise Refused("This slider is in the middle already." if not amount else "This slider is at its end already.")
    return _edited(base, values | {direction.id: value})


def _edited(base: Recipe, values: dict[str, float]) -> Recipe:
    for name in sorted(values):
        value = round(min(MOST_EDIT, max(-MOST_EDIT, values[name])), 3)
        if value:
            base = Edit(of=base, direction=name, amount=value)
    return fits(base)


def tiers(layers: int) -> tuple[tuple[int, ...], ...]:
    """A model's style layers in three: the coarse ones (shape), the middle, the fine ones (colour, detail)."""
    coarse = -(-layers // 3)
    middle = -(-(layers - coarse) // 2)
    return tuple(range(coarse)), tuple(range(coarse, coarse + middle)), tuple(range(coarse + middle, layers))


def children(a: Recipe, b: Recipe, layers: int) -> tuple[tuple[Recipe, str], ...]:
    """Nine children of two pictures, each with what it has of them, such as `½ A, ½ B` or `A with B's colours`.

    Three blends from a to b; a with the coarse, middle or fine layers of b; and the other way round. Where layers
    cannot be mixed (`layers` below 3) nine blends.
    """
    if layers < 3:
        return tuple((fits(Blend(a=a, b=b, t=n / 10)), said("{a} of 10 A, {b} B", a=10 - n, b=n)) for n in range(1, 10))
    blends = [(fits(Blend(a=a, b=b, t=t)), words) for t, words in BLENDS]
    named = [(tier, said(TIER_WORDS[n])) for n, tier in enumerate(tiers(layers))]
    of_b = [(fits(Mix(a=a, b=b, layers=tier)), said("A with B's {what}", what=word)) for tier, word in named]
    of_a = [(fits(Mix(a=b, b=a, layers=tier)), said("B with A's {what}", what=word)) for tier, word in named]
    return (*blends, *of_b, *of_a)


def at(recipe: Recipe, direction: str, value: float) -> Recipe:
    """The picture with all sliders in the middle but this one."""
    return _edited(sliders_of(recipe)[1], {direction: value})

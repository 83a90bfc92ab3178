"""A recipe in a member's words, from its first picture on, and the shares of works in it."""

from __future__ import annotations

from gan.contract import Anchor, Blend, Credit, Edit, Mix, Point, Prompt, Recipe, Seed, Truncate, Vary

MOST_STEPS = 12


def credit_share(credit: Credit) -> str:
    """Such as `41 % · fox, by Ada (CC BY 4.0)`."""
    title = credit.title or f"work {credit.work[:8]}"
    by = f", by {credit.artist}" if credit.artist else ""
    licence = f" ({credit.licence})" if credit.licence else ""
    return f"{percent(credit.weight)} · {title}{by}{licence}"


def recipe_steps(recipe: Recipe) -> tuple[str, ...]:
    """One line a step; of two parents the first one's steps are told, and the second one in a word."""
    steps: list[str] = []
    while True:
        step, before = _step(recipe)
        steps.append(step)
        if before is None:
            break
        recipe = before
    steps.reverse()
    if len(steps) > MOST_STEPS:
        left_out = len(steps) - MOST_STEPS + 1
        steps = [steps[0], f"… {left_out} more steps …", *steps[-(MOST_STEPS - 2) :]]
    return tuple(steps)


def _step(recipe: Recipe) -> tuple[str, Recipe | None]:
    match recipe:
        case Seed(seed=seed, variety=variety):
            return f"a new picture from seed {seed}, variety {percent(variety)}", None
        case Vary(of=of, amount=amount):
            return f"varied by {percent(amount)}", of
        case Edit(of=of, direction=direction, amount=amount):
            return f"slider {direction} to {amount:+.1f}".replace("-", "−"), of
        case Truncate(of=of, psi=psi):
            return (f"made calmer, ψ {psi:.2f}" if psi < 1 else f"made bolder, ψ {psi:.2f}"), of
        case Blend(a=a, t=t):
            return f"bred with another picture, {percent(t)} of it", a
        case Mix(a=a, layers=layers):
            return f"bred with another picture's layers {', '.join(map(str, layers))}", a
        case Anchor(index=index):
            return f"the model's work number {index + 1}, drawn again", None
        case Point():
            return "found from an upload", None
        case Prompt(text=text, seed=seed):
            return f"“{text}”, seed {seed}", None


def percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")

"""What a picture is: a small tagged union, from which the same model makes the same picture for ever."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from gan.contract.common import MAX_TRANSFORM_SIDE, SeedNumber, Sha256, Unit, Wire


class Seed(Wire):
    """A new picture from a number. `variety` 0 keeps to close relatives, 1 mixes anything with anything."""

    kind: Literal["seed"] = "seed"
    seed: SeedNumber
    variety: Unit = 0.5


class Vary(Wire):
    """`of`, moved a little: `amount` 0 leaves it as it is, 1 replaces it by another picture of the model."""

    kind: Literal["vary"] = "vary"
    of: Recipe
    seed: SeedNumber
    amount: Unit = 0.3


class Blend(Wire):
    """Between two pictures in latent space: `t` 0 is `a`, 1 is `b`."""

    kind: Literal["blend"] = "blend"
    a: Recipe
    b: Recipe
    t: Unit = 0.5


class Mix(Wire):
    """Style mixing: the layers named come from `b`, all others from `a`. Layer 0 is the coarsest."""

    kind: Literal["mix"] = "mix"
    a: Recipe
    b: Recipe
    layers: tuple[Annotated[int, Field(ge=0, le=63)], ...]


class Edit(Wire):
    """`of`, moved along a direction of the model (`GET /v1/models/{id}/directions`), by its id.

    `amount` is in standard deviations of the model's works along it; 0 changes nothing, beyond 3 pictures may break.
    Edits of one picture along the same direction add up.
    """

    kind: Literal["edit"] = "edit"
    of: Recipe
    direction: Annotated[str, Field(min_length=1, max_length=64)]
    amount: Annotated[float, Field(ge=-5.0, le=5.0)]


class Truncate(Wire):
    """`of`, drawn toward (`psi` below 1) or away from (above 1) the mean of all the model's works; 1 changes nothing.

    Below 1 pictures get calmer and more alike, above 1 bolder. Truncations of one picture multiply.
    """

    kind: Literal["truncate"] = "truncate"
    of: Recipe
    psi: Annotated[float, Field(ge=0.0, le=2.0)]


class Anchor(Wire):
    """The rebuilt picture of one training work, by its place in the model's list of works."""

    kind: Literal["anchor"] = "anchor"
    index: Annotated[int, Field(ge=0)]


class Point(Wire):
    """A latent code stored as a blob (safetensors), such as a find task returns. It belongs to one model's weights."""

    kind: Literal["point"] = "point"
    blob: Sha256


class Prompt(Wire):
    """A picture asked for in words. An anchored model mixes works whose titles, tags and looks answer to them; the
    answer names the words that it does not know."""

    kind: Literal["prompt"] = "prompt"
    text: Annotated[str, Field(min_length=1, max_length=300)]
    seed: SeedNumber


class TransformOptions(Wire):
    """How a transformer changes a picture. `FamilyInfo.heeds` names what a family heeds; the rest changes nothing."""

    strength: Unit = 1.0
    """0 leaves the picture as it is, 1 is all that the model does."""
    seed: SeedNumber = 0
    """For families that draw something new; the same seed gives the same picture."""
    back: bool = False
    """Where a model leads both ways: from the second set's look to the first's."""
    side: Annotated[int, Field(ge=32, le=MAX_TRANSFORM_SIDE)] | None = None
    """Longer side in pixels at which it works, so that the picture does not depend on the size asked of the render;
    none means the model's own."""
    text: Annotated[str, Field(max_length=300)] = ""
    """What the picture shall show, in words."""

    @model_serializer(mode="wrap")
    def _as_ever(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without words as it was before there were any: the mark in a picture depends on its recipe's JSON."""
        told: dict[str, Any] = handler(self)
        return told if self.text else {name: value for name, value in told.items() if name != "text"}


class Transform(Wire):
    """What a transformer makes of a picture, and of a second one where its family takes two (style: the artwork).

    Pictures are blobs that must have been PUT before: PNG, JPEG, WebP or GIF (the first frame). It nests in no other.
    """

    kind: Literal["transform"] = "transform"
    picture: Sha256
    second: Sha256 | None = None
    options: TransformOptions = TransformOptions()
    painted: Sha256 | None = None
    """What a `Paint` task made of them, stored as a PNG: it is shown, and nothing is made anew."""


Recipe = Annotated[
    Seed | Vary | Blend | Mix | Edit | Truncate | Anchor | Point | Prompt | Transform, Field(discriminator="kind")
]
for _recipe in (Vary, Blend, Mix, Edit, Truncate):
    _recipe.model_rebuild()


def depth(recipe: Recipe) -> int:
    """How many recipes nest inside each other, at least 1; servers refuse more than `MAX_RECIPE_DEPTH`."""
    match recipe:
        case Vary(of=of) | Edit(of=of) | Truncate(of=of):
            return 1 + depth(of)
        case Blend(a=a, b=b) | Mix(a=a, b=b):
            return 1 + max(depth(a), depth(b))
        case _:
            return 1


def prompts_in(recipe: Recipe) -> list[str]:
    """The texts of all prompts that a recipe descends from, in order."""
    match recipe:
        case Prompt(text=text):
            return [text]
        case Transform(options=options):
            return [options.text] if options.text else []
        case Vary(of=of) | Edit(of=of) | Truncate(of=of):
            return prompts_in(of)
        case Blend(a=a, b=b) | Mix(a=a, b=b):
            return [*prompts_in(a), *prompts_in(b)]
        case _:
            return []

"""Which recipes a request asks for: pure functions of the request and its id, so a repeat makes the same pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from bot.stories import Plain
from bot.workflows.moves import fits
from gan.contract import SEED_LIMIT, Prompt, Recipe, Seed, Upscaler, Vary

GRID_SIZE = 256
"""Side of a picture in a grid, in pixels: four of them fill a chat's width, and 64-pixel models look well at x4."""
LARGE_SIZE = 512
STICKER_SIZE = 320
"""Side that Discord asks of stickers; 512 KiB at most, and 320 pixels square of a picture are far below that."""
EMOJI_SIZE = 128
"""What Discord scales custom emoji to at most."""
DRAWN_SEEDS = 2**32
"""Seeds drawn by us stay below this, so that people can read them out and type them."""

READ_RECIPE: TypeAdapter[Recipe] = TypeAdapter(Recipe)


class Fresh(Plain):
    """New pictures of a model."""

    kind: Literal["fresh"] = "fresh"
    count: int
    variety: float
    prompt: str = ""


class Around(Plain):
    """Neighbours of a picture."""

    kind: Literal["around"] = "around"
    output_id: int
    amount: float


class Single(Plain):
    """One picture once more at another size; there is nothing to reroll."""

    kind: Literal["single"] = "single"
    output_id: int
    direction: str | None = None
    """The slider in hand, empty for the first one; None where the sliders are not open."""


class Moved(Plain):
    """One picture that a move made of another."""

    kind: Literal["moved"] = "moved"
    output_id: int
    """What it was made of: the way back."""
    move: str
    direction: str | None = None


class Bred(Plain):
    """The children of two pictures."""

    kind: Literal["bred"] = "bred"
    a: int
    b: int
    captions: tuple[str, ...]


class Sought(Plain):
    """A picture found from an upload."""

    kind: Literal["sought"] = "sought"
    upload: str
    """The worker's blob."""
    nearer: float
    """How much nearer to the upload than the model's mean picture: 1 would be the upload itself."""


class Transformed(Plain):
    """A picture made of another by a transformer."""

    kind: Literal["transformed"] = "transformed"
    family: str


Again = Fresh | Around | Single | Moved | Bred | Sought | Transformed


class Plan(Plain):
    """What a request will make, decided and written down before it is made."""

    model_id: str
    recipes: tuple[Recipe, ...]
    size: int
    upscaler: Upscaler = Upscaler.auto
    again: Annotated[Again, Field(discriminator="kind")]
    """How to do the same again with other seeds."""
    parents: tuple[int, ...] = ()
    """Outputs that these came from, for their lineage, and how."""
    relation: str = ""
    rows: tuple[int, ...] = ()
    """Outputs that stand already and are only shown again; nothing new is put on record."""

    def only(self, places: Sequence[int]) -> Plan:
        """The plan of those of its pictures that were not held back."""
        if len(places) == len(self.recipes):
            return self
        again = self.again
        if isinstance(again, Bred):
            again = again.model_copy(update={"captions": tuple(again.captions[place] for place in places)})
        return self.model_copy(update={"recipes": tuple(self.recipes[place] for place in places), "again": again})


class Made(Plain):
    """What rendering left: the rows of the pictures, and how long it took."""

    output_ids: tuple[int, ...]
    credits: tuple[tuple[str, ...], ...]
    ms: float
    unknown: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Words of the prompt that the model does not know, each with what it knows that means the most alike."""
    kept: tuple[int, ...] | None = None
    """Places of the plan's pictures that were not held back; none for all of them."""
    owed: tuple[str, ...] = ()
    """What has to be said beside the pictures: which is close to a copy, and whom licences want named."""


def drawn_seed(request_id: int) -> int:
    """A seed as good as random, and always the same for one request."""
    digest = hashlib.blake2b(str(request_id).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % DRAWN_SEEDS


def fresh(first_seed: int, count: int, variety: float, prompt: str = "") -> tuple[Recipe, ...]:
    """`count` new pictures: the first has the seed given, each next one a seed one higher."""
    seeds = [(first_seed + n) % SEED_LIMIT for n in range(count)]
    return tuple(Prompt(text=prompt, seed=seed) if prompt else Seed(seed=seed, variety=variety) for seed in seeds)


def neighbours(of: Recipe, first_seed: int, count: int, amount: float) -> tuple[Recipe, ...]:
    """`count` variations of a picture. Raises `Refused` when it is a variation of a variation … too often."""
    return tuple(fits(Vary(of=of, seed=(first_seed + n) % SEED_LIMIT, amount=amount)) for n in range(count))


def read_recipe(found: Any) -> Recipe:
    """A recipe as the records keep it."""
    return READ_RECIPE.validate_python(found)


def seed_of(recipe: Recipe) -> int | None:
    """The number a member would type to get this picture again; none where no single number makes it."""
    return recipe.seed if isinstance(recipe, Seed | Prompt) else None

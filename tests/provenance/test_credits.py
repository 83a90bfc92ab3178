"""Credits by construction: what is credited is what the generator was given, through every chain of moves."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.attribution import attribution
from gan.contract import Anchor, Blend, Credit, Mix, ModelCard, Recipe, Seed, Truncate, Vary, Work
from gan.families.anchored.config import Config
from gan.families.anchored.mixing import LEAST_NAMED, nearest
from gan.families.anchored.networks import Generator
from gan.families.anchored.serve import AnchoredModel

WORKS = 6
CODE = 8
RECORD: TypeAdapter[Recipe] = TypeAdapter(Recipe)

units, seeds = st.floats(0, 1), st.integers(0, 2**53 - 1)
starts = st.builds(Seed, seed=seeds, variety=units) | st.builds(Anchor, index=st.integers(0, WORKS - 1))
LAYERS = 4


def moved(chain: tuple[Recipe, list[tuple[int, Recipe, int, float]]]) -> Recipe:
    """A start and up to six moves, each with the partner, the seed and the amount that it may need."""
    recipe, moves = chain
    for kind, partner, seed, amount in moves:
        match kind:
            case 0:
                recipe = Vary(of=recipe, seed=seed, amount=amount)
            case 1:
                recipe = Blend(a=recipe, b=partner, t=amount)
            case 2:
                recipe = Mix(a=recipe, b=partner, layers=tuple(range(seed % LAYERS)))
            case _:
                recipe = Truncate(of=recipe, psi=amount)
    return recipe


chains = st.tuples(starts, st.lists(st.tuples(st.integers(0, 3), starts, seeds, units), max_size=6)).map(moved)


def one_axis_a_work() -> AnchoredModel:
    """A model whose works' codes are the axes of its latent space: the code it draws from *is* the table of shares."""
    torch.manual_seed(0)
    generator = Generator(size=32, code=CODE, width=16, widest=16)
    works = [
        Work(sha256=f"{n:064x}", title=f"work {n}", artist=f"artist {n % 3}", licence="CC BY 4.0") for n in range(WORKS)
    ]
    features = np.random.RandomState(0).standard_normal((WORKS, 5)).astype(np.float32)
    card = ModelCard(id="axes", title="Axes", family="anchored", size=32, alpha=True, works=WORKS)
    config = Config(size=32, code=CODE, width=16, widest=16)
    return AnchoredModel(config, card, works, generator, torch.eye(CODE)[:WORKS], nearest(features))


MODEL = one_axis_a_work()
LAYERS = MODEL.layers


@settings(max_examples=60, deadline=None)
@given(chains)
def test_what_is_credited_is_what_was_drawn_recomputed_from_the_record(recipe: Recipe) -> None:
    record = RECORD.dump_json(recipe)
    (rendered,) = MODEL.render([recipe])
    credits_ = [Credit.model_validate_json(one.model_dump_json()) for one in rendered.credits]
    assert abs(sum(one.weight for one in credits_) - 1) < 1e-9

    drawn = (MODEL.codes([RECORD.validate_json(record)])[0] + MODEL.mean).mean(0)[:WORKS]
    assert abs(float(drawn.sum()) - 1) < 1e-3
    by_work = {one.work: one.weight for one in credits_ if one.kind == "work"}
    rest = sum(one.weight for one in credits_ if one.kind == "rest")
    of_all = sum(one.weight for one in credits_ if one.kind == "all") / WORKS
    assert rest <= WORKS * LEAST_NAMED + 1e-3
    for number, share in enumerate(drawn):
        credited = by_work.get(f"{number:064x}", 0.0) + of_all
        assert abs(credited - float(share)) < 1e-3 + rest


def test_a_licence_that_asks_for_its_name_gets_it_however_small_the_share() -> None:
    credits_ = [
        Credit(work="a", weight=0.99, title="cat", artist="Ben", licence="CC0 1.0"),
        Credit(work="b", weight=0.01, title="fox", artist="Ada", licence="CC BY-SA 4.0"),
        Credit(work="c" * 64, weight=0.0, licence="cc by 3.0"),
        Credit(work="", weight=0.0, kind="rest", title="3 other works", licence="CC BY 4.0"),
    ]
    assert attribution(credits_) == ("“fox” by Ada, CC BY-SA 4.0", "work cccccccc by an artist not named, cc by 3.0")

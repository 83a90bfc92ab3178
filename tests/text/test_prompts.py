"""Models asked in words: what comes answers the words, is a pure function, and its credits are exact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from gan.contract import Blend, Edit, Prompt, Recipe, UnknownWord, Vary, Work, prompts_in
from gan.errors import WorkerError
from gan.families.anchored.asking import answered
from gan.families.anchored.mixing import credits_of
from gan.families.anchored.serve import AnchoredModel
from gan.rundir import RunDir
from gan.text import index, minilm
from gan.text.index import Asked, WordIndex
from gan.text.looks import COLOURS, colours

pytestmark = pytest.mark.skipif(not minilm.available(), reason=minilm.MISSING)

RECIPE: TypeAdapter[Recipe] = TypeAdapter(Recipe)
INK = {"red": (1.0, 0.1, 0.1), "green": (0.1, 0.8, 0.1), "blue": (0.1, 0.2, 1.0)}
NAMES = ("happy_cat", "sleepyDog", "fire-engine_2", "rose")


def square(colour: str, side: int = 64) -> torch.Tensor:
    """A coloured square on nothing: premultiplied [4, side, side]."""
    picture = torch.zeros(4, side, side)
    picture[:3, 16:48, 16:48] = torch.tensor(INK[colour])[:, None, None]
    picture[3, 16:48, 16:48] = 1
    return picture


@pytest.fixture(scope="module")
def words() -> WordIndex:
    """Each name once in each colour; only the first has a tag."""
    works = [
        Work(sha256=f"{n:064x}", title=name, tags=("kitten",) if name == "happy_cat" else ())
        for n, name in enumerate(name for name in NAMES for _ in INK)
    ]
    pictures = torch.stack([square(colour) for _ in NAMES for colour in INK])
    found = WordIndex.read(index.build(works, pictures), works)
    assert found is not None
    return found


def best(asked: Asked, count: int = 1) -> set[str]:
    order = np.argsort(-asked.scores, kind="stable")[:count]
    return {NAMES[place // len(INK)] for place in order}


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("a cat", "happy_cat"),
        ("kittens", "happy_cat"),
        ("a hound", "sleepyDog"),
        ("truck of the firemen", "fire-engine_2"),
    ],
)
def test_the_works_that_answer_come_first(words: WordIndex, prompt: str, name: str) -> None:
    assert best(words.ask(prompt)) == {name}


def test_a_colour_is_asked_of_the_colours(words: WordIndex) -> None:
    asked = words.ask("blue dog")
    assert best(asked) == {"sleepyDog"}
    assert asked.colours is not None
    assert int(asked.colours.argmax()) == NAMES.index("sleepyDog") * len(INK) + list(INK).index("blue")
    assert words.ask("dog").colours is None


def test_words_that_no_work_has_are_told_with_what_is_near(words: WordIndex) -> None:
    (unknown,) = words.ask("blue wolfhound").unknown
    assert unknown.word == "wolfhound"
    assert unknown.nearest[0] == "sleepy dog"
    assert words.ask("sleepy blue cats").unknown == ()


def test_a_prompt_without_words_is_refused(words: WordIndex) -> None:
    with pytest.raises(WorkerError, match="Say in a word"):
        words.ask("a picture of the …")


def test_works_without_names_are_found_by_their_looks() -> None:
    works = [Work(sha256=f"{n:064x}") for n in range(3)]
    nameless = WordIndex.read(index.build(works, torch.stack([square(colour) for colour in INK])), works)
    assert nameless is not None
    assert int(nameless.ask("something blue").scores.argmax()) == list(INK).index("blue")


def test_named_colours_are_what_is_not_clear() -> None:
    shares = colours(torch.stack([square(colour) for colour in INK]))
    assert [COLOURS[int(row.argmax())] for row in shares] == list(INK)
    assert shares.sum(1).tolist() == pytest.approx([1.0] * 3)


@given(
    seed=st.integers(0, 2**53 - 1),
    scores=st.lists(st.floats(-1, 1, width=16), min_size=1, max_size=20),
    coloured=st.booleans(),
    layers=st.integers(2, 6),
)
def test_every_answer_is_a_mixture_with_exact_credits(
    seed: int, scores: list[float], coloured: bool, layers: int
) -> None:
    asked = Asked(np.array(scores, np.float32), np.array(scores[::-1], np.float32) if coloured else None)
    mixture = answered(asked, seed, layers)
    assert mixture == answered(asked, seed, layers)
    assert all(sum(layer.values()) == pytest.approx(1.0) for layer in mixture.weights)
    works = [Work(sha256=f"{n:064x}", title=f"w{n}") for n in range(len(scores))]
    assert sum(credit.weight for credit in credits_of(mixture, works)) == pytest.approx(1.0)


@given(text=st.text(min_size=1, max_size=300), seed=st.integers(0, 2**53 - 1))
@settings(max_examples=30)
def test_a_prompt_is_the_same_after_its_way_through_json(text: str, seed: int) -> None:
    recipe: Recipe = Vary(of=Prompt(text=text, seed=seed), seed=1)
    assert RECIPE.validate_json(RECIPE.dump_json(recipe)) == recipe
    assert prompts_in(Blend(a=recipe, b=Edit(of=recipe, direction="d", amount=1.0))) == [text, text]


def test_a_model_trained_from_named_pictures_is_asked_in_their_names(make_run: Callable[..., RunDir]) -> None:
    from gan import families

    run = make_run("named", count=8, pictures=8)
    config = run.config()
    works = [work.model_copy(update={"title": f"{NAMES[n % 4]}{n}"}) for n, work in enumerate(config.request.works)]
    request = config.request.model_copy(update={"works": tuple(works)})
    (run.path / "config.json").write_text(config.model_copy(update={"request": request}).model_dump_json())
    families.get("anchored").train(replace(run))
    model = AnchoredModel.read(run.model)
    asked: list[Recipe] = [Prompt(text="sleepy dog", seed=seed) for seed in range(4)]
    first, again = model.render(asked), AnchoredModel.read(run.model).render(asked[::-1])[::-1]
    assert [one.pixels.tobytes() for one in first] == [one.pixels.tobytes() for one in again]
    dogs = {work.sha256 for work in works if work.title.startswith("sleepyDog")}
    for picture in first:
        share = sum(credit.weight for credit in picture.credits if credit.work in dogs)
        assert share > 0.5
    strange = model.render([Vary(of=Prompt(text="sleepy zeppelin", seed=1), seed=2)])[0].unknown
    assert [one.word for one in strange] == ["zeppelin"]
    assert isinstance(strange[0], UnknownWord)


def test_a_model_without_an_index_says_so(make_run: Callable[..., RunDir], tmp_path: Path) -> None:
    works = [Work(sha256=f"{n:064x}") for n in range(3)]
    assert WordIndex.read({}, works) is None

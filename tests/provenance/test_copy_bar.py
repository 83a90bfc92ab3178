"""How close is too close: near-copies are named as such, and a model that learned its works by heart is caught."""

from __future__ import annotations

import numpy as np

from bot.copy_bar import copies_its_works, too_close
from bot.workflows.words import owed
from gan.contract import Credit, Figures
from gan.evaluate import crowds


def figures_of(works: np.ndarray, samples: np.ndarray) -> Figures:
    return Figures(copies=crowds.copies(works, samples))


def test_a_model_that_learned_its_works_by_heart_is_caught_and_one_that_learned_their_manner_is_not() -> None:
    random = np.random.RandomState(4)
    works = random.standard_normal((120, 24)).astype(np.float32)
    by_heart = works[random.randint(0, 120, 300)] + 0.05 * random.standard_normal((300, 24)).astype(np.float32)
    of_the_same_hand = random.standard_normal((300, 24)).astype(np.float32)
    assert copies_its_works(figures_of(works, by_heart))
    assert not copies_its_works(figures_of(works, of_the_same_hand))
    assert not copies_its_works(Figures())
    (line,) = owed((), (), {"copies": 0.9})
    assert "by heart" in line


def test_a_picture_of_one_work_alone_is_said_to_be_close_to_a_copy() -> None:
    fox = Credit(work="f", weight=0.97, title="fox", artist="Ada", licence="CC BY 4.0")
    cat = Credit(work="c", weight=0.03, title="cat", artist="Ben")
    assert too_close([cat, fox]) == fox
    assert too_close([fox.model_copy(update={"weight": 0.9}), cat]) is None
    assert too_close([Credit(work="", weight=1.0, kind="all", title="all works alike")]) is None
    lines = owed((7, 8), ([fox, cat], [cat.model_copy(update={"weight": 0.6})]), {})
    assert lines == ("⚠️ #7 is close to a copy: 97 % of it is Ada's fox", "“fox” by Ada, CC BY 4.0")


def test_no_more_works_are_named_beside_pictures_than_one_reads() -> None:
    many = [Credit(work=str(n), weight=0.1, title=f"w{n}", artist="Ada", licence="CC BY 4.0") for n in range(7)]
    lines = owed((1,), (many,), {})
    assert len(lines) == 5
    assert "3 more works" in lines[-1]

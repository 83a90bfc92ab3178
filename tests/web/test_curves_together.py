"""Trainings side by side: the same scales for all, and only what the visitor may see."""

from __future__ import annotations

import re

import pytest

from bot.web.catalogue import Course
from bot.web.curves import HEIGHT, WIDTH, compared
from tests.web.house import ADA, ELSEWHERE, JUNO, SERVER, Gallery
from tests.web.test_pages import PART, own, text_of


def course(*losses: float, name: str = "rebuild") -> Course:
    return Course({name: [(float(second), loss) for second, loss in enumerate(losses)]}, seconds=float(len(losses)))


def places(path: str) -> list[tuple[float, float]]:
    numbers = [float(one) for one in re.findall(r"-?[\d.]+", path)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def test_all_lines_share_one_scale_and_stay_in_the_frame() -> None:
    (one,) = compared([("short", course(4.0, 3.0)), ("long", course(*(2.0 - n / 20 for n in range(20))))])
    short, long = (places(line.smooth) for line in one.lines)
    assert short[0][1] < long[0][1], "a higher loss stands higher"
    assert short[-1][0] < long[-1][0] / 5, "a second is as wide in both"
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in [*short, *long])
    assert "short from 4.000" in one.summary


def test_what_only_one_of_them_tells_is_no_comparison() -> None:
    nan = float("nan")
    assert compared([("a", course(1.0, 2.0)), ("b", course(1.0, 2.0, name="other"))]) == []
    assert compared([("a", course(1.0, 2.0)), ("b", course(nan, nan))]) == []


async def test_a_page_lays_them_side_by_side_and_hides_what_is_not_in_sight(house: Gallery) -> None:
    await house.made(ADA)
    await house.made(ADA, server=ELSEWHERE)
    for model, server in (("critters", SERVER), ("drawings", SERVER), ("secret", ELSEWHERE)):
        await own(house, model, server)
    juno = await house.visitor(JUNO)
    alone = await text_of(juno, "/models/critters/training", PART)
    assert 'name="with" value="drawings"' in alone
    assert "secret" not in alone
    together = await text_of(juno, "/models/critters/training?with=drawings&with=secret", PART)
    assert together.count('<path class="smooth run-') == 2
    assert 'value="drawings" checked' in together
    assert "secret" not in together


@pytest.mark.parametrize("query", ["with=nothing", "with=critters", "with=%00", ""])
async def test_names_that_mean_nothing_change_nothing(house: Gallery, query: str) -> None:
    await house.made(ADA)
    await own(house, "critters", SERVER)
    told = await text_of(await house.visitor(JUNO), f"/models/critters/training?{query}", PART)
    assert "from 1.00 at the start to" in told, "its own curves, as without"

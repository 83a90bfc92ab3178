"""What the pages show, what htmx gets of them, and what happens when something cannot be drawn."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import aiohttp
import pytest

from bot.records.people import Person
from bot.web.easel import MOST_WAITING
from gan.contract import Edit, Truncate
from tests.fakes.worker import BASE
from tests.web.house import ADA, JUNO, SERVER, Gallery, gallery, own

PART = {"HX-Request": "true"}


async def text_of(visitor: aiohttp.ClientSession, path: str, headers: dict[str, str] | None = None) -> str:
    async with visitor.get(path, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.text()


def pictures_in(text: str) -> list[int]:
    return [int(one) for one in re.findall(r'href="/pictures/(\d+)"', text)]


async def test_older_pictures_come_page_by_page_each_once(house: Gallery) -> None:
    made = await house.made(count=9) + await house.made(count=9) + await house.made(count=9)
    juno = await house.visitor()
    text = await text_of(juno, "/gallery")
    found = pictures_in(text)
    assert len(found) == 24
    (more,) = re.findall(r'hx-get="(/gallery\?[^"]+)"', text)
    part = await text_of(juno, more, PART)
    assert "<html" not in part
    assert found + pictures_in(part) == made[::-1]
    assert "hx-get" not in part, "that was the last page"
    assert "<html" in await text_of(juno, more), "the same address is a whole page without htmx"


async def test_pictures_are_chosen_by_model_maker_way_and_favourites(house: Gallery) -> None:
    (new,) = await house.made(ADA)
    (varied,) = await house.made(JUNO, kind="variations", parents=[new])
    (other,) = await house.made(JUNO, model="critters")
    await house.records.favourites.star(JUNO, new, None)
    juno = await house.visitor(JUNO)
    whole = await text_of(juno, "/gallery")
    for option in (f'value="{ADA.id}">Ada (1)', f'value="{JUNO.id}">You (2)', "Variations (1)", "Critters (1)"):
        assert option in whole
    assert "My favourites (1)" in whole
    chosen = {
        "model=critters": [other],
        f"maker={JUNO.id}": [other, varied],
        "kind=variations": [varied],
        "starred=1": [new],
        f"kind=generate&maker={ADA.id}": [new],
        f"server={SERVER.id}": [other, varied, new],
        "server=999": [],
    }
    for query, expected in chosen.items():
        assert pictures_in(await text_of(juno, f"/gallery?{query}", PART)) == expected, query
    assert "Nothing fits" in await text_of(juno, "/gallery?kind=walk")


async def test_a_pictures_page_tells_who_made_it_how_and_from_what(house: Gallery) -> None:
    recipe = {"kind": "seed", "seed": 7, "variety": 0.2}
    edited = {
        "kind": "edit",
        "of": {"kind": "vary", "of": recipe, "seed": 9, "amount": 0.3},
        "direction": "s0-1",
        "amount": 1.5,
    }
    (older,) = await house.made(JUNO)
    (picture,) = await house.made(ADA, kind="play", recipe=edited)
    await house.records.favourites.star(JUNO, picture, "x")
    text = await text_of(await house.visitor(JUNO), f"/pictures/{picture}")
    for words in (
        "by Ada in The Artel",
        "the seed 7, mixed from close relatives",
        "Varied by 30 %",
        "Made brighter (slider s0-1, +1.5)",
        "fox",
        "CC0",
        "75 %",
        "★ 1",
        f'href="/pictures/{older}"',
    ):
        assert words in text, words
    assert f'alt="Picture {picture}, made by Ada with the model Drawings"' in text


async def test_names_with_markup_in_them_stay_names(house: Gallery) -> None:
    evil = Person(66, "<script>alert(1)</script>\"'")
    (picture,) = await house.made(evil)
    for path in ("/gallery", f"/pictures/{picture}"):
        text = await text_of(await house.visitor(JUNO), path)
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text


async def test_a_file_comes_back_byte_for_byte_and_thumbs_are_kept_by_the_browser(house: Gallery) -> None:
    (picture,) = await house.made()
    row = await house.records.outputs.get(picture)
    assert row is not None
    juno = await house.visitor()
    async with juno.get(f"/pictures/{picture}/original") as answer:
        assert hashlib.sha256(await answer.read()).hexdigest() == row.sha256
        assert f'filename="artel-{picture}.png"' in answer.headers["Content-Disposition"]
    renders = len(house.worker.asked)
    async with juno.get(f"/pictures/{picture}/thumb.webp") as answer:
        assert answer.status == 200
        assert answer.headers["Cache-Control"].startswith("private")
        tag = answer.headers["ETag"]
    async with juno.get(f"/pictures/{picture}/thumb.webp") as again:
        assert again.status == 200
    assert len(house.worker.asked) == renders + 1, "the second one came from memory"
    async with juno.get(f"/pictures/{picture}/thumb.webp", headers={"If-None-Match": tag}) as known:
        assert known.status == 304


async def test_a_picture_whose_model_is_gone_or_another_is_a_drawing_that_says_so(house: Gallery) -> None:
    (picture,) = await house.made(model="critters")
    juno = await house.visitor()
    house.worker.weights = "9" * 64
    async with juno.get(f"/pictures/{picture}/thumb.webp") as answer:
        assert (answer.status, answer.content_type) == (410, "image/svg+xml")
    assert "Play with it" not in await text_of(juno, f"/pictures/{picture}")


async def test_a_worker_that_is_away_leaves_pages_standing(house: Gallery) -> None:
    (picture,) = await house.made()
    juno = await house.visitor()
    house.worker.down = True
    assert pictures_in(await text_of(juno, "/gallery")) == [picture]
    async with juno.get(f"/pictures/{picture}/thumb.webp") as answer:
        assert (answer.status, answer.content_type) == (503, "image/svg+xml")
        assert int(answer.headers["Retry-After"]) >= 1
    await text_of(juno, f"/pictures/{picture}")
    await text_of(juno, "/models")


async def test_one_visitor_cannot_have_everything_drawn(url: str, tmp_path: Path) -> None:
    async with gallery(url, tmp_path, per_minute=3) as house:
        pictures = await house.made(count=4)
        juno, ada = await house.visitor(JUNO), await house.visitor(ADA)
        found = [(await juno.get(f"/pictures/{one}/thumb.webp")).status for one in pictures]
        assert found == [200, 200, 200, 503]
        assert (await juno.get(f"/pictures/{pictures[0]}/thumb.webp")).status == 200, "what is in memory costs nothing"
        live = await text_of(juno, "/models/drawings/live?seed=3", PART)
        assert "a lot of pictures at once" in live
        assert (await ada.get(f"/pictures/{pictures[3]}/thumb.webp")).status == 200
        assert MOST_WAITING > 0


async def test_sliders_redraw_the_picture_as_they_stand(house: Gallery) -> None:
    (picture,) = await house.made(ADA)
    juno = await house.visitor(JUNO)
    studio = await text_of(juno, f"/models/drawings/studio?from={picture}", PART)
    assert "darker – brighter" in studio
    assert 'min="-2.0" max="4.0"' in studio
    live = await text_of(juno, f"/models/drawings/live?from={picture}&d.s0-1=1.5&d.p4-2=99&d.no=1&psi=0.7", PART)
    assert 'src="data:image/png;base64,' in live
    (asked,) = house.worker.asked[-1].recipes
    assert isinstance(asked, Truncate)
    assert isinstance(asked.of, Edit)
    assert (asked.psi, asked.of.amount, asked.of.of.kind) == (0.7, 4.0, "edit"), "beyond its end a slider stays there"
    assert "<html" in await text_of(juno, "/models/drawings/live?seed=5"), "a page of its own without htmx"


async def test_a_slider_shows_what_it_does_in_five_pictures(house: Gallery) -> None:
    juno = await house.visitor()
    strip = await text_of(juno, "/models/drawings/strips/p4-2?seed=4", PART)
    assert re.findall(r'data-amount="([^"]+)"', strip) == ["-2.0", "-1.0", "0.0", "2.0", "4.0"]
    assert len(house.worker.asked[-1].recipes) == 5


async def test_members_names_for_sliders_come_before_measured_ones(house: Gallery) -> None:
    await house.made(JUNO)
    await house.records.slider_names.vote(SERVER, JUNO, BASE.sha256, "s0-1", "night and day")
    assert "night and day" in await text_of(await house.visitor(), "/models/drawings/studio", PART)


async def test_a_picture_that_was_changed_too_often_says_so(house: Gallery) -> None:
    recipe: dict[str, object] = {"kind": "seed", "seed": 1}
    for n in range(23):
        recipe = {"kind": "vary", "of": recipe, "seed": n}
    (picture,) = await house.made(recipe=recipe)
    live = await text_of(await house.visitor(), f"/models/drawings/live?from={picture}&d.s0-1=1", PART)
    assert "changed as often as a picture can be" in live


async def test_a_models_page_tells_how_it_was_trained(house: Gallery) -> None:
    await house.made(ADA, model="critters")
    await own(house, "critters", SERVER)
    juno = await house.visitor(JUNO)
    page = await text_of(juno, "/models/critters")
    assert "Taught by Ada" in page
    assert "12 works" in page
    training = await text_of(juno, "/models/critters/training", PART)
    assert "from 1.00 at the start to" in training
    assert training.count('<li><a href="/models/critters/samples/') == 2
    async with juno.get("/models/critters/samples/1.png") as answer:
        assert answer.content_type == "image/png"
    async with juno.get("/models/critters/samples/7.png") as answer:
        assert answer.status == 404
    assert 'hx-get="/models/drawings/training' not in await text_of(juno, "/models/drawings")


async def test_a_models_card_tells_whose_art_it_is_from_and_what_it_is_for(house: Gallery) -> None:
    await house.made(ADA, model="critters")
    await own(house, "critters", SERVER)
    juno = await house.visitor(JUNO)
    assert 'href="/models/critters/card"' in await text_of(juno, "/models/critters")
    page = await text_of(juno, "/models/critters/card")
    for words in ("Model card", "12 works by Ada (CC BY 4.0)", "Licences: CC BY 4.0", "f" * 64, "Not for likenesses"):
        assert words in page
    async with juno.get("/models/nowhere/card") as answer:
        assert answer.status == 404


@pytest.mark.parametrize("headers", [{}, PART])
async def test_a_mistake_of_ours_is_an_apology_with_a_number_and_no_traceback(
    house: Gallery, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    juno = await house.visitor()

    async def broken() -> dict[str, str]:
        raise RuntimeError("a secret of the house")

    monkeypatch.setattr(house.site.catalogue, "titles", broken)
    async with juno.get("/gallery", headers=headers) as answer:
        text = await answer.text()
        assert answer.status == 500
    assert "That is our mistake" in text
    assert "secret" not in text
    assert "Traceback" not in text
    assert ("<html" in text) == (not headers)

"""The gallery speaks the visitor's language: every page in all of them, and nothing on it stays English."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser

import aiohttp
import pytest
from playwright.async_api import async_playwright

from bot.language import LANGUAGES, preferred, said, speaking
from bot.web import words
from bot.web.site import HERE, templates
from gan.contract import Figures
from tests.languages.test_panels import left_in_english
from tests.web.house import ADA, JUNO, SERVER, Gallery, own

READ = ("alt", "title", "aria-label", "placeholder", "data-away", "data-failed")
"""Attributes with words for people."""
NO_WORDS = {"Artel", "px", "MiB", "Ctrl+Z"}
OURS = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)


class Words(HTMLParser):
    """What a page says, piece by piece: its texts but for code, and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("code", "script", "style")
        self.pieces += [value for name, value in attrs if name in READ and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("code", "script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.pieces += " ".join(data.split()).split(" · ")


def pieces(html: str) -> list[str]:
    read = Words()
    read.feed(html)
    return read.pieces


def test_no_word_of_a_page_is_beside_its_sentences() -> None:
    left = {
        (path.name, word)
        for path in HERE.joinpath("pages").iterdir()
        for piece in pieces(OURS.sub("", path.read_text()))
        for word in re.findall(r"[A-Za-z+]{2,}", piece)
        if word not in NO_WORDS
    }
    assert left == set()


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("pl, fr;q=0.4, en;q=0.3", "fr"),
        ("en-US,en;q=0.9,ja;q=0.8", "en"),
        ("es;q=0.5, zh-Hant-TW;q=0.8", "zh"),
        ("de;q=0, *", "en"),
        ("ja;q=2, ;;, es;q=x", "en"),
        ("pl", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_browser_says_which_language_is_meant(accepted: str | None, language: str) -> None:
    assert preferred(accepted) == language


async def asked(visitor: aiohttp.ClientSession, path: str, language: str, status: int = 200) -> str:
    async with visitor.get(path, headers={"Accept-Language": language}) as answer:
        assert answer.status == status, path
        assert answer.headers["Content-Language"] == language
        assert "Accept-Language" in answer.headers["Vary"]
        return await answer.text()


async def all_pages(house: Gallery, language: str) -> AsyncIterator[str]:
    first, *_ = await house.made(ADA, count=9)
    edit = {"kind": "edit", "of": {"kind": "seed", "seed": 7}, "direction": "s0-1", "amount": 1.5}
    (child,) = await house.made(JUNO, kind="play", recipe=edit, parents=[first], relation="pull")
    await house.records.favourites.star(JUNO, child, None)
    await own(house, "critters", SERVER)
    juno = await house.visitor()
    model = "/models/critters"
    for path in (
        *("/gallery", "/gallery?kind=walk", f"/pictures/{first}", f"/pictures/{child}", f"/pictures/{child}/family"),
        *(
            "/walks",
            "/models",
            model,
            f"{model}/studio",
            f"{model}/live",
            f"{model}/training",
            f"{model}/strips/s0-1",
            f"{model}/card",
        ),
        *("/draw", "/privacy", "/terms", "/sign-in"),
    ):
        yield await asked(juno, path, language)
    yield await asked(juno, "/models/there-is-none", language, 404)
    yield await asked(juno, "/nowhere", language, 404)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
async def test_every_page_comes_in_the_visitors_language_and_nothing_of_it_in_english(
    house: Gallery, language: str
) -> None:
    english = left_in_english(language)
    shown = [piece async for page in all_pages(house, language) for piece in pieces(page)]
    assert len(shown) > 300
    assert sorted({piece for piece in shown if english(piece)}) == []


async def test_a_page_comes_in_german_when_asked_and_in_english_to_all_others(house: Gallery) -> None:
    await house.made(ADA)
    juno = await house.visitor()
    german, english, polish = [await asked_for(juno, language) for language in ("de-AT,en;q=0.5", "en", "pl")]
    assert '<html lang="de"' in german
    assert "Alle Modelle" in german
    assert "Zum Inhalt springen" in german
    assert english == polish
    assert '<html lang="en"' in english
    assert "All models" in english


async def asked_for(visitor: aiohttp.ClientSession, language: str) -> str:
    async with visitor.get("/gallery", headers={"Accept-Language": language}) as answer:
        return await answer.text()


async def test_the_most_wordy_language_fits_a_small_phone(house: Gallery, chromium: str) -> None:
    (picture,) = await house.made(ADA)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = await browser.new_page(locale="de-DE", viewport={"width": 360, "height": 780})
        await page.goto(f"{house.url}/gallery")
        await page.get_by_role("button", name="Juno").click()
        for path in ("/gallery", f"/pictures/{picture}", "/models/critters", "/draw", "/privacy"):
            await page.goto(f"{house.url}{path}")
            assert await page.evaluate("document.documentElement.lang") == "de"
            assert await page.evaluate("document.documentElement.scrollWidth") <= 360, path
        await browser.close()


def test_figures_and_times_are_told_in_the_language() -> None:
    figures = Figures(new=0.97, kid_x1000=41.0, pictures_seen=1200, seconds=60.0, pictures_per_second=20.0)
    with speaking("de"):
        told = words.figure_lines(figures)
        assert [name for _, name, _ in told] == ["Neue Bilder", "Abstand (KID × 1000)", "Gesehene Bilder"]
        assert told[2][2] == "In 1 min, 20 Bilder je Sekunde."


def test_what_fills_a_sentence_of_a_page_is_escaped_and_its_own_tags_are_not() -> None:
    environment = templates()
    page = environment.from_string('<p>{{ said("by {name}", name=name) }} {{ said(tagged) }}</p>')
    with speaking("de"):
        made = page.render(name="<b>{evil}</b>", tagged="Type <kbd>/generate</kbd> in the chat, and it does.")
        assert said("Type <kbd>/generate</kbd> in the chat, and it does.") in made
    assert made.startswith("<p>von &lt;b&gt;{evil}&lt;/b&gt; ")
    assert "<kbd>/erzeugen</kbd>" in made

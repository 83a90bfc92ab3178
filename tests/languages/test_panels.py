"""Every page of the chat in every language: Discord would take it, and nothing of it is left in English."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import discord
import pytest

from bot.art_views import ArtPage
from bot.chat import (
    art_forms,
    art_panels,
    modals,
    moderation_forms,
    moderation_panels,
    pages,
    panels,
    studio_pages,
    task_panel,
    texts,
    training_panel,
    verify,
)
from bot.chat.parts import Panel
from bot.language import LANGUAGES, counted, said, speaking, translated
from bot.moderation_views import MeView, ReviewView
from bot.rights import SETTABLE
from bot.stories import (
    CreditsView,
    FamilyView,
    GalleryView,
    MatesView,
    ModelLine,
    NoticeView,
    PicksView,
    PicturesView,
    Progress,
    QueueLine,
    SliderSheet,
    TrainingPhase,
)
from bot.verify_views import VerifyView
from bot.workflows.words import new_pictures
from playground.checks.components import walk
from scripts.texts import find
from tests.chat.art_views import art_lines, art_view, collection_line, collection_view, sheet_view
from tests.chat.moderation_views import contest_view, review_view, settings_view
from tests.chat.test_panels import sent
from tests.chat.views import PNG, kin, parents, picks, pictures_view, slider_board, training_view

SMALL = b64encode(PNG)
MODEL = ModelLine(
    id="m", title="Foxes", family="anchored", size=64, works=200, shipped=True, is_default=False, figures="KID 41"
)
LANGUAGE = sorted(LANGUAGES)


def changed(view: PicturesView, **told: Any) -> PicturesView:
    """The view as the stories word it in the language of the moment."""
    return view.model_copy(update={"headline": new_pictures(4), "details": (said("seed {seed}", seed=7),), **told})


async def all_pages() -> list[Panel]:
    """One of each, with what the stories word themselves said in the language of the moment."""
    grid, one = pictures_view(), pictures_view(1, large=True)
    with_back = {"back": "open:3", "stars": 2}
    made = [
        panels.pictures(changed(grid)),
        panels.pictures(changed(pictures_view(9))),
        await panels.drawn(changed(one)),
        await panels.drawn(changed(one, **with_back), private=True),
        await panels.drawn(changed(one, board=slider_board())),
        await panels.drawn(changed(pictures_view(9), captions=("",) * 9, parents=parents(1, 2))),
        task_panel.progress(changed(pictures_view(2), progress=Progress(fraction=0.4))),
        task_panel.progress(changed(pictures_view(1), progress=Progress(fraction=1.0))),
        task_panel.progress(changed(pictures_view(1), progress=Progress(place=3))),
        panels.notice(NoticeView(tone="refused", text=texts.NO_MODELS)),
        panels.question(texts.DELETE_QUESTION, texts.DELETE_YES, "a:delete-yes:1:9", texts.KEEP_PICTURES),
        panels.question(texts.CANCEL_QUESTION, texts.CANCEL_YES, "a:cancel-yes:t:9", texts.KEEP),
        pages.models([MODEL.model_copy(update={"id": f"m{n}"}) for n in range(20)], 1, may_choose=True),
        pages.models([], 0, may_choose=False),
        pages.queue([], 9, moderator=False),
        pages.queue([queued(phase) for phase in TrainingPhase], 9, moderator=True),
        pages.help_page(),
        pages.about({said("Version"): "1"}),
        studio_pages.credits_page(credited()),
        *[await studio_pages.mates_page(mates(purpose), private=False) for purpose in ("breed", "morph")],
        *[await studio_pages.family_page(family(size), private=True) for size in (1, 4)],
    ]
    made += [training_panel.training(training(phase.value)) for phase in TrainingPhase]
    made += [await studio_pages.picks_page(PicksView(purpose=one, picks=picks(3))) for one in ("remix", "credits")]
    for shelf in ("mine", "favourites", "here"):
        made.append(await studio_pages.gallery_page(GalleryView(shelf=shelf, page=1, more=True, picks=picks(3))))
        made.append(await studio_pages.gallery_page(GalleryView(shelf=shelf, page=0, more=False, picks=())))
    sliders = slider_board(count=2).sliders
    ends, small = (-3.0, 0.0, 3.0), (SMALL,) * 6
    sheet = SliderSheet(model_id="m", model_title="Foxes", sliders=sliders, ends=ends, pictures=small)
    return [*made, await studio_pages.directions_page(sheet), *await pages_of_art(), *await pages_of_order()]


async def pages_of_art() -> list[Panel]:
    version = said("version {number} ({hash})", number=2, hash="5f0c12ab")
    told: dict[str, Any] = {"source": said("this server's art"), "version": version, "expected": ""}
    told["facts"] = (counted("{count} picture to learn from", "{count} pictures to learn from", 3),)
    told["left_out"] = (f"2 {said('there twice')}: frog.png",)
    problem = said("What it should learn from is no longer there.")
    lines = art_lines(3)
    return [
        art_panels.card(art_view(1, 9)),
        await art_panels.works_page(ArtPage(works=lines, page=1, pages=3, count=30, models=2)),
        art_panels.withdraw_question(2, "a:withdraw-yes:1"),
        art_panels.collections([collection_line()]),
        art_panels.collections([]),
        *[
            await art_panels.collection(collection_view(1).model_copy(update={"versions": (version,)}), private=private)
            for private in (True, False)
        ],
        *[await art_panels.drawn_sheet(sheet_view(1, 9, **told, needs_moderator=one)) for one in (True, False)],
        art_panels.training_sheet(sheet_view(1, 9, **told, problem=problem)),
        *[art_panels.privacy(address) for address in (None, "https://art.example.org/privacy")],
    ]


async def pages_of_order() -> list[Panel]:
    kinds: tuple[Any, ...] = ("report", "upload", "output")
    verdicts: tuple[Any, ...] = ("ours", "ai", "signed", "broken", "unknown")
    settled = settings_view().model_copy(update={"limits": ()})
    found = [VerifyView(verdict=one, filename="f.png", size=(64, 64), withheld=one == "ours") for one in verdicts]
    return [
        *[await moderation_panels.review(review_view().model_copy(update={"what": one})) for one in kinds],
        await moderation_panels.review(review_view().model_copy(update={"blocked": True, "pictures": ()})),
        await moderation_panels.review(ReviewView()),
        moderation_panels.settings(settled),
        moderation_panels.me(MeView(rights=tuple((one, "") for one in SETTABLE), limits=())),
        *[await moderation_panels.contest(contest_view(), private=private) for private in (True, False)],
        *[verify.page([one]) for one in found],
        verify.page(found[:4]),
    ]


def mates(purpose: Any) -> MatesView:
    return MatesView(output_id=1, owner_id=9, purpose=purpose, picks=picks(5))


def family(size: int) -> FamilyView:
    return FamilyView(output_id=1, model_title="Foxes", kin=kin(1)[:size], cut=True)


def queued(phase: TrainingPhase) -> QueueLine:
    return QueueLine(
        training_id=phase.value, title="Foxes", owner_id=9, owner_name="Ada", phase=phase, place=2, fraction=0.5
    )


def training(phase: str) -> Any:
    return training_view(
        phase,
        model_id="m",
        place=2,
        source=said("the folder {folder}", folder="f"),
        activity=said("inventing new ones"),
        left_out=("3 x",) * 20,
    )


def credited() -> CreditsView:
    steps = (said("varied by {share}", share="30 %"),)
    return CreditsView(
        output_id=1, maker_id=9, model_title="Foxes", made_at=1e9, shares=(), steps=steps, exact=True, thumbnail=SMALL
    )


def pieces(panel: Panel) -> Iterator[str]:
    """What a member reads of it, piece by piece."""
    for component in walk(sent(panel).components or []):
        for key in ("content", "label", "placeholder", "description"):
            for line in str(component.get(key) or "").splitlines():
                yield from (piece.strip() for piece in line.removeprefix("-# ").split(" · "))
        for option in component.get("options") or ():
            yield from (str(option.get(key) or "") for key in ("label", "description"))
    yield from (file.description for file in panel.files)


def left_in_english(language: str) -> Callable[[str], bool]:
    """Whether a piece is an English sentence of ours that this language says otherwise."""
    patterns = []
    for one in find().sentences:
        for english in filter(None, (one.text, one.many)):
            for line in english.splitlines():
                letters = re.sub(r"\{\w*\}", "", line)
                if translated(english, language) != english and sum(map(str.isalpha, letters)) > 3:
                    words = re.sub(r"\\\{\w*\\\}", ".+", re.escape(line.removeprefix("-# ")))
                    patterns.append(words)
    seen = re.compile("|".join(f"(?:{one})" for one in patterns))
    return lambda piece: bool(seen.fullmatch(piece))


@pytest.mark.parametrize("language", LANGUAGE)
async def test_every_page_is_one_that_discord_takes_and_all_of_it_is_said_in_the_language(language: str) -> None:
    english = left_in_english(language)
    assert english("Take a copy"), "the search finds what is English"
    with speaking(LANGUAGES[language][0]):
        shown = [piece for panel in await all_pages() for piece in pieces(panel)]
    assert len(shown) > 250
    assert sorted({piece for piece in shown if english(piece)}) == []


class Asker:
    """An interaction that takes the form it is answered with."""

    def __init__(self) -> None:
        self.response = self
        self.forms: list[dict[str, Any]] = []

    async def send_modal(self, modal: discord.ui.Modal) -> None:
        self.forms.append(modal.to_dict())


async def all_forms() -> list[dict[str, Any]]:
    asker: Any = Asker()
    await modals.ask_emoji_name(asker, 1)
    await modals.ask_sticker_name(asker, 1)
    await modals.ask_slider_name(asker, "m", "s0-1")
    await modals.ask_files(asker, "Foxes", 2.5, "")
    await art_forms.ask_art(asker, 0)
    await moderation_forms.ask_reason(asker, 1, (2,))
    await moderation_forms.ask_words(asker, ("x",))
    return list(asker.forms)


LONGEST = {"title": 45, "label": 45, "placeholder": 100, "description": 100, "content": 4000}
"""https://discord.com/developers/docs/components/reference#label and .../interactions/receiving-and-responding#modal"""


@pytest.mark.parametrize("language", LANGUAGE)
async def test_every_form_keeps_discords_limits_and_is_said_in_the_language(language: str) -> None:
    english = left_in_english(language)
    with speaking(LANGUAGES[language][0]):
        forms = await all_forms()
    parts = [*forms, *(part for form in forms for part in walk(form["components"]))]
    shown = [(key, str(part[key])) for part in parts for key in LONGEST if part.get(key)]
    shown += [(key, one[key]) for part in parts for one in part.get("options") or () for key in ("description",)]
    assert len(shown) > 25
    assert [one for one in shown if len(one[1]) > LONGEST[one[0]]] == []
    assert sorted({text for _, text in shown if english(text)}) == []

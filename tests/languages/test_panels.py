"""Every page of the chat in every language: Discord would take it, and nothing of it is left in English."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.chat import pages, panels, studio_pages, task_panel, texts, training_panel
from bot.chat.parts import Panel
from bot.language import LANGUAGES, said, speaking, translated
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
from bot.workflows.words import new_pictures
from playground.checks.components import walk
from scripts.texts import find
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
    return [*made, await studio_pages.directions_page(sheet)]


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

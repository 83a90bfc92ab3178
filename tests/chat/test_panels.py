"""Whatever a view holds, its message is one that Discord takes: judged by the playground's own strict reader."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any

import pytest
from discord.http import handle_message_parameters
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.chat import film_panel, pages, panels, studio_pages, studio_texts, texts, training_panel, trees
from bot.chat.buttons import PRESSES
from bot.chat.parts import Panel, bar, duration, plain, small
from bot.chat.training_texts import CALLED_BY
from bot.safety.intake import Reason
from bot.stories import FamilyView, FilmView, MatesView, ModelLine, NoticeView, PicturesView, QueueLine, TrainingView
from playground.checks.components import walk
from playground.checks.messages import Draft, read_message
from playground.uploads import Upload
from tests.chat.views import (
    PNG,
    film_views,
    kin,
    model_lines,
    notice_views,
    parents,
    picks,
    pictures_view,
    pictures_views,
    queue_lines,
    slider_board,
    training_view,
    training_views,
    words,
)

quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def sent(panel: Panel) -> Draft:
    """The panel as Discord would read it from the wire; raises what Discord would answer."""
    with handle_message_parameters(attachments=panel.uploads(), view=panel.view) as body:
        payload: dict[str, Any] = body.payload or json.loads(body.multipart[0]["value"])  # type: ignore[index]
    uploads = [
        Upload(f"files[{index}]", index, file.name, "image/png", file.data) for index, file in enumerate(panel.files)
    ]
    draft = read_message(payload, uploads, emojis={}, new_ids=[str(100 + n) for n in range(len(uploads))])
    _every_button_has_its_press(draft)
    _every_file_is_shown(draft)
    return draft


def _every_button_has_its_press(draft: Draft) -> None:
    for component in walk(draft.components or []):
        custom_id = component.get("custom_id")
        if custom_id is not None:
            fitting = [press for press in PRESSES if press.__discord_ui_compiled_template__.fullmatch(custom_id)]
            assert len(fitting) == 1, (custom_id, fitting)


def _every_file_is_shown(draft: Draft) -> None:
    shown = json.dumps(draft.components)
    for attachment in draft.attachments or []:
        assert f"attachment://{attachment['filename']}" in shown


def found(draft: Draft, kind: int) -> list[dict[str, Any]]:
    return [component for component in walk(draft.components or []) if component["type"] == kind]


def labels(draft: Draft) -> list[str]:
    return [f"{one.get('emoji', {}).get('name', '')} {one.get('label', '')}".strip() for one in found(draft, 2)]


def all_text(draft: Draft) -> str:
    return "\n".join(component["content"] for component in found(draft, 10))


@quick
@given(pictures_views, st.booleans())
def test_pictures_fit_discord(view: PicturesView, private: bool) -> None:
    draft = sent(panels.pictures(view, private=private, sheet=PNG if view.board or view.parents else None))
    shown = len(found(draft, 12)[0]["items"])
    if view.progress:
        assert shown == min(2, len(view.pictures))
    elif view.animation or view.large:
        sliders = view.large and not view.animation and view.board and view.board.sliders
        assert shown == (2 if sliders else 1)
    else:
        assert shown == min(9, len(view.pictures))


@quick
@given(training_views, st.none() | st.just(PNG))
def test_trainings_fit_discord(view: TrainingView, chart: bytes | None) -> None:
    sent(training_panel.training(view, chart))


@quick
@given(film_views)
def test_films_fit_discord(view: FilmView) -> None:
    draft = sent(film_panel.film(view))
    assert len(found(draft, 12)[0]["items"]) == 1


@quick
@given(notice_views)
def test_notices_fit_discord(view: NoticeView) -> None:
    assert panels.notice(view).ephemeral is view.ephemeral
    sent(panels.notice(view))


@quick
@given(st.lists(model_lines, max_size=30, unique_by=lambda line: line.id), st.integers(0, 9999), st.booleans())
def test_model_lists_fit_discord(lines: list[ModelLine], page: int, may_choose: bool) -> None:
    sent(pages.models(lines, page, may_choose=may_choose))


@quick
@given(st.lists(queue_lines, max_size=15, unique_by=lambda line: line.training_id), st.booleans())
def test_queues_fit_discord(lines: list[QueueLine], moderator: bool) -> None:
    sent(pages.queue(lines, 5, moderator=moderator))


@quick
@given(st.dictionaries(words, words, max_size=30))
def test_about_fits_discord(status: dict[str, str]) -> None:
    sent(pages.about(status))


@pytest.mark.parametrize(
    "panel",
    [
        pages.help_page(),
        panels.question(texts.DELETE_QUESTION, texts.DELETE_YES, "a:delete-yes:1:2", texts.KEEP_PICTURES),
        panels.question(texts.CANCEL_QUESTION, texts.CANCEL_YES, "a:cancel-yes:t-1:2", texts.KEEP),
    ],
)
def test_fixed_panels_fit_discord(panel: Panel) -> None:
    assert panel.ephemeral
    sent(panel)


def test_a_grid_offers_reroll_variations_large_and_delete() -> None:
    draft = sent(panels.pictures(pictures_view(4)))
    assert labels(draft) == ["🔁", "✨ 1", "✨ 2", "✨ 3", "✨ 4", "🗑️", "🔍 1", "🔍 2", "🔍 3", "🔍 4"]


def test_nine_pictures_are_chosen_from_menus() -> None:
    draft = sent(panels.pictures(pictures_view(9)))
    menus = found(draft, 3)
    assert [len(menu["options"]) for menu in menus] == [9, 9]
    assert [option["value"] for option in menus[0]["options"]] == [str(50 + place) for place in range(9)]


def test_an_opened_picture_offers_all_that_can_be_done_with_it() -> None:
    view = pictures_view(1, large=True).model_copy(update={"back": "show:5"})
    public = labels(sent(panels.pictures(view)))
    assert public == [
        *("🔁 Another", "🌱 A little", "🌪️ A lot", "🧊 Calmer", "🔥 Bolder"),
        *("🎚️ Sliders", "🧬 Breed", "🎞️ Morph", "⭐ Favourite", "📜 Credits"),
        *("😀 Emoji", "🏷️ Sticker", "👥 Take a copy", "↩️ Back", "🗑️ Delete"),
    ]
    private = labels(sent(panels.pictures(view, private=True)))
    assert "📌 Post it here" in private
    assert not {"👥 Take a copy", "🗑️ Delete"} & set(private)


def test_a_family_that_cannot_follow_a_recipe_has_no_button_for_it() -> None:
    view = pictures_view(1, large=True).model_copy(update={"abilities": ("seed",), "stars": 3})
    offered = labels(sent(panels.pictures(view)))
    assert offered[:3] == ["🔁 Another", "⭐ 3", "📜 Credits"]
    assert "🎚️ Sliders" not in offered


def test_sliders_show_what_each_does_and_where_the_one_in_hand_stands() -> None:
    view = pictures_view(1, large=True).model_copy(update={"board": slider_board("d3", 8)})
    panel = asyncio.run(panels.drawn(view))
    draft = sent(panel)
    assert labels(draft) == ["⏪", "◀️", "Middle", "▶️", "⏩", "✅ Done", "⭐ Favourite"]
    assert [file.name for file in panel.files] == ["artel-50.png", "sliders.png"]
    assert "3 · rounder" in all_text(draft)
    (menu,) = found(draft, 3)
    assert [option["label"] for option in menu["options"]][:2] == ["1 · darker ⇄ brighter", "Slider 2"]
    assert [option.get("default") for option in menu["options"]].index(True) == 2


def test_children_show_their_parents_and_what_they_have_of_whom() -> None:
    captions = tuple(f"child {n}" for n in range(1, 10))
    view = pictures_view(9).model_copy(update={"captions": captions, "parents": parents(12, 15), "back": "open:12"})
    panel = asyncio.run(panels.drawn(view))
    draft = sent(panel)
    assert [one["description"] for one in found(draft, 12)[0]["items"]] == list(captions)
    assert len(found(draft, 11)) == 1
    assert "**A** · #12 · fox" in all_text(draft)
    assert [option["label"] for option in found(draft, 3)[0]["options"]][8] == "9 · child 9"
    assert labels(draft) == ["↩️ Back", "🗑️ Delete"]


async def test_pages_of_the_studio_fit_discord() -> None:
    for count in (1, 12):
        mates = MatesView(output_id=2**63 - 1, owner_id=2**64 - 1, purpose="breed", picks=picks(count))
        panel = await studio_pages.mates_page(mates, private=True)
        assert panel.ephemeral
        assert len(found(sent(panel), 3)[0]["options"]) == count
    family = FamilyView(output_id=7, model_title="x" * 200, kin=kin(7), cut=True)
    draft = sent(await studio_pages.family_page(family, private=False))
    assert "further back" in all_text(draft)
    alone = family.model_copy(update={"kin": kin(7)[-1:], "cut": False})
    assert "no forebears" in all_text(sent(await studio_pages.family_page(alone, private=False)))


def test_a_family_tree_names_those_whom_its_font_can_write() -> None:
    assert trees.drawable("Ada  Lovelace") == "Ada Lovelace"
    assert trees.drawable("A name that is far too long") == "A name that i…"
    assert trees.drawable("一二三四") == ""
    drawn = Image.open(io.BytesIO(trees.draw(kin(7), studio_texts.RELATIONS)))
    alone = Image.open(io.BytesIO(trees.draw(kin(7)[-1:], studio_texts.RELATIONS)))
    assert drawn.width > alone.width
    assert drawn.getbbox() is not None


def test_files_carry_their_output_ids() -> None:
    panel = panels.pictures(pictures_view(4))
    assert [file.name for file in panel.files] == [f"artel-{50 + place}.png" for place in range(4)]


@pytest.mark.parametrize(
    ("phase", "model", "buttons"),
    [
        ("checking", None, ["Cancel"]),
        ("queued", None, ["Cancel"]),
        ("running", None, ["✅ Stop and keep", "⏸️ Pause", "Cancel"]),
        ("paused", None, ["▶️ Go on", "✅ Stop and keep", "Cancel"]),
        ("finished", "m-1", ["🎨 Generate with it", "⭐ Make it the server's default"]),
        ("finished", None, []),
        ("cancelled", None, []),
        ("failed", None, []),
    ],
)
def test_a_training_offers_what_its_phase_allows(phase: str, model: str | None, buttons: list[str]) -> None:
    draft = sent(training_panel.training(training_view(phase, model_id=model)))
    assert labels(draft) == buttons


@pytest.mark.parametrize("family", [*CALLED_BY])
def test_what_draws_nothing_by_itself_is_offered_by_its_command(family: str) -> None:
    command = CALLED_BY[family].removeprefix("used by ")
    draft = sent(training_panel.training(training_view("finished", family=family, model_id="m-1", film=True)))
    assert labels(draft) == ["🎞️ Watch it learn"]
    assert command in all_text(draft)
    line = ModelLine(id="m-1", title="M", family=family, size=64, works=9, shipped=True, is_default=False)
    listed = sent(pages.models([line], 0, may_choose=True))
    assert labels(listed) == []
    assert not found(listed, 3), "it cannot be the server's default"
    assert command in all_text(listed)


def test_every_reason_for_leaving_out_is_told_however_long_its_names() -> None:
    reasons = tuple(f"{count} {reason.value}: {'long name ' * 50}" for count, reason in enumerate(Reason, 1))
    words = all_text(sent(training_panel.training(training_view("running", left_out=reasons))))
    for count, reason in enumerate(Reason, 1):
        assert f"{count} {reason.value.replace('_', chr(92) + '_')}" in words


def test_more_lines_than_reasons_are_cut_short() -> None:
    reasons = tuple(f"{count} too small: x{count}" for count in range(1, 18))
    words = all_text(sent(training_panel.training(training_view("running", left_out=reasons))))
    assert "1 too small" in words
    assert "… and 5 more" in words
    assert "17 too small" not in words


def test_a_member_cannot_format_our_messages() -> None:
    draft = sent(training_panel.training(training_view(title="**x**\n# big <@&5>")))
    head = found(draft, 10)[0]["content"].splitlines()[0]
    assert "\\*\\*x\\*\\* # big" in head


def test_a_page_past_the_end_is_the_last_one() -> None:
    lines = [
        ModelLine(id=f"m{n}", title=f"M{n}", family="a", size=64, works=1, shipped=False, is_default=n == 0)
        for n in range(9)
    ]
    draft = sent(pages.models(lines, 7, may_choose=True))
    assert "(2 of 2)" in all_text(draft)
    assert "M8" in all_text(draft)


def test_small_words() -> None:
    assert (bar(0.0, 4), bar(0.999, 4), bar(1.0, 4)) == ("▱▱▱▱", "▰▰▰▱", "▰▰▰▰")
    assert (duration(42), duration(185), duration(7800)) == ("42 s", "3 min 05 s", "2 h 10 min")
    assert small("a", "", "b") == "-# a · b"
    assert small("") == ""
    assert plain("x" * 50, 10) == "xxxxxxxxx…"


def test_panels_are_made_off_the_loop_too() -> None:
    """The chart is drawn in a thread; the rest may be as well."""

    async def made() -> Panel:
        return await asyncio.to_thread(training_panel.training, training_view())

    sent(asyncio.run(made()))

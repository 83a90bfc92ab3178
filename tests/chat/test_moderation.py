"""Reports, reviews, settings, contests over the real client, and what a blocked member may still do."""

from __future__ import annotations

import pytest

from bot.moderation_asks import Decide, EnterContest, ReportPicture, SetRule, StartContest, Vote
from bot.rights import COMMANDS, Right, Rules
from playground.seed import ARTIST_ROLE
from tests.chat.conftest import Chat
from tests.chat.people import Person, eventually


async def asked(chat: Chat, ask: object) -> None:
    async def look() -> bool | None:
        return True if ask in chat.studio.asks() else None

    await eventually(look, f"{ask!r}")


async def test_report_by_command_and_from_the_apps_menu(chat: Chat) -> None:
    juno = await chat.member()
    grid = await juno.answer(await juno.command("generate"))
    answer = await juno.answer(await juno.command("report", picture="12", reason="stolen"))
    assert answer.ephemeral
    numbers = tuple(int(name.partition("-")[2].partition(".")[0]) for name in grid.files)
    opened = await juno.apps(grid, "Report")
    await juno.modal(opened)
    await chat.stop()
    await chat.start()  # the form outlives the process that opened it
    answer = await juno.answer(await juno.submit(opened, {"reason": "not nice"}))
    assert answer.ephemeral
    assert chat.studio.asks() == [ReportPicture(outputs=numbers, message_id=int(grid.id), reason="not nice")]


async def test_moderators_go_through_the_queue_in_one_message(chat: Chat) -> None:
    moss, juno = await chat.moderator(), await chat.member()
    with pytest.raises(AssertionError, match="permission"):
        await juno.command("reviews")
    page = await moss.answer(await moss.command("reviews"))
    assert page.ephemeral
    assert "🚩 Reported #7" in page.text
    assert "not \\*nice\\* @everyone" in page.text
    assert page.files == ["SPOILER_review.png"]
    await moss.press(page, "Remove everywhere")
    following = await moss.find(lambda shown: "remove 1." in shown.text)
    assert following.id == page.id
    await moss.press(following, "Block member")
    await asked(chat, Decide(report_id=2, verdict="block"))
    assert await chat.problems() == []


async def test_settings_is_one_panel_that_changes_in_place(chat: Chat) -> None:
    moss = await chat.moderator()
    page = await moss.answer(await moss.command("settings"))
    assert "check of pictures for nudity is off" in page.text
    await moss.press(page, "Everyone may train models", ARTIST_ROLE)
    await asked(chat, SetRule(right=Right.train, ids=(int(ARTIST_ROLE),)))
    await moss.press(page, "✅ Check uploads")
    await asked(chat, SetRule(switch="upload_gate"))
    form = await moss.press(page, "✏️ Blocked words…")
    await moss.submit(form, {"words": "bad word\nworse\n\nworse"})
    await asked(chat, SetRule(words=("bad word", "worse")))
    juno = await chat.member()
    refused = await juno.answer(await juno.command("train files"))
    assert f"<@&{ARTIST_ROLE}>" in refused.text
    ada = await chat.artist()
    await ada.modal(await ada.command("train files"))
    mine = await juno.answer(await juno.command("me"))
    assert "✋ moderate" in mine.text


async def test_a_contest_is_started_entered_and_voted_in(chat: Chat) -> None:
    moss, juno = await chat.moderator(), await chat.member()
    refused = await juno.answer(await juno.command("contest start", theme="frogs"))
    assert "Only a moderator" in refused.text
    page = await moss.answer(await moss.command("contest start", theme="*frogs*", hours=2))
    assert not page.ephemeral
    assert "Contest: \\*frogs\\*" in page.text
    await juno.answer(await juno.command("contest enter", picture="11"))
    await juno.press(page, "Vote for one…", "12")
    for ask in (StartContest(theme="*frogs*", hours=2), EnterContest(output_id=11), Vote(contest_id=5, entrant_id=12)):
        await asked(chat, ask)


OPTIONS = {
    "breed": {"a": "1", "b": "2"},
    "lineage": {"picture": "1"},
    "favourite": {"picture": "1", "name": "x"},
    "report": {"picture": "1", "reason": "bad"},
    "collection create": {"name": "x"},
    "collection add": {"collection": "5"},
    "collection remove": {"collection": "5", "work": "1"},
    "collection export": {"collection": "5"},
    "collection share": {"collection": "5"},
    "train emoji": {"name": "x"},
    "train folder": {"name": "x", "folder": "foxes"},
    "train collection": {"name": "x", "collection": "5"},
    "contest enter": {"picture": "1"},
    "contest start": {"theme": "x"},
}
WITH_FILES = {"find", "style", "restore", "draw", "restyle", "verify"}
"""Need a file, so they are left to the matrix, which asks the same check."""


def tries(juno: Person) -> list[str]:
    names = [name for name in COMMANDS if name.partition(" ")[0] in juno.commands and name[0].islower()]
    return [name for name in names if name not in WITH_FILES and COMMANDS[name] is not Right.moderate]


async def test_a_blocked_member_gets_one_clear_answer_and_keeps_what_is_theirs(chat: Chat) -> None:
    juno = await chat.member()
    grid = await juno.answer(await juno.command("generate"))
    chat.studio.blocked.add(int(juno.id))
    before = len(chat.studio.asks())
    for name in tries(juno):
        if COMMANDS[name] is Right.own:
            continue
        shown = await juno.answer(await juno.command(name, **OPTIONS.get(name, {})))
        assert shown.ephemeral, name
        assert "has blocked you" in shown.text, name
    for label in ("🔁", "✨ 1", "🔍 1"):
        assert "has blocked you" in (await juno.answer(await juno.press(grid, label))).text
    assert "has blocked you" in (await juno.answer(await juno.apps(grid, "Remix"))).text
    assert len(chat.studio.asks()) == before
    for name in ("privacy", "me", "help", "about", "withdraw"):
        assert "has blocked you" not in (await juno.answer(await juno.command(name))).text
    question = await juno.answer(await juno.press(grid, "🗑️"))
    assert "has blocked you" not in question.text


async def test_pictures_are_made_only_in_the_channels_that_were_chosen(chat: Chat) -> None:
    chat.studio.rules = Rules(channels=(1,))
    juno, moss = await chat.member(), await chat.moderator()
    assert "in other channels here: <#1>" in (await juno.answer(await juno.command("generate"))).text
    assert len((await moss.answer(await moss.command("generate"))).pictures) == 4
    assert "other channels" not in (await juno.answer(await juno.command("gallery"))).text

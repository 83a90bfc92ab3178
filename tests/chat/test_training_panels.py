"""The message of a training: it lives, and is steered by those who may."""

from __future__ import annotations

import pytest

from bot.stories import (
    Generate,
    SetDefaultModel,
    SteerTraining,
)
from tests.chat.conftest import Chat
from tests.chat.people import Person, Shown
from tests.chat.studio import training


async def training_panel(chat: Chat, person: Person, phase: str, **fields: object) -> Shown:
    shown = await person.answer(await person.command("train emoji", name="Foxes"))
    await chat.studio.settle()
    await chat.studio.show(training(chat.studio.asked[-1][0], phase, **fields))
    return await person.read(shown)


@pytest.mark.parametrize(
    ("phase", "label", "action"),
    [
        ("running", "✅ Stop and keep", "stop"),
        ("running", "⏸️ Pause", "pause"),
        ("paused", "▶️ Go on", "resume"),
    ],
)
async def test_steering_a_training(chat: Chat, phase: str, label: str, action: str) -> None:
    juno = await chat.member()
    panel = await training_panel(chat, juno, phase)
    notice = await juno.answer(await juno.press(panel, label))
    steer = chat.studio.asks()[-1]
    assert isinstance(steer, SteerTraining)
    assert (steer.action, steer.training_id) == (action, str(chat.studio.asked[0][0].interaction_id))
    assert notice.id != panel.id
    assert (await juno.read(panel)).text == panel.text


async def test_cancelling_a_training_asks_first(chat: Chat) -> None:
    juno = await chat.member()
    panel = await training_panel(chat, juno, "running")
    question = await juno.answer(await juno.press(panel, "Cancel"))
    assert len(chat.studio.asks()) == 1
    await juno.answer(await juno.press(question, "Cancel it"))
    steer = chat.studio.asks()[-1]
    assert isinstance(steer, SteerTraining)
    assert steer.action == "cancel"
    assert (await juno.find(lambda shown: shown.text == "✅ Will cancel.")).id == question.id


async def test_only_the_owner_or_a_moderator_steers(chat: Chat) -> None:
    juno, ada, moss = await chat.member(), await chat.artist(), await chat.moderator()
    panel = await training_panel(chat, juno, "running")
    for label in ("✅ Stop and keep", "⏸️ Pause", "Cancel"):
        assert "Only the person who asked" in (await ada.answer(await ada.press(panel, label))).text
    assert len(chat.studio.asks()) == 1
    await moss.answer(await moss.press(panel, "⏸️ Pause"))
    assert len(chat.studio.asks()) == 2


async def test_a_finished_training_can_be_used_and_made_the_default(chat: Chat) -> None:
    juno, moss = await chat.member(), await chat.moderator()
    panel = await training_panel(chat, juno, "finished", model_id="foxes-1")
    await juno.answer(await juno.press(panel, "🎨 Generate with it"))
    assert chat.studio.asks()[-1] == Generate(model="foxes-1")
    refused = await juno.answer(await juno.press(panel, "⭐ Make it the server's default"))
    assert "Only a moderator" in refused.text
    notice = await moss.answer(await moss.press(panel, "⭐ Make it the server's default"))
    assert chat.studio.asks()[-1] == SetDefaultModel(model_id="foxes-1")
    assert not notice.ephemeral
    assert (await juno.read(panel)).text == panel.text


async def test_the_training_message_lives(chat: Chat) -> None:
    """Redrawn in place with a sample and a chart; exactly these files stay on it."""
    juno = await chat.member()
    shown = await training_panel(chat, juno, "running", fraction=0.2)
    for fraction in (0.4, 0.6, 0.8):
        await chat.studio.show(training(chat.studio.asked[0][0], "running", fraction=fraction))
    now = await juno.read(shown)
    assert "**80 %** · 1 min 35 s left" in now.text
    assert now.files == ["sample.png", "chart.png"]
    assert len(await juno.messages_of_bot()) == 1
    assert await chat.problems() == []

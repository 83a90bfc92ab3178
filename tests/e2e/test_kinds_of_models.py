"""Every kind of model through the chat: learned from the server's emoji, paused, killed, gone on with, stopped, used.

The networks are the ones that a member gets; what is short is the time.
"""

from __future__ import annotations

import asyncio
import io
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from gan.rundir import RunDir
from tests.e2e.parts import Parts, online, parts_in
from tests.e2e.person import Person, Shown, people

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]
SAMPLERS = ("dense", "dcgan", "vae", "diffusion", "progressive")
USED_BY = {"style": "style", "restorer": "restore", "pix2pix": "draw", "pix2pixhd": "draw", "cyclegan": "restyle"}
"""The commands that transformers are used by."""
REDRAWERS = ("diffusion",)
"""Samplers that change pictures too."""
NAME, MINUTES = "Classroom", 10.0
"""Long enough that no machine is so quick as to end it before it is stopped."""
PATIENCE_S = 900.0
"""Trainers yield to all others, so on a busy machine each step takes long."""


def picture(colour: str, side: int = 128) -> bytes:
    """A dot on a ground, as PNG: a photo for one command, an artwork or a sketch for another."""
    paper = Image.new("RGB", (side, side), "white")
    ImageDraw.Draw(paper).ellipse((side // 5, side // 4, side - 20, side - 24), fill=colour, outline="black", width=3)
    out = io.BytesIO()
    paper.save(out, "PNG")
    return out.getvalue()


async def until(look: Callable[[], bool], what: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if look():
                    return
                await asyncio.sleep(0.2)
    except TimeoutError as error:
        raise TimeoutError(f"{what} did not come within {PATIENCE_S:.0f} s") from error


@pytest.mark.parametrize("family", [*SAMPLERS, *USED_BY])
async def test_learned_killed_gone_on_with_and_used(tmp_path: Path, family: str) -> None:
    async with parts_in(tmp_path) as parts, people(parts.page) as (_, _, moderator):
        await parts.start("bot")
        await online(moderator)
        sheet = await moderator.type("train emoji", name=NAME, minutes=MINUTES, family=family)
        living, _ = await moderator.begin(sheet, PATIENCE_S)
        await learns(parts)
        await moderator.becomes(living.id, lambda shown: bool(shown.pictures), PATIENCE_S)

        await steer(moderator, living.id, "pause")
        await kill_while_paused(parts)
        await steer(moderator, living.id, "resume")
        await goes_on(parts)
        await learns(parts)

        await steer(moderator, living.id, "stop")
        over = await moderator.becomes(living.id, lambda shown: offers(shown, "default", "film"), PATIENCE_S)
        answers = [await use(moderator, over, family)]
        if family in REDRAWERS:
            asked = await moderator.type("restyle", model=NAME, picture=picture("tomato"), prompt="a red critter")
            answers.append(await moderator.answer(asked, NAME, PATIENCE_S))
            assert len(answers[-1].pictures) == 2, "before and after"
        for drawn in answers:
            for address in drawn.pictures:
                Image.open(io.BytesIO(await moderator.download(address))).verify()
        for log in ("bot", "worker"):
            assert "Traceback" not in parts.log(log).read_text()


def run_of(parts: Parts) -> RunDir:
    (folder,) = parts.folder.glob("worker/trainings/t*")
    return RunDir(folder)


async def learns(parts: Parts) -> None:
    """Until it has made progress from here on."""
    await until(lambda: bool(list(parts.folder.glob("worker/trainings/t*/events.jsonl"))), "the run")
    run = run_of(parts)
    before = len(list(run.events()))
    await until(lambda: any(event.progress for event in list(run.events())[before:]), "progress")


async def steer(person: Person, message_id: str, verb: str) -> None:
    """Press a button of the living message, once it is there."""
    shown = await person.becomes(message_id, lambda shown: offers(shown, verb), PATIENCE_S)
    await person.press(shown, verb)


def offers(shown: Shown, *verbs: str) -> bool:
    return any(one.split(":")[1] in verbs for one in shown.buttons)


async def kill_while_paused(parts: Parts) -> None:
    """SIGKILL, once all is saved."""
    run = run_of(parts)
    await until(run.resume.exists, "what was saved")
    pid = parts.trainer()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


async def goes_on(parts: Parts) -> None:
    """The next trainer begins where the other was."""
    run = run_of(parts)
    await until(lambda: any(event.text.startswith("Goes on from") for event in run.events()), "the next trainer")
    told = next(event.text for event in run.events() if event.text.startswith("Goes on from"))
    assert int(told.split()[3]) > 0


async def use(person: Person, over: Shown, family: str) -> Shown:
    """Draw with the new model, as its last message says."""
    if family in SAMPLERS:
        asked, count = await person.press(over, "make"), 4
    else:
        command = USED_BY[family]
        assert f"/{command}" in over.text, "what it is for is told"
        assert not offers(over, "make"), "it draws nothing by itself"
        options = {"sketch" if command == "draw" else "picture": picture("tomato")}
        if command == "style":
            options["artwork"] = picture("royalblue")
        asked, count = await person.type(command, model=NAME, **options), len(options) + 1
    drawn = await person.answer(asked, NAME, PATIENCE_S)
    assert len(drawn.pictures) == count, drawn.text
    return drawn

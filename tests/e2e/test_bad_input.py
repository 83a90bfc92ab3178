"""What people do wrong, on the whole running product: each ends in one clear answer, and all of it is on record."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import re
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from PIL import Image

from bot.supervisor import EX_CONFIG
from tests.e2e import bad_files
from tests.e2e.house import House
from tests.e2e.person import PATIENCE_S, Barred, Person, Shown, people

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900), pytest.mark.asyncio(loop_scope="module")]

ROOT = Path(__file__).parents[2]
ANSWER_MS = 3000
"""So soon a member must know what happens, whatever is down."""
TRAINING_S = 300.0
"""A trainer yields to everything else: seconds on a quiet machine, minutes on a loaded one."""
LOOKING = "Looking at the pictures"


@dataclass(frozen=True)
class Scene:
    """The house and the three people in it."""

    house: House
    member: Person
    artist: Person
    moderator: Person

    async def row(self, interaction: str) -> dict[str, Any]:
        """The request of an interaction in SQL, once it has ended and is answered."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            with sqlite3.connect(f"file:{self.house.data / 'artel.sqlite'}?mode=ro", uri=True) as database:
                database.row_factory = sqlite3.Row
                found = database.execute("select * from requests where id = ?", (int(interaction),)).fetchone()
            if found and found["state"] != "working" and found["answered_at"]:
                return dict(found)
            await asyncio.sleep(0.1)
        raise TimeoutError(f"request {interaction} is not on record as ended and answered: {dict(found or {})}")

    async def artel(self, *words: str, **environment: str) -> tuple[int, str]:
        """Run an `artel` command on the same folder; its status and all it said."""
        told = {**os.environ, "ARTEL_DATA": str(self.house.data), "COLUMNS": "200", **environment}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words),
            cwd=ROOT,
            env=told,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(PATIENCE_S):
            said, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, said.decode()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    house = await House.start(tmp_path_factory.mktemp("house") / "data", ARTEL_FILE_MIB="1")
    try:
        async with people(house.url) as (member, artist, moderator):
            yield Scene(house, member, artist, moderator)
    finally:
        assert await house.stop() == 0
    assert "Traceback" not in house.log
    assert "Can't keep up" not in house.log, "nothing may block the bot's event loop"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def trained(scene: Scene) -> Shown:
    """The message of a training on odd but usable pictures, which lived through the death of its worker."""
    files = [
        ("dance.gif", bad_files.animated(10, "GIF")),
        ("wave.webp", bad_files.animated(20, "WEBP")),
        ("ghost.png", bad_files.transparent(30)),
        ("mirror.png", bad_files.good(40)),
        ("mirror-again.png", bad_files.good(40)),
        *((f"drawing-{n}.png", bad_files.good(n)) for n in range(50, 55)),
    ]
    asked = await scene.member.attach("Odd ones", files, minutes=2)
    sheet, begun = await scene.member.begin(asked)
    assert "9 of 10 attached files" in sheet.text
    assert "1 there twice: mirror-again.png" in sheet.text
    assert "2 animated (only the first frame is used): dance.gif, wave.webp" in sheet.text
    living = await scene.member.becomes(sheet.id, lambda shown: "is learning" in shown.text)

    learning = await scene.member.becomes(living.id, lambda shown: _pictures_seen(shown) > 0, TRAINING_S)
    await scene.house.kill_part("gan", "serve")
    seen = _pictures_seen(learning)
    await scene.member.becomes(living.id, lambda shown: _pictures_seen(shown) > seen, TRAINING_S)
    stopped = await scene.member.press(learning, "stop")
    await scene.member.answer(stopped, "keeps what it has learned")
    done = await scene.member.becomes(living.id, lambda shown: "is ready" in shown.text, TRAINING_S)
    assert (await scene.row(begun))["state"] == "done"
    return done


# --- files ----------------------------------------------------------------------------------------------------------


async def test_every_bad_file_is_named_with_its_reason(scene: Scene) -> None:
    drawing = bad_files.drawing(4)
    files = [
        ("empty.png", b""),
        ("huge.png", bad_files.noise(1_200_000)),
        ("words.png", b"these are only words"),
        ("notes.txt", b"a page of notes\n" * 20),
        ("dot.png", bad_files.saved(drawing.resize((1, 1)))),
        ("bomb.png", bad_files.bomb()),
        ("half.png", bad_files.truncated(3)),
        ("fox.png", bad_files.saved(drawing)),
        ("fox-copy.png", bad_files.saved(drawing)),
        ("fox.jpg", bad_files.saved(drawing, "JPEG", quality=70)),
    ]
    asked = await scene.member.attach("Bad ones", files)
    told = await scene.member.answer(asked, "can be used")
    assert "1 of 10 attached files" in told.text
    assert "1 picture can be used, and learning needs at least 8." in told.text
    assert "2 of the 10 are another one again" in told.text
    assert "Attach more with `/train files`" in told.text
    for line in (
        "1 empty: empty.png",
        "1 larger than 1 MiB: huge.png",
        "2 not a PNG, JPEG, WebP or GIF: words.png, notes.txt",
        "1 too small (under 16 pixels): dot.png",
        "1 with more than 25 megapixels: bomb.png",
        "1 damaged: half.png",
        "2 there twice: fox-copy.png, fox.jpg",
    ):
        assert line in told.text
    assert not told.buttons, "nothing can be stopped or used"
    row = await scene.row(asked)
    assert (row["state"], row["kind"]) == ("refused", "train")
    assert "learning needs at least 8" in row["error"]


async def test_a_file_above_discords_limit_never_leaves_the_page(scene: Scene) -> None:
    with pytest.raises(Barred, match="at most 20 MiB each"):
        await scene.member.attach("Too big", [("big.png", bytes(20 * 1024 * 1024 + 1))])


# --- options --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{"seed": 2**53 - 1, "count": 9}, {"seed": 0, "count": 1, "variety": 0.9}])
async def test_the_farthest_seeds_make_pictures(scene: Scene, options: dict[str, Any]) -> None:
    asked = await scene.member.type("generate", **options)
    shown = await scene.member.answer(asked, "###")
    assert len(shown.pictures) == options["count"]
    assert (await scene.row(asked))["state"] == "done"


@pytest.mark.parametrize(
    "options", [{"seed": -1}, {"seed": 2**53}, {"seed": "many"}, {"seed": 1.5}, {"variety": 7}, {"count": 5}]
)
async def test_other_numbers_never_leave_the_page(scene: Scene, options: dict[str, Any]) -> None:
    with pytest.raises(Barred, match=f"{next(iter(options))} must be"):
        await scene.member.type("generate", **options)


@pytest.mark.parametrize("model", ["nothing-like-it", "../../etc/passwd", "'; drop table requests; --", "x" * 6000])
async def test_a_model_that_is_not_there_is_refused_with_a_way_out(scene: Scene, model: str) -> None:
    asked = await scene.member.type("generate", model=model)
    told = await scene.member.answer(asked)
    assert told.ephemeral
    assert re.search("There is no model called .* `/models` lists those there are", told.text)
    assert (await scene.row(asked))["state"] == "refused"


@pytest.mark.parametrize(
    ("command", "options", "says"),
    [
        ("train emoji", {"name": " "}, "needs a name"),
        ("train emoji", {"name": "Long", "minutes": 240}, "30 minutes at most"),
        ("train emoji", {"name": "Lost", "start_from": "nothing"}, "no model called .nothing"),
        ("train folder", {"name": "Up", "folder": "../.."}, "no folder called .*Those there are: `"),
    ],
)
async def test_a_training_that_cannot_be_says_why(
    scene: Scene, command: str, options: dict[str, Any], says: str
) -> None:
    asked = await scene.member.type(command, **options)
    told = await scene.member.answer(asked, says)
    assert LOOKING not in told.text
    assert (await scene.row(asked))["state"] == "refused"


# --- other people's things ------------------------------------------------------------------------------------------


async def test_another_members_pictures_cannot_be_deleted(scene: Scene) -> None:
    mine = await scene.member.answer(await scene.member.type("generate", count=1), "###")
    refused = await scene.artist.answer(await scene.artist.press(mine, "delete"))
    assert refused.ephemeral
    assert "Only the person who asked for" in refused.text
    assert "moderator" in refused.text
    assert mine.id in [one.id for one in await scene.member.messages()]


async def test_the_servers_default_is_a_moderators_choice(scene: Scene, trained: Shown) -> None:
    refused = await scene.member.answer(await scene.member.press(trained, "default"))
    assert "Only a moderator" in refused.text
    chosen = await scene.moderator.press(trained, "default")
    assert "Odd ones" in (await scene.moderator.answer(chosen)).text
    assert (await scene.row(chosen))["state"] == "done"


async def test_what_a_deleted_model_leaves_behind(scene: Scene, trained: Shown) -> None:
    """Its buttons stay in the chat for ever: each says that it is gone and what to do; nothing named takes another."""
    made = await scene.member.press(trained, "make")
    panel = await scene.member.answer(made, "###")
    assert len(panel.pictures) == 4
    model = trained.button("make").split(":")[2]
    await _delete_model(scene.house, model)

    asked = [
        await scene.member.type("generate", model=model),
        await scene.member.press(trained, "make"),
        await scene.member.press(panel, "reroll"),
        await scene.member.press(panel, "vary"),
        await scene.member.press(panel, "look"),
        await scene.moderator.press(trained, "default"),
    ]
    for one in asked:
        person = scene.moderator if one == asked[-1] else scene.member
        told = await person.answer(one)
        assert told.ephemeral
        assert re.search("no model called|is no longer there", told.text), told.text
        assert "`/models`" in told.text
        assert (await scene.row(one))["state"] == "refused"
    unharmed = await scene.member.becomes(panel.id, lambda shown: True)
    assert unharmed.text == panel.text
    # The server's default was this model: /generate goes on with the shipped one.
    assert "Artel base" in (await scene.member.answer(await scene.member.type("generate", count=1), "###")).text


async def _delete_model(house: House, model: str) -> None:
    url = json.loads((house.data / "worker" / "worker.json").read_text())["url"]
    token = (house.data / "worker" / "token").read_text().strip()
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as session, session.delete(f"{url}/v1/models/{model}") as answer:
        assert answer.status == 204


def _pictures_seen(shown: Shown) -> int:
    found = re.search(r"([\d,]+) pictures seen", shown.text)
    return int(found[1].replace(",", "")) if found else 0


# --- parts that are down --------------------------------------------------------------------------------------------


async def test_a_worker_that_is_down_is_told_at_once_and_waited_for(scene: Scene) -> None:
    """The supervisor is held still meanwhile, so the worker stays away for as long as the test wants."""
    before = await scene.member.answer(await scene.member.type("generate"), "###")
    os.kill(scene.house.process.pid, signal.SIGSTOP)
    try:
        await scene.house.kill_part("gan", "serve")
        fresh = await scene.member.type("generate", count=1)
        large = await scene.moderator.press(before, "look")  # not the owner: a panel that only they see
        again = await scene.member.press(before, "reroll")
        asked = ((scene.member, fresh), (scene.moderator, large), (scene.member, again))
        waiting = [await person.answer(one, "by (itself|themselves)") for person, one in asked]
        for person, one in asked:
            told = await person.interaction(one, lambda status: status["state"] == "answered")
            assert told["answered_ms"] < ANSWER_MS
        assert [one.ephemeral for one in waiting] == [False, True, True]
    finally:
        os.kill(scene.house.process.pid, signal.SIGCONT)
    healed = await scene.member.becomes(waiting[0].id, lambda shown: bool(shown.pictures))
    assert healed.button("delete").split(":")[2] == fresh
    await scene.moderator.becomes(waiting[1].id, lambda shown: bool(shown.pictures))
    await scene.member.becomes(before.id, lambda shown: again in "".join(shown.buttons))
    for one in (fresh, large, again):
        assert (await scene.row(one))["state"] == "done"


async def test_a_second_house_on_the_folder_says_where_the_first_is(scene: Scene) -> None:
    status, said = await scene.artel("up", ARTEL_BROWSER="false")
    assert status == EX_CONFIG
    assert "already running" in said
    assert scene.house.url in said
    assert "Traceback" not in said


async def test_a_wrong_token_ends_with_the_sentence_that_helps(scene: Scene, tmp_path: Path) -> None:
    """The real `artel bot` with a token of its own, pointed at the playground in place of Discord."""
    start = (
        "import sys; from bot.discord_endpoint import point_discord_at; point_discord_at(sys.argv.pop());"
        "from bot.__main__ import main; main()"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", start, "bot", scene.house.url),
        cwd=ROOT,
        env={**os.environ, "ARTEL_DATA": str(tmp_path / "data"), "DISCORD_TOKEN": "not.the.right-one"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(PATIENCE_S):
        said = (await process.communicate())[0].decode()
    assert process.returncode == EX_CONFIG
    assert "Discord does not accept DISCORD_TOKEN. Copy the token anew" in said
    assert "Traceback" not in said
    assert "not.the.right-one" not in said


# --- the record -----------------------------------------------------------------------------------------------------


async def test_every_request_is_on_record_and_every_picture_can_be_made_again(scene: Scene, tmp_path: Path) -> None:
    asked = await scene.member.type("generate", count=1)
    shown = await scene.member.answer(asked)
    posted = await scene.member.download(shown.pictures[0])
    status, said = await scene.artel("requests", "--json")
    assert status == 0, said
    lines = {str(line["id"]): line for line in map(json.loads, said.splitlines())}
    assert lines[asked]["state"] == "done"
    assert all(line["answered_at"] for line in lines.values()), said
    assert {line["state"] for line in lines.values()} <= {"done", "refused", "failed"}
    for line in lines.values():
        assert line["member"]
        assert (line["error"] is None) == (line["state"] == "done")

    (output,) = lines[asked]["outputs"]
    status, said = await scene.artel("rebuild", str(output), "--to", str(tmp_path / "again.png"))
    assert status == 0, said
    again = (tmp_path / "again.png").read_bytes()
    assert hashlib.sha256(again).hexdigest() in said
    with Image.open(io.BytesIO(again)) as rebuilt, Image.open(io.BytesIO(posted)) as sealed:
        assert rebuilt.tobytes() == sealed.tobytes(), "the seal is put on the file, not into the picture"

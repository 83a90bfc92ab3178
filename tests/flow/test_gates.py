"""What was removed does not come back: not as an upload, not as a new picture, until a moderator says so."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image, ImageDraw

from bot.moderation_asks import Decide, SetRule
from bot.moderation_views import ReviewView
from bot.records.reports import Look
from bot.safety.intake import Accepted
from bot.stories import FindPicture, Generate, NoticeView, Train, Upload
from tests.flow.conftest import BEN, GUILD, House


def drawing(seed: int, side: int = 256, kind: str = "PNG") -> bytes:
    """Flat shapes on a ground: unlike for each seed."""
    draw = random.Random(seed)
    picture = Image.new("RGB", (256, 256), (draw.randrange(256), draw.randrange(256), 240))
    pen = ImageDraw.Draw(picture)
    for _ in range(9):
        x, y, r = draw.randrange(220), draw.randrange(220), draw.randrange(20, 90)
        pen.ellipse((x, y, x + r, y + r), fill=(draw.randrange(256), draw.randrange(256), draw.randrange(256)))
    file = io.BytesIO()
    picture.resize((side, side)).save(file, kind, quality=60)
    return file.getvalue()


async def deny(house: House, data: bytes) -> None:
    seen = await house.parts.intake.inspect(data)
    assert isinstance(seen, Accepted)
    await house.messenger.pictures(await house.ask(Generate(count=1)))  # so that the server is known
    await house.records.reports.deny(GUILD, [Look(seen.phash, seen.thumb)])
    house.parts.house.forget(GUILD)


def upload(house: House, data: bytes, name: str = "it.png") -> Upload:
    return house.files.put(name, data)


async def decided(house: House, verdict: str, report: int) -> ReviewView:
    ask = Decide.model_validate({"report_id": report, "verdict": verdict})
    view = await house.messenger.answer(await house.ask(ask, member=BEN, moderator=True))
    assert isinstance(view, ReviewView), view
    return view


async def found(house: House, data: bytes) -> str:
    view = await house.messenger.answer(await house.ask(FindPicture(upload=upload(house, data))))
    return view.text if isinstance(view, NoticeView) else "found"


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_a_removed_picture_is_held_back_as_an_upload_until_it_is_approved(house: House) -> None:
    await deny(house, drawing(1))
    again = drawing(1, 200, "JPEG")
    assert "held back" in await found(house, again)
    train = Train(name="x", source="files", uploads=(upload(house, again, "a.png"), upload(house, drawing(2), "b.png")))
    origin = await house.ask(train)
    await house.messenger.training(origin, "failed")
    assert "held back" not in await found(house, drawing(3))
    view = await house.studio.review(house.origin(moderator=True))
    assert (view.what, view.waiting, len(view.pictures)) == ("upload", 2, 1)
    assert "let" not in (await decided(house, "approve", view.report_id or 0)).done
    assert "held back" not in await found(house, again)
    assert await house.records.reports.denied(GUILD) == ()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_a_removed_picture_is_held_back_when_it_is_drawn_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fakes.worker._png", lambda key, size: drawing(5, 128))
    await deny(house, drawing(5))
    held = await house.messenger.notice(await house.ask(Generate()))
    assert "held back" in held.text
    assert len((await house.studio.gallery(house.origin(), "mine", 0)).picks) == 1
    changed = await house.ask(SetRule(switch="output_gate"), moderator=True)
    await house.messenger.answer(changed)
    assert len((await house.messenger.pictures(await house.ask(Generate()))).pictures) == 4

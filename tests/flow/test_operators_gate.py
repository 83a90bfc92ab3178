"""The operator's gate stands before each server's: what it doubts waits for a moderator; down, it lets nothing by."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from bot.art_asks import Contribute
from bot.gatekeeping import Gate
from bot.moderation_asks import Decide, SetRule
from bot.safety.gatekeeper import Gatekeeper
from bot.safety.intake import Accepted
from bot.stories import FindPicture, Generate, NoticeView, Train
from tests.flow.conftest import BEN, House
from tests.flow.test_gates import drawing, found, upload

FAKE = Path(__file__).parents[1] / "fakes" / "gate_child.py"
ONE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


@pytest.fixture
def told(house: House, tmp_path: Path) -> Callable[[str], object]:
    """Says what the classifier of this house does from now on: a score, `die` or `mute`."""
    told = tmp_path / "told"
    told.write_text("0.1")
    gate = Gatekeeper(Gate(classifier="on"), child=("-I", str(FAKE), str(told)), again_s=0.0)
    object.__setattr__(house.parts, "gate", gate)
    return told.write_text


async def approve(house: House) -> None:
    view = await house.studio.review(house.origin(moderator=True))
    ask = Decide.model_validate({"report_id": view.report_id, "verdict": "approve"})
    await house.messenger.answer(await house.ask(ask, member=BEN, moderator=True))


@ONE
async def test_a_doubted_upload_waits_for_a_moderator_and_passes_once_approved(
    house: House, told: Callable[[str], object]
) -> None:
    await house.messenger.pictures(await house.ask(Generate(count=1)))
    told("0.9")
    assert "may show nudity" in await found(house, drawing(1))
    view = await house.studio.review(house.origin(moderator=True))
    assert (view.what, view.waiting, len(view.pictures)) == ("upload", 1, 1)
    assert "90 %" in view.reason
    assert "may show nudity" in await found(house, drawing(2))
    await approve(house)
    told("0.1")  # for what is found; the uploads' scores are known by now
    assert "may show nudity" not in await found(house, drawing(1))
    assert "may show nudity" in await found(house, drawing(2))
    await house.parts.gate.close()


@ONE
async def test_a_doubted_picture_is_not_shown_whatever_the_server_switches(
    house: House, told: Callable[[str], object]
) -> None:
    await house.messenger.pictures(await house.ask(Generate(count=1)))
    await house.messenger.answer(await house.ask(SetRule(switch="output_gate"), moderator=True))
    told("0.9")
    assert "may show nudity" in (await house.messenger.notice(await house.ask(Generate(count=1, seed=9)))).text
    await approve(house)
    shown = await house.messenger.pictures(await house.ask(Generate(count=1, seed=9)))
    assert len(shown.pictures) == 1
    alone = await house.messenger.notice(await house.ask(Generate(count=1, seed=10), guild=None))
    assert "direct messages" in alone.text
    await house.parts.gate.close()


@ONE
async def test_a_gate_that_is_down_refuses_all_and_heals_without_a_restart(
    house: House, told: Callable[[str], object]
) -> None:
    await house.messenger.pictures(await house.ask(Generate(count=1)))
    await house.parts.gate.close()
    told("mute")
    files = tuple(upload(house, drawing(n), f"{n}.png") for n in range(9))
    asks = (
        FindPicture(upload=files[0]),
        Contribute(uploads=files[:1], licence="cc0", rights=True),
        Generate(count=1, seed=5),
    )
    for ask in asks:
        view = await house.messenger.answer(await house.ask(ask))
        text = view.text if isinstance(view, NoticeView) else str(view)
        assert "does not run just now" in text, text
    training = await house.messenger.training(await house.ask(Train(name="x", source="files", uploads=files)), "failed")
    assert "does not run just now" in training.error
    assert (await house.studio.house_settings(house.origin(moderator=True))).gate == "down"
    assert not await house.records.reports.waiting(20)
    told("0.1")
    assert len((await house.messenger.pictures(await house.ask(Generate(count=1, seed=5)))).pictures) == 1
    assert (await house.studio.house_settings(house.origin(moderator=True))).gate == "up"
    await house.parts.gate.close()


@ONE
async def test_a_listed_picture_neither_comes_in_nor_goes_out_and_is_kept_nowhere(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = await house.parts.intake.inspect(drawing(5))
    assert isinstance(seen, Accepted)
    listed = tmp_path / "hashes.txt"
    listed.write_text(f"{seen.phash} {seen.thumb}\n")
    object.__setattr__(house.parts, "gate", Gatekeeper(Gate(hashes=listed)))
    assert "may not be used" in await found(house, drawing(5, 200, "JPEG"))
    assert "may not be used" not in await found(house, drawing(6))
    file = io.BytesIO()
    Image.open(io.BytesIO(drawing(5))).resize((128, 128)).save(file, "PNG")
    monkeypatch.setattr("tests.fakes.worker._png", lambda key, size: file.getvalue())
    assert "may not be shown" in (await house.messenger.notice(await house.ask(Generate(count=1)))).text
    assert not await house.records.reports.waiting(20)

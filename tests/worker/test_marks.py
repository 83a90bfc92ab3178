"""Marks over the wire: asked for with a render, read again by their own route, and none where none is asked for."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image, ImageDraw

from gan.contract import Seed
from gan.sampling.fingerprint import looks_of, pixels_of
from gan.sampling.watermark import Watermark, number_of
from tests.worker.conftest import Worker

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = ""
"""Of the worker in these tests; a real one makes its own at first start."""


async def test_a_render_puts_marks_on_and_tells_what_the_picture_is_known_by(shared: Worker) -> None:
    _, plain = await shared.render(5, size=256)
    status, answer = await shared.render(5, size=256, marks=["hidden"])
    assert status == 200
    (described,), (before,) = answer["pictures"], plain["pictures"]
    picture = Image.open(io.BytesIO(base64.b64decode(described["data"])))
    assert (described["pixels"], described["looks"]) == (pixels_of(picture), looks_of(picture))
    assert described["mark"] == number_of(SECRET, answer["model_sha256"], Seed(seed=5).model_dump_json())
    assert before["mark"] is None
    assert before["pixels"] != described["pixels"]
    _, large = await shared.render(5, size=512, marks=["hidden", "top_left"])
    assert large["pictures"][0]["mark"] == described["mark"]  # one picture, whatever its size
    _, small = await shared.render(5, size=128, marks=["hidden", "top_left"])
    _, small_plain = await shared.render(5, size=128)
    assert small["pictures"] == small_plain["pictures"]  # no room for marks


async def test_a_mark_is_read_from_a_worn_copy_and_what_is_no_png_is_refused(shared: Worker) -> None:
    drawn = Image.new("RGB", (256, 256), (240, 220, 120))
    ImageDraw.Draw(drawn).ellipse((50, 60, 210, 200), fill=(60, 120, 180))
    for picture, number in ((Watermark(SECRET).put(drawn, 424_242)[0], 424_242), (drawn, None)):
        worn, sent = io.BytesIO(), io.BytesIO()
        picture.resize((128, 128)).save(worn, "JPEG", quality=75)
        Image.open(worn).save(sent, "PNG")
        status, reading, _ = await shared.ask("POST", "/v1/marks", data=sent.getvalue())
        assert (status, reading["number"]) == (200, number)
    for junk in (b"", b"no picture", b"\xff\xd8\xff"):
        status, problem, _ = await shared.ask("POST", "/v1/marks", data=junk)
        assert (status, problem["code"]) == (422, "bad_picture")

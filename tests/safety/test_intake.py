"""Hostile uploads, through the real confined child."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import signal
import struct
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image, ImageDraw, PngImagePlugin

from bot.safety.decoder import Limits
from bot.safety.intake import Accepted, Given, Intake, Reason, Rejected
from bot.safety.pool import DecoderPool
from bot.settings import Intake as Settings

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def intake() -> AsyncIterator[Intake]:
    opened = Intake()
    yield opened
    await opened.close()


def drawing(seed: int = 1, size: tuple[int, int] = (96, 96), mode: str = "RGB") -> Image.Image:
    """A few shapes in colours that depend on the seed."""
    picture = Image.new(mode, size, (255, 250, 240) if mode == "RGB" else (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    for number in range(6):
        digest = hashlib.sha256(f"{seed}-{number}".encode()).digest()
        x, y, r = digest[0] * size[0] // 256, digest[1] * size[1] // 256, 6 + digest[2] % 24
        pen.ellipse((x - r, y - r, x + r, y + r), fill=(digest[3], digest[4], digest[5]))
    return picture


def saved(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def opened(found: Accepted | Rejected) -> Image.Image:
    assert isinstance(found, Accepted), found
    assert hashlib.sha256(found.png).hexdigest() == found.sha256
    picture = Image.open(io.BytesIO(found.png))
    picture.load()
    return picture


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims to be so large, with nothing to show for it."""
    body = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunk = struct.pack(">I", len(body)) + b"IHDR" + body + struct.pack(">I", zlib.crc32(b"IHDR" + body))
    data = zlib.compress(b"\0" * 1000)
    idat = struct.pack(">I", len(data)) + b"IDAT" + data + struct.pack(">I", zlib.crc32(b"IDAT" + data))
    return b"\x89PNG\r\n\x1a\n" + chunk + idat


BAD = {
    "empty": (b"", Reason.empty),
    "text": (b"dear reader, this is a picture, honest", Reason.not_a_picture),
    "svg": (
        b"<svg xmlns='http://www.w3.org/2000/svg' width='64' height='64'><circle r='9'/></svg>",
        Reason.not_a_picture,
    ),
    "bitmap, a format that is not on the list": (saved(drawing(), "BMP"), Reason.not_a_picture),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n", Reason.not_a_picture),
    "one pixel": (saved(Image.new("RGB", (1, 1))), Reason.too_small),
    "a line": (saved(drawing(size=(300, 8))), Reason.too_small),
    "a banner": (saved(drawing(size=(900, 90))), Reason.too_long),
    "bomb by its header": (png_header(60_000, 60_000), Reason.too_many_pixels),
    "torn off": (saved(drawing())[:400], Reason.damaged),
    "header alone": (saved(drawing())[:33], Reason.not_a_picture),
    "noise with a PNG's first bytes": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, Reason.not_a_picture),
    "blank": (saved(Image.new("RGB", (64, 64), (3, 3, 3))), Reason.blank),
    "fully transparent": (saved(Image.new("RGBA", (64, 64), (9, 9, 9, 0))), Reason.blank),
}


@pytest.mark.parametrize("name", BAD)
async def test_bad_files_are_refused_with_a_sentence(intake: Intake, name: str) -> None:
    data, reason = BAD[name]
    found = await intake.inspect(data, f"{name}.png")
    assert isinstance(found, Rejected)
    if reason is Reason.not_a_picture:  # where Pillow gives up, at its first or its second look, is its own affair
        assert found.reason in (Reason.not_a_picture, Reason.damaged)
    else:
        assert found.reason is reason
    assert len(found.text) > 20
    assert "{" not in found.text


async def test_a_file_beyond_the_byte_limit_is_not_even_decoded() -> None:
    intake = Intake(Settings(file_mib=1))
    found = await intake.inspect(saved(drawing()) + b"\0" * 1024 * 1024)
    assert isinstance(found, Rejected)
    assert found.reason is Reason.too_many_bytes
    assert "1 MiB" in found.text


async def test_what_a_picture_is_decides_and_not_its_name(intake: Intake) -> None:
    found = await intake.inspect(saved(drawing(), "JPEG"), "holiday.png")
    assert opened(found).size == (96, 96)


async def test_metadata_and_hidden_colours_are_dropped(intake: Intake) -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "lives at 1 Secret Street")
    exif = Image.Exif()
    exif[0x010E] = "lives at 1 Secret Street"
    for data in (saved(drawing(), pnginfo=notes), saved(drawing(), "JPEG", exif=exif)):
        found = await intake.inspect(data)
        assert isinstance(found, Accepted)
        assert b"Secret" in data
        assert b"Secret" not in found.png
        assert not opened(found).info
    hidden = drawing(mode="RGBA")
    hidden.putpixel((0, 0), (200, 10, 10, 0))
    assert opened(await intake.inspect(saved(hidden))).getpixel((0, 0)) == (0, 0, 0, 0)


async def test_transparency_stays_and_the_figure_stays_whole(intake: Intake) -> None:
    figure = Image.new("RGBA", (40, 90))
    ImageDraw.Draw(figure).rectangle((0, 0, 39, 89), outline=(200, 30, 30, 255), width=6)
    shown = opened(await intake.inspect(saved(figure)))
    assert (shown.mode, shown.size) == ("RGBA", (90, 90))
    assert shown.getpixel((26, 45)) == (200, 30, 30, 255)
    assert shown.getpixel((5, 45)) == (0, 0, 0, 0)


async def test_an_alpha_channel_that_hides_nothing_is_no_transparency(intake: Intake) -> None:
    found = await intake.inspect(saved(drawing().convert("RGBA")))
    assert isinstance(found, Accepted)
    assert not found.alpha
    assert opened(found).mode == "RGB"


async def test_a_full_picture_is_cropped_to_its_middle_and_made_smaller(intake: Intake) -> None:
    wide = Image.new("RGB", (1600, 1000), (240, 240, 240))
    ImageDraw.Draw(wide).rectangle((300, 0, 1299, 999), fill=(20, 120, 60))
    ImageDraw.Draw(wide).rectangle((760, 460, 840, 540), fill=(250, 220, 0))
    shown = opened(await intake.inspect(saved(wide)))
    assert shown.size == (512, 512)
    assert shown.getpixel((9, 256)) == (20, 120, 60)
    assert shown.getpixel((256, 256)) == (250, 220, 0)
    whole = await intake.inspect(saved(wide), whole=True)
    assert opened(whole).size == (512, 320), "what is only to be changed keeps its shape"
    assert not isinstance(whole, Rejected)
    assert whole.side == 512


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
async def test_of_an_animation_the_first_frame_is_taken_and_that_is_said(intake: Intake, kind: str) -> None:
    frames = [drawing(seed) for seed in (1, 2, 3)]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=80)
    report = await intake.inspect_set([Given(f"dance.{kind.lower()}", data), Given("still.png", saved(drawing(9)))])
    assert [work.animated for work in report.works] == [True, False]
    assert report.notes == (f"1 animated (only the first frame is used): dance.{kind.lower()}",)
    first = opened(report.works[0]).convert("RGB").resize((8, 8)).tobytes()
    wanted = frames[0].resize((8, 8)).tobytes()
    assert sum(abs(a - b) for a, b in zip(first, wanted, strict=True)) / len(wanted) < 12


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "CMYK", "I;16", "RGBA"])
async def test_every_kind_of_pixel_becomes_rgb_or_rgba(intake: Intake, mode: str) -> None:
    source = drawing()
    if mode == "I;16":
        picture = Image.new("I;16", (64, 64))
        for x in range(64):
            for y in range(64):
                picture.putpixel((x, y), x * 1000)
    else:
        picture = source.convert("RGB").convert(mode)
    data = saved(picture, "JPEG" if mode == "CMYK" else "PNG")
    shown = opened(await intake.inspect(data))
    assert shown.mode in ("RGB", "RGBA")
    assert len(set(shown.convert("L").tobytes())) > 1
    if mode == "I;16":
        assert shown.convert("L").getpixel((63, 5)) == pytest.approx(63_000 / 256, abs=2)


async def test_a_turned_photo_is_put_upright(intake: Intake) -> None:
    photo = Image.new("RGB", (120, 120), (10, 10, 200))
    ImageDraw.Draw(photo).rectangle((0, 0, 119, 20), fill=(240, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    shown = opened(await intake.inspect(saved(photo, "JPEG", exif=exif, quality=95)))
    red, _, blue = shown.getpixel((60, 112))
    assert red > 180 > blue


async def test_a_set_finds_what_is_there_twice_and_groups_what_is_left_out(intake: Intake) -> None:
    first = drawing(1)
    given = [
        Given("fox.png", saved(first), "Ada"),
        Given("fox copy.png", saved(first)),
        Given("fox small.webp", saved(first.resize((80, 80)), "WEBP", quality=80)),
        Given("fox.jpg", saved(first, "JPEG", quality=70)),
        Given("owl.png", saved(drawing(2))),
        Given("dot.png", saved(Image.new("RGB", (1, 1)))),
        Given("notes.txt", b"milk, bread"),
        Given("nothing.png", b""),
        Rejected("lost.png", Reason.not_fetched, "gone"),
    ]
    report = await intake.inspect_set(given)
    assert [(work.name, work.author) for work in report.works] == [("fox.png", "Ada"), ("owl.png", "")]
    assert report.left_out == (
        "1 empty: nothing.png",
        "1 too small (under 16 pixels): dot.png",
        "1 not a PNG, JPEG, WebP or GIF: notes.txt",
        "3 there twice: fox copy.png, fox small.webp, fox.jpg",
        "1 could not be fetched: lost.png",
    )
    assert len(report.works) + len(report.rejected) == len(given)


async def test_works_taken_earlier_count_and_the_most_is_kept(intake: Intake) -> None:
    earlier = (await intake.inspect_set([Given("fox.png", saved(drawing(1)))])).works
    given = [Given(f"{seed}.png", saved(drawing(seed))) for seed in (1, 2, 3, 4)]
    report = await intake.inspect_set(given, most=2, known=earlier)
    assert [work.name for work in report.works] == ["2.png", "3.png"]
    assert {one.name: one.reason for one in report.rejected} == {"1.png": Reason.duplicate, "4.png": Reason.too_many}


async def test_two_hundred_emoji_are_looked_at_in_seconds(intake: Intake) -> None:
    given = [Given(f"{seed}.png", saved(drawing(seed, (128, 128), "RGBA"))) for seed in range(200)]
    began = asyncio.get_running_loop().time()
    report = await intake.inspect_set(given)
    assert len(report.works) == 200
    assert asyncio.get_running_loop().time() - began < 12  # under 1.5 s when the machine is quiet


# --- the child ------------------------------------------------------------------------------------------------------


async def test_a_child_that_needs_too_much_memory_gives_up_the_picture_alone() -> None:
    pool = DecoderPool(Limits(megapixels=400, memory_mib=400), size=1)
    try:
        huge = saved(Image.new("RGB", (9_000, 9_000), (1, 2, 3)), compress_level=1)
        answer, _ = await pool.decode(huge)
        assert answer.reason in ("too_many_pixels", "damaged")
        good, png = await pool.decode(saved(drawing()))
        assert not good.reason
        assert png
    finally:
        await pool.close()


async def test_a_child_that_hangs_is_given_up_and_the_next_picture_is_not_harmed() -> None:
    pool = DecoderPool(Limits(seconds=1.0), size=1)
    try:
        await pool.decode(saved(drawing()))
        os.kill(pool._resting[0]._process.pid, signal.SIGSTOP)
        answer, _ = await pool.decode(saved(drawing()))
        assert answer.reason == "too_slow"
        good, _ = await pool.decode(saved(drawing(size=(32, 32))))
        assert not good.reason
    finally:
        await pool.close()


async def test_a_cancelled_look_leaves_no_answer_for_the_next(intake: Intake) -> None:
    for seed in range(4):
        looking = asyncio.create_task(intake.inspect(saved(drawing(seed, (400, 400)))))
        await asyncio.sleep(0.01 * seed)
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
    found = await intake.inspect(saved(drawing(77, (50, 50))))
    assert opened(found).size == (50, 50)


def proc(pid: int, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text()


async def test_the_child_holds_no_secrets_and_is_gone_after_close(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret-token-of-the-bot")
    pool = DecoderPool(Limits(), size=1)
    await pool.decode(saved(drawing()))
    pid = pool._resting[0]._process.pid
    assert "secret-token" not in proc(pid, "environ")
    limit = next(line for line in proc(pid, "limits").splitlines() if line.startswith("Max address space"))
    assert str(1024 * 1024 * 1024) in limit
    await pool.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)

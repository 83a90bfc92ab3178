"""The form for art as a zip file: what it keeps, what it refuses, and how it looks to who uses it."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import async_playwright, expect

from bot import parcels
from bot.consent_words import CONSENT
from bot.errors import Refused
from bot.parcels import KEPT_S, Parcels, Slip
from tests.fakes.files import drawing
from tests.web.house import ADA, JUNO, Gallery
from tests.web.test_in_a_browser import PHONE, come_in, fits


def packed(count: int, *, name: str = "frog{}.png") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(count):
            archive.writestr(name.format(n), drawing(n))
        archive.writestr("notes.txt", "not a picture")
    return out.getvalue()


def filled(data: bytes, *, name: str = "frogs.zip", **told: str) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for key, value in {"title": "Frogs", "tags": "frog, green", "licence": "cc-by", "rights": "on", **told}.items():
        if value:
            form.add_field(key, value)
    form.add_field("zip", data, filename=name, content_type="application/zip")
    return form


async def test_a_zip_lies_ready_with_what_was_said_and_nobody_else_sees_it(house: Gallery) -> None:
    juno, ada = await house.visitor(), await house.visitor(ADA)
    async with juno.post("/contribute", data=filled(packed(12))) as answer:
        page = await answer.text()
    assert "<b>frogs.zip</b> · 12 pictures · CC BY 4.0 · Frogs" in page
    assert "<kbd>/contribute</kbd>" in page
    async with ada.get("/contribute") as answer:
        assert "Ready to be given" not in await answer.text()
    slip = await house.site.parcels.slip(JUNO.id)
    assert slip is not None
    assert (slip.pictures, slip.words, slip.tags) == (12, CONSENT, "frog, green")
    async with juno.post("/contribute/throw-away") as answer:
        assert "Ready to be given" not in await answer.text()
    assert await house.site.parcels.take_up(JUNO.id, slip.number) is None


@pytest.mark.parametrize(
    ("told", "data", "words"),
    [
        ({"rights": ""}, packed(2), "tick the box"),
        ({"rights": "off"}, packed(2), "tick the box"),
        ({"licence": "mine"}, packed(2), "choose one of the licences"),
        ({}, b"no zip at all", "not a zip file"),
        ({}, packed(0), "no picture in that zip"),
        ({}, packed(501), "more than 500 files"),
        ({"title": "x" * 5000}, packed(2), "not what the form sends"),
    ],
)
async def test_what_is_not_in_order_is_refused_and_not_kept(
    house: Gallery, told: dict[str, str], data: bytes, words: str
) -> None:
    juno = await house.visitor()
    async with juno.post("/contribute", data=filled(data, **told)) as answer:
        assert answer.status == 422
        assert words in await answer.text()
    assert await house.site.parcels.slip(JUNO.id) is None
    assert _left(house) == []


async def test_a_zip_that_is_too_large_is_cut_off_and_a_strangers_form_is_not_read(
    house: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcels, "MOST_BYTES", 300_000)
    juno, nobody = await house.visitor(), await house.visitor(None)
    async with juno.post("/contribute", data=filled(packed(3) + bytes(400_000))) as answer:
        assert (answer.status, "larger than" in await answer.text()) == (422, True)
    async with juno.post("/contribute", data=b"x=1") as answer:
        assert answer.status == 422
    headers = {"Sec-Fetch-Site": "cross-site"}
    async with juno.post("/contribute", data=filled(packed(3)), headers=headers) as answer:
        assert answer.status == 403
    async with nobody.post("/contribute", data=filled(packed(3)), allow_redirects=False) as answer:
        assert answer.headers["Location"].startswith("/sign-in")
    assert _left(house) == []


def _left(house: Gallery) -> list[str]:
    folder = house.site.parcels._folder
    return [path.name for path in folder.iterdir()] if folder.exists() else []


async def test_a_parcel_is_kept_for_a_day_and_room_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000_000.0]
    kept = Parcels(tmp_path, lambda: now[0])
    first = await lay_down(kept, 1, 3)
    _dated(tmp_path, now[0])
    again = await Parcels(tmp_path, lambda: now[0]).take_up(1, first.number)
    assert again is not None, "a restart loses none"
    assert again.data == packed(3)
    second = await lay_down(kept, 1, 4)
    assert await kept.take_up(1, first.number) is None, "a later one is another"
    await kept.forget(1, first.number)
    assert await kept.slip(1) == second
    _dated(tmp_path, now[0])
    now[0] += KEPT_S + 1
    assert await kept.slip(1) is None
    await lay_down(kept, 2, 2)
    assert _dated(tmp_path, now[0]) == {"2"}
    monkeypatch.setattr(parcels, "MOST_IN_ALL", parcels.MOST_BYTES)
    with pytest.raises(Refused, match="Too much is waiting"):
        await lay_down(kept, 3, 2)


def _dated(folder: Path, at: float) -> set[str]:
    """Give all files that date; whose they are."""
    for path in folder.iterdir():
        os.utime(path, (at, at))
    return {path.stem for path in folder.iterdir()}


async def lay_down(kept: Parcels, member: int, count: int) -> Slip:
    async def chunks():  # type: ignore[no-untyped-def]
        data = packed(count)
        yield data[:100]
        yield data[100:]

    slip = Slip(file="frogs.zip", pictures=0, title="", tags="", licence="cc0", words=CONSENT)
    return await kept.lay_down(member, slip, chunks())


async def test_one_fills_it_in_on_a_phone(house: Gallery, chromium: str, tmp_path: Path) -> None:
    file = tmp_path / "little frogs.zip"
    file.write_bytes(packed(3))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = await browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
        page = await context.new_page()
        page.set_default_timeout(15_000)
        trouble: list[str] = []
        page.on("console", lambda one: trouble.append(one.text) if one.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        await come_in(page, house.url)
        await page.get_by_role("link", name="Give art").click()
        await fits(page)
        await page.get_by_label("Title").fill("Little frogs")
        await page.locator("input[name=zip]").set_input_files(file)
        await page.get_by_label("CC BY-SA").check()
        await page.get_by_role("button", name="Lay it ready").click()
        assert "Ready" not in await page.inner_text("main"), "the box has to be ticked"
        await page.get_by_label("It is mine to give").check()
        await page.get_by_role("button", name="Lay it ready").click()
        await expect(page.get_by_role("heading", name="Ready to be given")).to_be_visible()
        await fits(page)
        assert "little frogs.zip · 3 pictures · CC BY-SA 4.0 · Little frogs" in await page.inner_text("main")
        assert trouble == []
        await browser.close()

"""The privacy page and the terms for everybody, and one's own data for whoever signed in."""

from __future__ import annotations

import io
import json
import zipfile

import aiohttp
import pytest

from bot.consent_words import CONSENT
from bot.records.art import Given, NewArt
from tests.web.house import ADA, JUNO, SERVER, Gallery


@pytest.mark.parametrize(("path", "words"), [("/privacy", "Messages are never read"), ("/terms", "You keep all")])
async def test_privacy_and_terms_need_no_sign_in(house: Gallery, path: str, words: str) -> None:
    async with aiohttp.ClientSession(house.url) as stranger, stranger.get(path) as answer:
        assert answer.status == 200
        assert words in await answer.text()


async def test_ones_own_data_is_a_file_and_nobody_elses(house: Gallery) -> None:
    await house.made(JUNO, count=2)
    sha256 = await house.worker.put_blob(b"\x89PNG a frog")
    new = NewArt("Frog", "", "cc0", sha256, "0" * 16, "00", 64, 11)
    await house.records.art.give(Given(5, SERVER, JUNO, CONSENT), [new])
    async with aiohttp.ClientSession(house.url) as stranger, stranger.get("/my-data.zip") as answer:
        assert answer.url.path == "/sign-in"
    for person, outputs, works in ((JUNO, 2, 1), (ADA, 0, 0)):
        visitor = await house.visitor(person)
        async with visitor.get("/my-data.zip") as answer:
            assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.zip"'
            archive = zipfile.ZipFile(io.BytesIO(await answer.read()))
        told = json.loads(archive.read("data.json"))
        assert len(told.get("outputs", [])) == outputs
        assert sum(name.startswith("works/") for name in archive.namelist()) == works

"""Who gets in, who stays out, and what other pages cannot do in a visitor's name."""

from __future__ import annotations

import time
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from bot.web.doors import Visitor
from bot.web.guard import local_path
from bot.web.sessions import ASKED, SESSION, Sessions, kept_key
from tests.web.house import ADA, KEY, Gallery


async def test_who_has_not_signed_in_is_asked_to_and_then_gets_where_they_wanted(house: Gallery) -> None:
    await house.made()
    guest = await house.visitor(None)
    async with guest.get("/gallery?maker=5&kind=generate") as asked:
        assert (asked.url.path, asked.status) == ("/sign-in", 200)
        page = await asked.text()
        assert "Ada" in page
        assert "Draws creatures" in page
    then = asked.url.query["then"]
    assert then == "/gallery?maker=5&kind=generate"
    async with guest.post("/sign-in", data={"person": str(ADA.id), "then": then}) as entered:
        assert entered.url.path_qs == then
        assert "Sign out" in await entered.text()
    async with guest.post("/sign-out") as left:
        assert left.url.path == "/sign-in"
    async with guest.get("/pictures/1", allow_redirects=False) as after:
        assert after.status == 303


async def test_nobody_comes_in_as_somebody_who_is_not_there(house: Gallery) -> None:
    guest = await house.visitor(None)
    for person in ("1", "", "abc", "-5", str(2**70)):
        async with guest.post("/sign-in", data={"person": person}) as answer:
            assert answer.status == 422
            assert "Choose one of those shown" in await answer.text()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {},
    ],
)
async def test_another_page_can_sign_nobody_in_or_out(house: Gallery, headers: dict[str, str]) -> None:
    async with aiohttp.ClientSession(house.url) as other:
        for path in ("/sign-in", "/sign-out"):
            async with other.post(path, data={"person": str(ADA.id)}, headers=headers, allow_redirects=False) as answer:
                assert answer.status == 403
                assert "Set-Cookie" not in answer.headers


async def test_only_our_own_name_is_answered(house: Gallery) -> None:
    guest = await house.visitor(None)
    async with guest.get("/sign-in", headers={"Host": "evil.example"}) as answer:
        assert answer.status == 403
        assert "ARTEL_WEB_URL" in await answer.text()


async def test_the_cookie_is_for_the_server_alone_and_cannot_be_made_up(house: Gallery) -> None:
    guest = await house.visitor(None)
    async with guest.post("/sign-in", data={"person": str(ADA.id)}, allow_redirects=False) as answer:
        told = answer.headers["Set-Cookie"]
    assert "HttpOnly" in told
    assert "SameSite=Lax" in told
    value = answer.cookies[SESSION].value
    body, _, signature = value.partition(".")
    other_end = "1" if signature.endswith("0") else "0"
    for forged in (body, f"{body}.", f"{body}x.{signature}", f"{body}.{signature[:-1]}{other_end}", "é.ü", "..", ""):
        async with aiohttp.ClientSession(house.url, cookies={SESSION: forged}) as other:
            answered = await other.get("/gallery", allow_redirects=False)
            assert answered.status == 303, forged
    async with aiohttp.ClientSession(house.url, cookies={ASKED: value, SESSION: ""}) as other:
        assert (await other.get("/gallery", allow_redirects=False)).status == 303


def test_a_session_ends_and_a_sign_in_under_way_is_none() -> None:
    clock = [time.time()]
    sessions = Sessions(KEY, clock=lambda: clock[0])
    answer = web.Response()
    sessions.enter(answer, Visitor(2**63 - 1, "Ada", (1, 2)))
    state = sessions.ask(answer, "/models")
    session, asked = answer.cookies[SESSION].value, answer.cookies[ASKED].value
    assert sessions.visitor(_carrying(session)) == Visitor(2**63 - 1, "Ada", (1, 2))
    assert sessions.visitor(_carrying(asked)) is None
    assert sessions.asked(_carrying(asked, ASKED), state) == "/models"
    assert sessions.asked(_carrying(asked, ASKED), state + "x") is None
    assert Sessions(bytes(32)).visitor(_carrying(session)) is None
    clock[0] += 8 * 24 * 3600
    assert sessions.visitor(_carrying(session)) is None
    assert sessions.asked(_carrying(asked, ASKED), state) is None


def test_the_key_is_made_once_and_is_ours_alone(tmp_path: Path) -> None:
    path = tmp_path / "run" / "gallery.key"
    key = kept_key(path)
    assert len(key) == 32
    assert kept_key(path) == key
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("there", ["//evil.example", "https://evil.example", "/\\evil.example", "", "x", "/a\r\nb"])
def test_nobody_is_sent_elsewhere_after_the_sign_in(there: str) -> None:
    assert local_path(there) == "/gallery"


async def test_strict_headers_on_every_answer_and_no_script_in_any_page(house: Gallery) -> None:
    (picture,) = await house.made()
    visitor = await house.visitor(ADA)
    paths = ("/gallery", f"/pictures/{picture}", "/models", "/models/drawings", "/models/drawings/studio", "/nowhere")
    for path in (*paths, f"/pictures/{picture}/thumb.webp", "/static/gallery.js"):
        async with visitor.get(path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            if path in paths:
                text = await answer.text()
                assert " style=" not in text
                assert " onclick=" not in text
                assert "<style" not in text
                assert text.count("<script") == text.count("<script src=")


def _carrying(value: str, name: str = SESSION) -> web.Request:
    return make_mocked_request("GET", "/", headers={"Cookie": f"{name}={value}"})

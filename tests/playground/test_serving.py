"""Ledger, faults, rate limits, unknown routes, restarts, and the command line."""

from __future__ import annotations

import asyncio
import hashlib
import re
import sys
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest

from bot.discord_endpoint import point_discord_at
from playground import seed
from playground.settings import Settings
from tests.playground.conftest import Api, Page, Stage, run_stage
from tests.playground.probe import Probe, file, panel, picture


async def test_the_ledger_tells_every_request(api: Api, page: Page) -> None:
    await api.post({"content": "x"}, [("a.png", picture())])
    entry = (await page.get("/_/ledger", kind="request"))[-1]
    assert (entry["method"], entry["route"], entry["status"]) == ("POST", "/channels/{channel_id}/messages", 200)
    assert entry["path"] == f"/channels/{seed.STUDIO}/messages"
    assert entry["body"]["content"] == "x"
    digest = hashlib.sha256(picture()).hexdigest()
    assert entry["files"] == [{"field": "files[0]", "name": "a.png", "size": len(picture()), "sha256": digest}]
    assert entry["ms"] > 0
    assert entry["problems"] == []
    await api.post({"content": "x" * 2001})
    later = await page.get("/_/ledger", kind="request", after=entry["n"])
    assert [e["status"] for e in later] == [400]
    assert later[0]["problems"] == ["content: BASE_TYPE_MAX_LENGTH Must be 2000 or fewer in length."]


@pytest.mark.parametrize("path", ["/guilds/1/audit-logs", "/nothing", "/users/@me/nothing"])
async def test_unknown_routes_are_never_a_success(api: Api, caplog: Any, path: str) -> None:
    status, reply = await api.call("GET", path)
    assert (status, reply) == (404, {"code": 0, "message": "404: Not Found"})
    assert "DOES NOT KNOW" in caplog.text
    assert (await api.call("POST", "/users/@me", {}))[0] == 404


async def test_a_false_token_is_unauthorized(api: Api) -> None:
    for path in ("/users/@me", f"/channels/{seed.STUDIO}/messages"):
        assert await api.call("GET", path, token="wrong") == (401, {"code": 0, "message": "401: Unauthorized"})


async def test_faults_hit_the_next_requests_that_match(api: Api, page: Page) -> None:
    await page.send(
        "/_/faults", {"route_pattern": "POST /channels/*/messages", "status": 403, "code": 50001, "times": 2}
    )
    assert [(await api.post({"content": "x"}))[0] for _ in range(3)] == [403, 403, 200]
    await page.send("/_/faults", {"route_pattern": "/users/@me", "delay_ms": 80})
    started = asyncio.get_running_loop().time()
    assert (await api.call("GET", "/users/@me"))[0] == 200
    assert asyncio.get_running_loop().time() - started >= 0.08
    await page.send("/_/faults", {"route_pattern": "*", "status": 500, "times": 99})
    await page.send("/_/faults", method="DELETE")
    assert (await api.call("GET", "/users/@me"))[0] == 200
    assert (await page.send("/_/faults", {"route": "x"}))[0] == 400


async def test_a_dropped_answer_has_still_done_its_work(api: Api, page: Page) -> None:
    await page.send("/_/faults", {"route_pattern": "POST /channels/*", "drop_answer": True})
    with pytest.raises(aiohttp.ClientError):
        await api.post({"content": "did it"})
    assert [m["content"] for m in await page.messages() if m["author"]["bot"]] == ["did it"]


async def test_the_client_waits_out_a_made_429(stage: Stage, page: Page, bot: Probe) -> None:
    fault = {"route_pattern": "POST /channels/*/messages", "status": 429, "retry_after": 0.1}
    await page.send("/_/faults", fault)
    channel = bot.get_partial_messageable(int(seed.STUDIO))
    assert (await channel.send("after all")).content == "after all"
    assert [e["status"] for e in stage.requests("POST", "/channels/")] == [429, 200]


async def test_the_client_obeys_the_limits_it_is_told(stage: Stage, bot: Probe) -> None:
    """discord.py reads the headers and waits by itself: no request is refused."""
    channel = bot.get_partial_messageable(int(seed.STUDIO))
    message = await channel.send("x")
    started = asyncio.get_running_loop().time()
    await asyncio.gather(*(message.add_reaction(emoji) for emoji in "🎨🔁✨"))
    assert asyncio.get_running_loop().time() - started >= 0.5
    assert [e["status"] for e in stage.requests("PUT", "/reactions/")] == [204] * 3


async def test_limits_by_route_and_in_all(api: Api, stage: Stage) -> None:
    for left in (4, 3, 2, 1, 0):
        async with api.session.post(
            f"{stage.base}/api/v10/channels/{seed.STUDIO}/messages",
            json={"content": "x"},
            headers={"Authorization": "Bot playground"},
        ) as answer:
            assert answer.status == 200
            assert (answer.headers["X-RateLimit-Limit"], answer.headers["X-RateLimit-Remaining"]) == ("5", str(left))
            assert 0 < float(answer.headers["X-RateLimit-Reset-After"]) <= 5
            assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-RateLimit-Bucket"])
    status, reply = await api.post({"content": "x"})
    assert status == 429
    assert reply["global"] is False
    assert 0 < reply["retry_after"] <= 5
    assert (await api.post({"content": "x"}, channel=seed.GALLERY))[0] == 200


async def test_fifty_requests_a_second_in_all(page: Page) -> None:
    async with run_stage(requests_per_second=3) as stage, aiohttp.ClientSession() as session:
        api = Api(stage, session)
        answers = [await api.call("GET", "/users/@me") for _ in range(4)]
        assert [status for status, _ in answers] == [200, 200, 200, 429]
        assert answers[-1][1]["global"] is True
        assert (await api.over_token("POST", {"token": "x"}, body={}))[1]["code"] == 50027


async def test_the_world_outlives_the_playground(tmp_path: Path) -> None:
    async with run_stage(data=tmp_path) as stage, stage.page(seed.MEMBER) as page, stage.bot() as bot:
        message = await page.answer_to(await page.command("generate"))
        guild = await bot.fetch_guild(int(seed.GUILD))
        emoji = await guild.create_custom_emoji(name="kept", image=picture("gold"))
        await page.send(f"/_/channels/{seed.STUDIO}/messages", {"content": "kept too"})
        count = len(await page.messages())
        interaction = (await page.get("/_/ledger", kind="interaction"))[-1]
    async with run_stage(data=tmp_path) as stage, stage.page(seed.MEMBER) as page, stage.bot() as bot:
        kept = await page.messages()
        assert len(kept) == count
        again = next(m for m in kept if m["id"] == message["id"])
        assert again["components"][0]["components"][0] == message["components"][0]["components"][0]
        async with page.session.get(again["attachments"][0]["url"]) as served:
            assert await served.read() == picture()
        async with page.session.get(f"{stage.base}/emojis/{emoji.id}.png") as served:
            assert await served.read() == picture("gold")
        await page.done(await page.press(message["id"], "again:0"))
        token = stage.play.interactions.get(interaction["id"]).token
        webhook = discord.Webhook.partial(int(seed.BOT), token, client=bot)
        files = [file("a.png"), file("b.png")]
        edited = await webhook.edit_message(int(message["id"]), attachments=files, view=panel(1))
        assert len(edited.attachments) == 2
        fresh = await page.command("generate")
        assert int(fresh) > int(message["id"])


async def test_the_operators_art_lies_beside_the_world_and_stays_as_they_left_it(tmp_path: Path) -> None:
    planets = tmp_path / "art" / "planets"
    async with run_stage(data=tmp_path):
        assert len(list(planets.glob("*.png"))) == 120
    (planets / "planet-000.png").unlink()
    async with run_stage(data=tmp_path):
        assert len(list(planets.glob("*.png"))) == 119


async def test_a_broken_off_founding_starts_again(tmp_path: Path) -> None:
    async with run_stage(data=tmp_path) as stage:
        stage.play.store.drop("world", "guild")
    async with run_stage(data=tmp_path) as stage, stage.page(seed.MEMBER) as page:
        assert len((await page.get("/_/world"))["guild"]["emojis"]) == 200


async def test_the_command_prints_one_line_and_stops_on_a_signal(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "playground", "--port", "0", "--data", str(tmp_path)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
    address = re.fullmatch(r"playground: (http://127\.0\.0\.1:\d+)\n", line)
    assert address
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{address[1]}/_/events?as={seed.MEMBER}"):
        async with session.get(address[1]) as page:
            assert page.content_type == "text/html"
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) == 0


def test_it_listens_on_loopback_only() -> None:
    with pytest.raises(ValueError, match="loopback"):
        Settings(host="0.0.0.0")


@pytest.mark.parametrize("address", ["127.0.0.1:80", "ws://127.0.0.1", "http://"])
def test_the_client_is_pointed_at_http_addresses_only(address: str) -> None:
    with pytest.raises(ValueError, match="not an http address"):
        point_discord_at(address)


async def test_importing_the_playground_loads_neither_bot_nor_client() -> None:
    loaded = "any(m.split('.')[0] in ('discord', 'bot', 'gan') for m in sys.modules)"
    code = f"import sys, playground.server; sys.exit({loaded})"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    assert await process.wait() == 0

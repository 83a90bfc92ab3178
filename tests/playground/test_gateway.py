"""The gateway: cut, resumed, asked to reconnect, refused; with the real client and with a bare socket."""

from __future__ import annotations

import asyncio
import json
import zlib
from typing import Any

import aiohttp
import discord
import pytest

from playground import seed
from tests.playground.conftest import Page, Stage, run_stage
from tests.playground.probe import Probe, file, panel


@pytest.fixture(autouse=True)
def quick_reconnect(monkeypatch: pytest.MonkeyPatch) -> None:
    """discord.py waits seconds before it connects again."""
    monkeypatch.setattr("discord.backoff.ExponentialBackoff.delay", lambda self: 0.05)


async def test_a_cut_session_resumes_and_loses_nothing(stage: Stage, page: Page, bot: Probe) -> None:
    await page.send("/_/gateway", {"action": "disconnect"})
    await page.hear("presence", lambda d: not d["online"])
    interaction = await page.command("generate")
    await page.done(interaction)
    await asyncio.wait_for(bot.resumed.wait(), 5)
    assert [e["event"] for e in stage.play.ledger.read(kind="gateway")].count("IDENTIFY") == 1


async def test_a_reconnect_is_followed(stage: Stage, page: Page, bot: Probe) -> None:
    await page.send("/_/gateway", {"action": "reconnect"})
    await asyncio.wait_for(bot.resumed.wait(), 5)
    await page.done(await page.command("generate"))


async def test_an_invalid_session_starts_afresh(stage: Stage, page: Page, bot: Probe) -> None:
    bot.connected.clear()
    await page.send("/_/gateway", {"action": "invalid_session"})
    await asyncio.wait_for(bot.connected.wait(), 15)
    await page.done(await page.command("generate"))
    assert [e["event"] for e in stage.play.ledger.read(kind="gateway")].count("IDENTIFY") == 2


async def test_a_restarted_playground_is_found_again(tmp_path: Any, unused_tcp_port: int) -> None:
    """Everything restarts but the bot: its session is unknown, it identifies anew, and old buttons still work."""
    async with run_stage(data=tmp_path, port=unused_tcp_port) as stage, stage.bot() as bot:
        async with stage.page(seed.MEMBER) as page:
            message = await page.answer_to(await page.command("generate"))
        await stage.halt()
        bot.connected.clear()
        async with run_stage(data=tmp_path, port=unused_tcp_port) as again:
            await asyncio.wait_for(bot.connected.wait(), 15)
            async with again.page(seed.MEMBER) as page:
                assert [m["id"] for m in await page.messages()].count(message["id"]) == 1
                await page.done(await page.press(message["id"], "again:0"))


async def test_privileged_intents_are_refused(stage: Stage) -> None:
    intents = discord.Intents(guilds=True, message_content=True)
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with stage.bot(lambda: Probe(intents=intents)):
            pass


async def test_with_the_intent_the_bot_reads_everything() -> None:
    intents = discord.Intents(guilds=True, messages=True, message_content=True)
    async with (
        run_stage(privileged_intents=intents.value & 1 << 15) as stage,
        stage.page(seed.MEMBER) as page,
        stage.bot(lambda: Probe(intents=intents)) as bot,
    ):
        await page.send(f"/_/channels/{seed.STUDIO}/messages", {"content": "read me"})
        await page.done(await page.command("generate"))
        assert "read me" in [m.content for m in bot.heard]


async def test_a_false_token_is_refused_at_login(stage: Stage) -> None:
    async with stage.bot():
        bot = Probe()
        with pytest.raises(discord.LoginFailure):
            await bot.start("wrong")
        await bot.close()


async def test_what_is_sent_while_away_arrives_on_resume(stage: Stage, bot: Probe) -> None:
    """Messages of the bot itself come back over the gateway too, once and in order."""
    channel = bot.get_partial_messageable(int(seed.STUDIO))
    sent = [await channel.send(view=panel(), files=[file()])]
    await stage.play.gateway.disturb("disconnect")
    sent.append(await channel.send("second"))
    await asyncio.wait_for(bot.resumed.wait(), 5)
    await asyncio.sleep(0.05)
    assert [m.id for m in bot.heard] == [m.id for m in sent]


class Wire:
    """A bare gateway socket."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws

    async def say(self, op: int, data: Any = None) -> None:
        await self.ws.send_json({"op": op, "d": data})

    async def identify(self, **more: Any) -> None:
        await self.say(2, {"token": "playground", "intents": 1, "properties": {}, **more})

    async def read(self) -> Any:
        return await self.ws.receive_json(timeout=3)

    async def closed(self) -> int | None:
        async for _ in self.ws:
            pass
        return self.ws.close_code


@pytest.fixture
async def wire(stage: Stage) -> Any:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{stage.base}/gw?v=10&encoding=json") as ws:
        wire = Wire(ws)
        assert (await wire.read())["op"] == 10
        yield wire


@pytest.mark.parametrize(
    ("op", "data", "code"),
    [
        (2, {"token": "false", "intents": 1}, 4004),
        (2, {"token": "playground", "intents": -1}, 4013),
        (2, {"token": "playground", "intents": 1 << 15}, 4014),
        (2, {"token": "playground", "intents": 1, "shard": [2, 2]}, 4010),
        (3, {}, 4003),
        (6, {"token": "false", "session_id": "x", "seq": 1}, 4004),
    ],
)
async def test_bad_beginnings_are_closed(wire: Wire, op: int, data: Any, code: int) -> None:
    await wire.say(op, data)
    assert await wire.closed() == code


async def test_broken_and_double_frames_are_closed(wire: Wire) -> None:
    await wire.identify()
    assert (await wire.read())["t"] == "READY"
    await wire.identify()
    assert await wire.closed() == 4005


async def test_text_that_is_no_json_is_closed(wire: Wire) -> None:
    await wire.ws.send_str("{")
    assert await wire.closed() == 4002


async def test_too_many_payloads_are_closed(wire: Wire) -> None:
    for _ in range(121):
        await wire.say(1, None)
    assert await wire.closed() == 4008


async def test_an_unknown_session_is_invalid(wire: Wire) -> None:
    await wire.say(6, {"token": "playground", "session_id": "gone", "seq": 3})
    assert await wire.read() == {"op": 9, "d": False, "s": None, "t": None}
    await wire.identify()
    assert (await wire.read())["t"] == "READY"


async def test_silence_ends_the_session() -> None:
    async with (
        run_stage(heartbeat_ms=60) as stage,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{stage.base}/gw") as ws,
    ):
        assert await Wire(ws).closed() == 4009


async def test_members_are_given_when_asked_for(wire: Wire) -> None:
    await wire.identify()
    await wire.read()
    guild = await wire.read()
    assert guild["t"] == "GUILD_CREATE"
    assert len(guild["d"]["emojis"]) == 200
    assert [m["user"]["id"] for m in guild["d"]["members"]] == [seed.BOT], "people need the members intent"
    await wire.say(8, {"guild_id": seed.GUILD, "query": "ada", "limit": 5, "nonce": "n"})
    chunk = await wire.read()
    assert chunk["t"] == "GUILD_MEMBERS_CHUNK"
    assert [m["user"]["id"] for m in chunk["d"]["members"]] == [seed.ARTIST]


async def test_the_whole_member_list_needs_its_intent(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    await wire.identify()
    await wire.read()
    await wire.read()
    await wire.say(8, {"guild_id": seed.GUILD, "query": "", "limit": 0})
    await wire.say(1)
    assert (await wire.read())["op"] == 11
    assert "GUILD_MEMBERS" in caplog.text


async def test_frames_can_be_compressed(stage: Stage) -> None:
    address = f"{stage.base}/gw?compress=zlib-stream"
    async with aiohttp.ClientSession() as session, session.ws_connect(address) as ws:
        inflate = zlib.decompressobj()
        assert json.loads(inflate.decompress(await ws.receive_bytes()))["op"] == 10
        await Wire(ws).identify()
        assert json.loads(inflate.decompress(await ws.receive_bytes()))["t"] == "READY"


async def test_a_guild_belongs_to_one_shard(stage: Stage, page: Page) -> None:
    mine = (int(seed.GUILD) >> 22) % 2
    async with aiohttp.ClientSession() as session:
        for shard in (0, 1):
            async with session.ws_connect(f"{stage.base}/gw") as ws:
                wire = Wire(ws)
                await wire.read()
                await wire.identify(shard=[shard, 2])
                ready = await wire.read()
                assert bool(ready["d"]["guilds"]) == (shard == mine)

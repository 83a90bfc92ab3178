"""The people's side: what each sees and may do, and that no foreign page can act for them."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from playground import seed
from tests.playground.conftest import Api, Page, Stage
from tests.playground.probe import picture

ROW = [{"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "a", "disabled": True}]}]
MENU = [
    {
        "type": 1,
        "components": [
            {"type": 3, "custom_id": "s", "max_values": 2, "options": [{"label": c, "value": c} for c in "abc"]}
        ],
    },
    {"type": 1, "components": [{"type": 2, "style": 5, "label": "x", "url": "https://example.org"}]},
]


async def test_each_person_sees_their_world(stage: Stage) -> None:
    seen = {}
    for person in (seed.MEMBER, seed.ARTIST, seed.MODERATOR):
        async with stage.page(person) as page:
            world = await page.get("/_/world")
            seen[person] = {c["name"] for c in world["channels"] if c["type"] == 0}
            assert world["me"]["id"] == person
            assert [p["id"] for p in world["people"]] == [seed.MEMBER, seed.ARTIST, seed.MODERATOR]
            assert len([c for c in world["channels"] if c["type"] == 1]) == 1
            assert len(world["guild"]["emojis"]) == 200
            assert not world["bot"]["online"]
            for shown in (*world["people"], world["bot"]):
                async with page.session.get(shown["avatar_url"]) as picture_served:
                    assert picture_served.content_type == "image/png"
            async with page.session.get(world["guild"]["icon_url"]) as icon:
                assert icon.status == 200
    assert "moderators" in seen[seed.MODERATOR]
    assert seen[seed.MEMBER] == seen[seed.ARTIST] == seen[seed.MODERATOR] - {"moderators"}


async def test_roles_decide_what_one_may_do(stage: Stage) -> None:
    async with stage.page(seed.MEMBER) as member, stage.page(seed.MODERATOR) as moderator:
        text = {"content": "hello"}
        assert (await member.send(f"/_/channels/{seed.WELCOME}/messages", text))[0] == 403
        assert (await moderator.send(f"/_/channels/{seed.WELCOME}/messages", text))[0] == 200
        assert (await member.send(f"/_/channels/{seed.STAFF}/messages", text))[0] == 404
        _, staff = await moderator.send(f"/_/channels/{seed.STAFF}/messages", text)
        _, mine = await moderator.send(f"/_/channels/{seed.STUDIO}/messages", text)
        assert await member.hear("message_create", lambda d: d["id"] == mine["id"])
        assert not any(e["d"].get("id") == staff["id"] for e in member.events)
        path = f"/_/channels/{seed.STUDIO}/messages/{mine['id']}"
        assert (await member.send(path, method="DELETE"))[0] == 403
        _, theirs = await member.send(f"/_/channels/{seed.STUDIO}/messages", text)
        assert (await moderator.send(f"/_/channels/{seed.STUDIO}/messages/{theirs['id']}", method="DELETE"))[0] == 200
        assert await member.hear("message_delete", lambda d: d["id"] == theirs["id"])


async def test_another_persons_direct_messages_are_closed(stage: Stage) -> None:
    async with stage.page(seed.MEMBER) as member, stage.page(seed.MODERATOR) as moderator:
        world = await member.get("/_/world")
        direct = next(c["id"] for c in world["channels"] if c["type"] == 1)
        assert "message" in await moderator.get(f"/_/channels/{direct}/messages")
        assert (await moderator.send(f"/_/channels/{direct}/messages", {"content": "x"}))[0] == 404


async def test_a_message_with_files_and_a_reply(page: Page) -> None:
    path = f"/_/channels/{seed.GALLERY}/messages"
    _, first = await page.send(path, {"content": "see"}, [("a.png", picture()), ("b.txt", b"words")])
    assert [a["filename"] for a in first["attachments"]] == ["a.png", "b.txt"]
    _, reply = await page.send(path, {"content": "nice", "reply_to": first["id"]})
    assert (reply["type"], reply["referenced_message"]["id"]) == (19, first["id"])
    async with page.session.get(first["attachments"][1]["url"]) as served:
        assert served.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("body", [{}, {"content": " "}, {"content": "x" * 2001}])
async def test_messages_have_a_length(page: Page, body: Any) -> None:
    status, reply = await page.send(f"/_/channels/{seed.STUDIO}/messages", body)
    assert status == 400
    assert reply["message"]


async def test_what_cannot_be_pressed(api: Api, page: Page) -> None:
    _, off = await api.post({"content": "x", "components": ROW})
    _, menu = await api.post({"content": "x", "components": MENU})
    for body in (
        {"message_id": off["id"], "custom_id": "a"},
        {"message_id": off["id"], "custom_id": "b"},
        {"message_id": "1", "custom_id": "a"},
        {"message_id": menu["id"], "custom_id": "s"},
        {"message_id": menu["id"], "custom_id": "s", "values": []},
        {"message_id": menu["id"], "custom_id": "s", "values": ["a", "a"]},
        {"message_id": menu["id"], "custom_id": "s", "values": ["a", "b", "c"]},
        {"message_id": menu["id"], "custom_id": "s", "values": ["d"]},
        {},
    ):
        assert (await page.send("/_/components", body))[0] == 400, body
    assert (await page.send("/_/components", {"message_id": menu["id"], "custom_id": "s", "values": ["b", "a"]}))[
        0
    ] == 200
    assert api.newest()["data"]["values"] == ["b", "a"]


async def test_nobody_presses_anothers_secret_answer(api: Api, stage: Stage, page: Page) -> None:
    await api.register({"name": "go", "description": "Go"})
    await page.command("go")
    live = [{"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "a"}]}]
    _, reply = await api.answer(api.newest(), 4, {"content": "x", "flags": 64, "components": live})
    secret = reply["resource"]["message"]["id"]
    async with stage.page(seed.ARTIST) as other:
        assert (await other.send("/_/components", {"message_id": secret, "custom_id": "a"}))[0] == 400
    await page.press(secret, "a")
    _, edited = await api.answer(api.newest(), 7, {"content": "pressed"})
    assert edited["resource"]["message"]["flags"] == 64


async def test_reactions_come_and_go(api: Api, page: Page, stage: Stage) -> None:
    _, message = await api.post({"content": "x"})
    emoji = next(iter(stage.play.world.emojis.values()))
    path = f"/_/channels/{seed.STUDIO}/messages/{message['id']}/reactions"
    assert (await page.send(f"{path}/🎨", method="PUT"))[0] == 200
    assert (await page.send(f"{path}/{emoji['name']}:{emoji['id']}", method="PUT"))[0] == 200
    assert (await page.send(f"{path}/★", method="PUT"))[0] == 404
    heard = await page.hear("reaction", lambda d: d["emoji"]["id"] == emoji["id"])
    assert (heard["user_id"], heard["added"]) == (seed.MEMBER, True)
    assert (await page.send(f"{path}/🎨", method="DELETE"))[0] == 200
    shown = next(m for m in await page.messages() if m["id"] == message["id"])
    assert [r["emoji"]["id"] for r in shown["reactions"]] == [emoji["id"]]
    assert shown["reactions"][0]["me"]


@pytest.mark.parametrize("path", ["/_/world", "/_/ledger", "/api/v10/users/@me", "/", "/_/events?as=1"])
async def test_foreign_hosts_and_pages_are_kept_out(stage: Stage, path: str) -> None:
    async with aiohttp.ClientSession() as session:
        for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}):
            async with session.get(f"{stage.base}{path}", headers=headers) as answer:
                assert answer.status == 403
        async with session.get(f"{stage.base}/_/world", headers={"Origin": stage.base}) as answer:
            assert answer.status == 200


async def test_nobody_acts_as_the_bot_or_a_stranger(stage: Stage) -> None:
    for person in (seed.BOT, "1", ""):
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{stage.base}/_/channels/{seed.STUDIO}/messages?as={person}") as answer,
        ):
            assert answer.status == 400

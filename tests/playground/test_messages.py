"""Messages by the bot's token: V2, files and what an edit keeps of them, nonce, permissions, sizes."""

from __future__ import annotations

import time
from typing import Any

import aiohttp
import pytest

from playground import seed
from playground.permissions import Permission
from playground.snowflakes import made_at, snowflake
from tests.playground.conftest import Api, Page, Stage, run_stage
from tests.playground.probe import picture

V2 = 1 << 15
TEXT = [{"type": 10, "content": "hi"}]
A, B = ("a.png", picture("red")), ("b.png", picture("blue", 64))


def shows(name: str) -> list[Any]:
    return [{"type": 12, "items": [{"media": {"url": f"attachment://{name}"}}]}]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"flags": V2, "components": TEXT, "content": "x"}, "content"),
        ({"flags": V2, "components": TEXT, "embeds": [{"title": "x"}]}, "embeds"),
        ({"flags": V2, "components": TEXT, "sticker_ids": ["1"]}, "sticker_ids"),
        ({"flags": V2}, "components"),
        ({"flags": V2, "components": []}, "components"),
        ({"components": TEXT}, "components"),
        ({"content": "x" * 2001}, "content"),
        ({"content": 3}, "content"),
        ({"content": "x", "embeds": [{}] * 11}, "embeds"),
        ({"content": "x", "nonce": "x" * 26}, "nonce"),
        ({"content": "x", "flags": 64}, "flags"),
        ({"content": "x", "attachments": [{"id": 0}]}, "attachments"),
        ({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, "allowed_mentions"),
        ({"content": "x", "allowed_mentions": {"parse": ["all"]}}, "allowed_mentions"),
        ({"content": "x", "poll": {"question": "?"}}, "poll"),
        ({"content": "x", "message_reference": {"message_id": "1"}}, "message_reference"),
        ({"flags": V2, "components": shows("a.png")}, "components"),
    ],
)
async def test_bad_messages_are_refused_with_the_place(api: Api, page: Page, body: Any, path: str) -> None:
    status, reply = await api.post(body)
    assert (status, reply["code"]) == (400, 50035)
    assert path in reply["errors"]
    assert not [m for m in await page.messages() if m["author"]["bot"]]
    assert api.stage.requests("POST")[-1]["problems"]


@pytest.mark.parametrize("body", [{}, {"content": "  "}, {"embeds": []}])
async def test_an_empty_message_is_refused(api: Api, body: Any) -> None:
    status, reply = await api.post(body)
    assert (status, reply["code"]) == (400, 50006)


async def test_files_are_shown_by_signed_addresses(api: Api, page: Page) -> None:
    body = {"flags": V2, "components": shows("a.png"), "attachments": [{"id": 0, "description": "red"}]}
    status, message = await api.post(body, [A])
    assert status == 200
    attachment = message["attachments"][0]
    assert (attachment["width"], attachment["content_type"], attachment["description"]) == (32, "image/png", "red")
    media = message["components"][0]["items"][0]["media"]
    assert (media["url"], media["attachment_id"]) == (attachment["url"], attachment["id"])
    async with page.session.get(media["url"]) as served:
        assert await served.read() == A[1]
    for spoilt in (media["url"].split("?")[0], media["url"].replace("hm=", "hm=0")):
        async with page.session.get(spoilt) as served:
            assert served.status == 404


async def test_an_address_dies() -> None:
    async with run_stage(url_seconds=1) as stage, aiohttp.ClientSession() as session:
        _, message = await Api(stage, session).post({"content": "x"}, [A])
        url = message["attachments"][0]["url"]
        ends = int(url.split("ex=")[1].split("&")[0], 16)
        assert 1 <= ends - time.time() <= 2
        path = url.split("?")[0].removeprefix(stage.base)
        old = f"{int(time.time()) - 1:x}"
        stage.play.cdn._sign(path, old)
        async with session.get(f"{stage.base}{path}?ex={old}&is=0&hm={stage.play.cdn._sign(path, old)}") as served:
            assert served.status == 404


async def test_an_edit_keeps_what_it_lists_and_adds_what_it_uploads(api: Api, page: Page) -> None:
    _, message = await api.post({"content": "x"}, [A, B])
    first, second = (a["id"] for a in message["attachments"])
    path = f"/channels/{seed.STUDIO}/messages/{message['id']}"

    _, untouched = await api.call("PATCH", path, {"content": "y"})
    assert [a["id"] for a in untouched["attachments"]] == [first, second]

    _, added = await api.call("PATCH", path, {"content": "z"}, [("c.png", picture("green"))])
    assert [a["filename"] for a in added["attachments"]] == ["a.png", "b.png", "c.png"]

    body = {"attachments": [{"id": second}, {"id": 0}]}
    _, listed = await api.call("PATCH", path, body, [("d.png", picture("black"))])
    assert [a["filename"] for a in listed["attachments"]] == ["b.png", "d.png"]
    async with page.session.get(message["attachments"][0]["url"]) as gone:
        assert gone.status == 404

    _, lost = await api.call("PATCH", path, {"attachments": [{"id": second}]}, [("e.png", picture())])
    assert [a["filename"] for a in lost["attachments"]] == ["b.png"]
    assert "e.png" in api.stage.requests("PATCH")[-1]["problems"][0]

    status, bad = await api.call("PATCH", path, {"attachments": [{"id": first}]})
    assert (status, "attachments" in bad["errors"]) == (400, True)


async def test_an_empty_list_drops_all_files(api: Api) -> None:
    _, message = await api.post({"content": "x"}, [A, B])
    path = f"/channels/{seed.STUDIO}/messages/{message['id']}"
    _, none = await api.call("PATCH", path, {"attachments": []})
    assert none["attachments"] == []


async def test_a_shown_file_cannot_be_edited_away(api: Api) -> None:
    _, message = await api.post({"flags": V2, "components": shows("a.png")}, [A])
    path = f"/channels/{seed.STUDIO}/messages/{message['id']}"
    status, reply = await api.call("PATCH", path, {"attachments": [{"id": 0}]}, [B])
    assert (status, "attachments" in reply["errors"]) == (400, True)
    body = {"attachments": [{"id": 0}], "components": shows("b.png")}
    _, edited = await api.call("PATCH", path, body, [B])
    assert edited["components"][0]["items"][0]["media"]["width"] == 64


async def test_the_v2_flag_stays_and_takes_the_old_fields_with_it(api: Api) -> None:
    _, old = await api.post({"content": "x"})
    path = f"/channels/{seed.STUDIO}/messages/{old['id']}"
    status, reply = await api.call("PATCH", path, {"flags": V2, "components": TEXT})
    assert (status, "content" in reply["errors"]) == (400, True)
    _, new = await api.call("PATCH", path, {"flags": V2, "components": TEXT, "content": None})
    assert (new["flags"], new["content"]) == (V2, "")
    _, still = await api.call("PATCH", path, {"flags": 0, "components": TEXT})
    assert still["flags"] == V2
    status, _ = await api.call("PATCH", path, {"content": "back"})
    assert status == 400


async def test_an_enforced_nonce_makes_one_message(api: Api, page: Page) -> None:
    body = {"content": "once", "nonce": "1234-0", "enforce_nonce": True}
    first, second = (await api.post(body))[1], (await api.post(body))[1]
    assert first["id"] == second["id"]
    assert first["nonce"] == "1234-0"
    third = (await api.post({**body, "enforce_nonce": False}))[1]
    assert third["id"] != first["id"]
    assert len([m for m in await page.messages() if m["content"] == "once"]) == 2


@pytest.mark.parametrize(
    ("missing", "body", "files", "code"),
    [
        (Permission.VIEW_CHANNEL, {"content": "x"}, [], 50001),
        (Permission.SEND_MESSAGES, {"content": "x"}, [], 50013),
        (Permission.ATTACH_FILES, {"content": "x"}, [A], 50013),
        (Permission.EMBED_LINKS, {"embeds": [{"title": "x"}]}, [], 50013),
    ],
)
async def test_the_bot_needs_its_permissions(
    api: Api, stage: Stage, page: Page, missing: Permission, body: Any, files: Any, code: int
) -> None:
    for role in (seed.BOT_ROLE, seed.GUILD):
        bits = int(stage.play.world.roles[role]["permissions"]) & ~missing
        assert (await page.send(f"/_/roles/{role}", {"permissions": str(bits)}, method="PATCH"))[0] == 200
    status, reply = await api.post(body, files)
    assert (status, reply["code"]) == (403, code)


async def test_channels_the_bot_may_not_write_in(api: Api) -> None:
    assert (await api.post({"content": "x"}, channel=seed.WELCOME))[1]["code"] == 50013
    assert (await api.post({"content": "x"}, channel=seed.STAFF))[0] == 200
    assert (await api.post({"content": "x"}, channel="1"))[1]["code"] == 10003


async def test_only_its_own_messages_can_be_edited_and_deleted(api: Api, page: Page) -> None:
    _, theirs = await page.send(f"/_/channels/{seed.STUDIO}/messages", {"content": "mine"})
    path = f"/channels/{seed.STUDIO}/messages/{theirs['id']}"
    assert (await api.call("PATCH", path, {"content": "x"}))[1]["code"] == 50005
    assert (await api.call("DELETE", path))[1]["code"] == 50013


async def test_files_and_requests_have_a_size(page: Page) -> None:
    async with run_stage(attachment_bytes=1000, request_bytes=3000) as stage, aiohttp.ClientSession() as session:
        api = Api(stage, session)
        assert (await api.post({"content": "x"}, [("a", b"x" * 1000)]))[0] == 200
        for files in ([("a", b"x" * 1001)], [(str(n), b"x" * 999) for n in range(4)]):
            status, reply = await api.post({"content": "x"}, files)
            assert (status, reply["code"]) == (413, 40005)
        assert (await api.post({"content": "x" * 3000}))[1]["code"] == 40005


async def test_odd_bodies(api: Api, stage: Stage) -> None:
    url = f"{stage.base}/api/v10/channels/{seed.STUDIO}/messages"
    headers = {"Authorization": "Bot playground", "Content-Type": "application/json"}
    async with api.session.post(url, data=b"{", headers=headers) as answer:
        assert (answer.status, (await answer.json())["code"]) == (400, 50109)
        assert answer.headers["Content-Type"] == "application/json"
    async with api.session.post(url, data=b"content=x", headers=headers | {"Content-Type": "text/plain"}) as answer:
        assert answer.status == 400
    assert (await api.call("POST", "/users/@me/channels", {"recipient_id": "x"}))[0] == 400


async def test_names_of_files_are_tidied(api: Api) -> None:
    _, message = await api.post({"content": "x"}, [("my färbig picture (1).png", A[1]), ("..", b"x")])
    assert [a["filename"] for a in message["attachments"]] == ["my_frbig_picture_1.png", "unknown"]


async def test_history_pages_both_ways(api: Api, stage: Stage) -> None:
    ids = [(await api.post({"content": str(n)}))[1]["id"] for n in range(4)]
    path = f"/channels/{seed.STUDIO}/messages"
    _, newest = await api.call("GET", f"{path}?limit=2")
    assert [m["id"] for m in newest] == [ids[3], ids[2]]
    _, before = await api.call("GET", f"{path}?limit=2&before={ids[2]}")
    assert [m["id"] for m in before] == [ids[1], ids[0]]
    _, after = await api.call("GET", f"{path}?limit=1&after={ids[1]}")
    assert [m["id"] for m in after] == [ids[2]]


async def test_edits_of_old_messages_are_throttled() -> None:
    async with run_stage(old_message_seconds=0, rate_limits=False) as stage, aiohttp.ClientSession() as session:
        api = Api(stage, session)
        _, message = await api.post({"content": "x"})
        path = f"/channels/{seed.STUDIO}/messages/{message['id']}"
        answers = [await api.call("PATCH", path, {"content": str(n)}) for n in range(6)]
        assert [status for status, _ in answers] == [200] * 5 + [429]
        assert answers[-1][1]["code"] == 30046


async def test_mentions_obey_what_is_allowed(api: Api) -> None:
    content = f"<@{seed.MEMBER}> <@&{seed.ARTIST_ROLE}> @everyone"
    _, free = await api.post({"content": content})
    assert [u["id"] for u in free["mentions"]] == [seed.MEMBER]
    assert (free["mention_roles"], free["mention_everyone"]) == ([seed.ARTIST_ROLE], True)
    _, quiet = await api.post({"content": content, "allowed_mentions": {"parse": []}})
    assert (quiet["mentions"], quiet["mention_roles"], quiet["mention_everyone"]) == ([], [], False)


def test_snowflakes_hold_the_time() -> None:
    assert made_at(snowflake(1_700_000_000_123)) == 1_700_000_000.123

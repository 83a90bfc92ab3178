"""Emoji and stickers: names, sizes, slots, who may."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

from playground import seed
from playground.permissions import Permission
from tests.playground.conftest import Api, Page, Stage
from tests.playground.probe import picture

EMOJIS = f"/guilds/{seed.GUILD}/emojis"
STICKERS = f"/guilds/{seed.GUILD}/stickers"


def uri(data: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def noise(side: int) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((side, side), 100).save(out, "PNG")
    return out.getvalue()


async def test_an_emoji_is_made_served_and_deleted(api: Api, page: Page) -> None:
    status, emoji = await api.call("POST", EMOJIS, {"name": "my_cat", "image": uri(picture())})
    assert status == 200
    assert (emoji["name"], emoji["animated"], emoji["user"]["id"]) == ("my_cat", False, seed.BOT)
    async with page.session.get(f"{page.base}/emojis/{emoji['id']}.png") as served:
        assert await served.read() == picture()
    world = await page.get("/_/world")
    assert world["guild"]["emojis"][-1]["id"] == emoji["id"]
    assert (await api.call("PATCH", f"{EMOJIS}/{emoji['id']}", {"name": "my_dog"}))[1]["name"] == "my_dog"
    assert (await api.call("DELETE", f"{EMOJIS}/{emoji['id']}"))[0] == 204
    assert (await api.call("GET", f"{EMOJIS}/{emoji['id']}"))[1]["code"] == 10014
    async with page.session.get(f"{page.base}/emojis/{emoji['id']}.png") as served:
        assert served.status == 404


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"name": "a", "image": uri(picture())}, "name"),
        ({"name": "x" * 33, "image": uri(picture())}, "name"),
        ({"name": "my cat", "image": uri(picture())}, "name"),
        ({"name": "ok"}, "image"),
        ({"name": "ok", "image": "nothing"}, "image"),
        ({"name": "ok", "image": uri(b"no picture")}, "image"),
        ({"name": "ok", "image": uri(noise(600))}, "image"),
    ],
)
async def test_bad_emoji_are_refused(api: Api, body: Any, place: str) -> None:
    status, reply = await api.call("POST", EMOJIS, body)
    assert (status, reply["code"]) == (400, 50035)
    assert place in reply["errors"]


async def test_slots_run_out(api: Api, stage: Stage) -> None:
    world = stage.play.world
    for n in range(50):
        world.keep("emoji", {"id": str(n), "name": f"e{n}", "animated": False, "user_id": seed.ARTIST})
    status, reply = await api.call("POST", EMOJIS, {"name": "one_more", "image": uri(picture())})
    assert (status, reply["code"]) == (400, 30008)


async def test_making_needs_a_permission(api: Api, stage: Stage, page: Page) -> None:
    bits = int(stage.play.world.roles[seed.BOT_ROLE]["permissions"]) & ~Permission.CREATE_GUILD_EXPRESSIONS
    await page.send(f"/_/roles/{seed.BOT_ROLE}", {"permissions": str(bits)}, method="PATCH")
    assert (await api.call("POST", EMOJIS, {"name": "ok", "image": uri(picture())}))[1]["code"] == 50013


async def test_others_emoji_are_not_the_bots_to_delete(api: Api, stage: Stage) -> None:
    theirs = next(iter(stage.play.world.emojis))
    assert (await api.call("DELETE", f"{EMOJIS}/{theirs}"))[1]["code"] == 50013


async def _sticker(api: Api, data: bytes, **fields: str) -> tuple[int, Any]:
    return await api.call(
        "POST", STICKERS, {"name": "cat", "description": "", "tags": "cat", **fields}, [("s.png", data)]
    )


async def test_a_sticker_is_made_and_served(api: Api, page: Page) -> None:
    status, sticker = await _sticker(api, picture(side=320))
    assert (status, sticker["format_type"]) == (200, 1)
    async with page.session.get(f"{page.base}/stickers/{sticker['id']}.png") as served:
        assert served.status == 200
    _, message = await api.post({"sticker_ids": [sticker["id"]]})
    assert message["sticker_items"][0]["name"] == "cat"
    assert (await api.call("DELETE", f"{STICKERS}/{sticker['id']}"))[0] == 204


@pytest.mark.parametrize(
    ("data", "fields", "code"),
    [
        (picture(side=300), {}, 50046),
        (b"no picture", {}, 50046),
        (noise(320) + b"x" * 512 * 1024, {}, 50045),
        (picture(side=320), {"name": "c"}, 50035),
        (picture(side=320), {"description": "c"}, 50035),
        (picture(side=320), {"tags": ""}, 50035),
    ],
)
async def test_bad_stickers_are_refused(api: Api, data: bytes, fields: Any, code: int) -> None:
    assert (await _sticker(api, data, **fields))[1]["code"] == code


async def test_application_emoji_can_stand_on_buttons(api: Api) -> None:
    path = f"/applications/{seed.BOT}/emojis"
    _, emoji = await api.call("POST", path, {"name": "dice", "image": uri(picture())})
    button = {"type": 2, "style": 1, "custom_id": "a", "emoji": {"id": emoji["id"], "name": "dice"}}
    assert (await api.post({"content": "x", "components": [{"type": 1, "components": [button]}]}))[0] == 200
    assert (await api.call("POST", path, {"name": "dice", "image": uri(picture())}))[0] == 400
    assert [e["id"] for e in (await api.call("GET", path))[1]["items"]] == [emoji["id"]]
    assert (await api.call("DELETE", f"{path}/{emoji['id']}"))[0] == 204

"""Registering commands: names, lengths, options, how many; and what changes when they are registered again."""

from __future__ import annotations

from typing import Any

import pytest

from playground import seed
from tests.playground.conftest import Api, Page

PATH = f"/applications/{seed.BOT}/commands"


def command(name: str = "go", **more: Any) -> dict[str, Any]:
    return {"name": name, "description": "Go", **more}


def option(name: str = "a", kind: int = 3, **more: Any) -> dict[str, Any]:
    return {"type": kind, "name": name, "description": "d", **more}


BAD = [
    ([command("Go")], "0.name"),
    ([command("go now")], "0.name"),
    ([command("")], "0.name"),
    ([command("x" * 33)], "0.name"),
    ([command(description="")], "0.description"),
    ([command(description="x" * 101)], "0.description"),
    ([{"name": "go"}], "0.description"),
    ([command(), command()], "1.name"),
    ([command(type=2)], "0.description"),
    ([command(contexts=[3])], "0.contexts"),
    ([command(default_member_permissions="many")], "0.default_member_permissions"),
    ([command(name_localizations={"xx": "go"})], "0.name_localizations.xx"),
    ([command(options=[option(str(n)) for n in range(26)])], "0.options"),
    ([command(options=[option(), option()])], "0.options.1.name"),
    ([command(options=[option("A")])], "0.options.0.name"),
    ([command(options=[option(description="")])], "0.options.0.description"),
    ([command(options=[option(kind=12)])], "0.options.0.type"),
    ([command(options=[option(), option("b", required=True)])], "0.options.1.required"),
    (
        [command(options=[option(choices=[{"name": str(n), "value": str(n)} for n in range(26)])])],
        "0.options.0.choices",
    ),
    ([command(options=[option(choices=[{"name": "x" * 101, "value": "x"}])])], "0.options.0.choices.0.name"),
    ([command(options=[option(choices=[{"name": "x", "value": 1}])])], "0.options.0.choices.0.value"),
    ([command(options=[option(kind=4, choices=[{"name": "x", "value": "a"}])])], "0.options.0.choices.0.value"),
    ([command(options=[option(autocomplete=True, choices=[{"name": "x", "value": "x"}])])], "0.options.0.autocomplete"),
    ([command(options=[option(kind=11, autocomplete=True)])], "0.options.0.autocomplete"),
    ([command(options=[option(max_length=6001)])], "0.options.0.max_length"),
    ([command(options=[option(kind=1), option("b")])], "0.options"),
    ([command(options=[option(kind=1, options=[option(kind=1)])])], "0.options.0.options.0.type"),
    ([command(options=[option(kind=2, options=[option()])])], "0.options.0.options.0.type"),
    ([command(f"c{n}") for n in range(101)], ""),
    ([{"name": f"c{n}", "type": 3} for n in range(16)], ""),
    (
        [
            command(
                options=[
                    option(f"o{n}", choices=[{"name": f"{c:099}", "value": f"{c:099}"} for c in range(25)])
                    for n in range(2)
                ]
            )
        ],
        "0",
    ),
]


@pytest.mark.parametrize(("commands", "path"), BAD)
async def test_bad_commands_are_refused(api: Api, commands: Any, path: str) -> None:
    status, reply = await api.call("PUT", PATH, commands)
    assert (status, reply["code"]) == (400, 50035)
    node = reply["errors"]
    for step in filter(None, path.split(".")):
        node = node[step]
    assert node["_errors"]
    assert (await api.call("GET", PATH))[1] == []


GOOD = [
    command("малюй"),
    command("rysuj-2_x", options=[option(required=True), option("b", kind=11), option("c", kind=10, min_value=0.5)]),
    command("deep", options=[option(kind=2, options=[option(kind=1, options=[option()])])]),
    {"name": "Make Emoji!", "type": 3},
    command("only_mods", default_member_permissions="32", contexts=[0]),
]


async def test_good_commands_come_back_complete(api: Api, page: Page) -> None:
    status, found = await api.call("PUT", PATH, GOOD)
    assert status == 200
    assert [c["name"] for c in found] == [c["name"] for c in GOOD]
    assert all(c["id"] and c["version"] and c["application_id"] == seed.BOT for c in found)
    heard = await page.hear("commands")
    assert {c["name"] for c in heard} == {"малюй", "rysuj-2_x", "deep", "Make Emoji!"}


async def test_the_same_commands_keep_id_and_version(api: Api) -> None:
    _, first = await api.call("PUT", PATH, [command(), command("other")])
    _, second = await api.call("PUT", PATH, [command(), command("other", description="changed")])
    assert second[0] == first[0]
    assert second[1]["id"] == first[1]["id"]
    assert second[1]["version"] != first[1]["version"]
    _, third = await api.call("PUT", PATH, [command()])
    assert [c["name"] for c in third] == ["go"]


async def test_guild_commands_stand_beside_global_ones(api: Api) -> None:
    guild = f"/applications/{seed.BOT}/guilds/{seed.GUILD}/commands"
    await api.call("PUT", PATH, [command()])
    _, own = await api.call("PUT", guild, [command()])
    assert own[0]["guild_id"] == seed.GUILD
    assert len((await api.call("GET", PATH))[1]) == len((await api.call("GET", guild))[1]) == 1
    assert (await api.call("PUT", f"/applications/{seed.BOT}/guilds/1/commands", []))[1]["code"] == 50001
    assert (await api.call("PUT", "/applications/1/commands", []))[1]["code"] == 20012


async def test_single_commands_can_be_made_changed_and_deleted(api: Api) -> None:
    _, made = await api.call("POST", PATH, command())
    _, same = await api.call("POST", PATH, command(description="Replaced"))
    assert same["id"] == made["id"]
    _, changed = await api.call("PATCH", f"{PATH}/{made['id']}", {"description": "Again"})
    assert (await api.call("GET", f"{PATH}/{made['id']}"))[1]["description"] == changed["description"] == "Again"
    assert (await api.call("DELETE", f"{PATH}/{made['id']}"))[0] == 204
    assert (await api.call("GET", f"{PATH}/{made['id']}"))[1]["code"] == 10063


OPTIONS = [
    option("word", required=True, min_length=2, max_length=4),
    option("n", kind=4, min_value=1, max_value=9),
    option("size", kind=4, choices=[{"name": "big", "value": 9}]),
    option("yes", kind=5),
    option("who", kind=6),
    option("file", kind=11),
]


@pytest.mark.parametrize(
    "given",
    [
        [],
        [{"name": "word", "value": "x"}],
        [{"name": "word", "value": "xxxxx"}],
        [{"name": "word", "value": 3}],
        [{"name": "word", "value": "xx"}, {"name": "n", "value": 10}],
        [{"name": "word", "value": "xx"}, {"name": "n", "value": 1.5}],
        [{"name": "word", "value": "xx"}, {"name": "size", "value": 8}],
        [{"name": "word", "value": "xx"}, {"name": "yes", "value": "yes"}],
        [{"name": "word", "value": "xx"}, {"name": "who", "value": "1"}],
        [{"name": "word", "value": "xx"}, {"name": "file", "value": 0}],
        [{"name": "word", "value": "xx"}, {"name": "other", "value": 0}],
        ["word"],
    ],
)
async def test_people_cannot_send_what_discord_would_not_let_them(api: Api, page: Page, given: Any) -> None:
    await api.register(command(options=OPTIONS))
    body = {"channel_id": seed.STUDIO, "command_id": await page.command_id("go"), "options": given}
    status, reply = await page.send("/_/commands", body)
    assert status == 400
    assert reply["message"]
    assert api.stage.play.ledger.read(kind="interaction") == []


async def test_options_come_in_the_commands_order_with_their_types(api: Api, page: Page) -> None:
    await api.register(command(options=OPTIONS))
    await page.command("go", yes=True, who=seed.BOT, n=2.0, word="xyz")
    data = api.newest()["data"]
    assert data["options"] == [
        {"name": "word", "type": 3, "value": "xyz"},
        {"name": "n", "type": 4, "value": 2},
        {"name": "yes", "type": 5, "value": True},
        {"name": "who", "type": 6, "value": seed.BOT},
    ]
    assert data["resolved"]["members"][seed.BOT]["roles"] == [seed.BOT_ROLE]
    assert "user" not in data["resolved"]["members"][seed.BOT]

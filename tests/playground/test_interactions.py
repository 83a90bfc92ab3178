"""Discord's rules of interactions: three seconds, once, fifteen minutes, and what each kind may answer."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp
import pytest

from playground import seed
from tests.playground.conftest import Api, Page, Stage, run_stage
from tests.playground.probe import picture

SLASH = {
    "name": "go",
    "description": "Go",
    "options": [{"type": 3, "name": "w", "description": "w", "autocomplete": True}],
}
BUTTON = {"type": 2, "style": 1, "label": "Press", "custom_id": "press"}
ROW = [{"type": 1, "components": [BUTTON]}]
MODAL = {
    "custom_id": "m",
    "title": "Title",
    "components": [{"type": 18, "label": "Word", "component": {"type": 4, "style": 1, "custom_id": "w"}}],
}


@pytest.fixture
async def typed(api: Api, page: Page) -> Any:
    """A slash command that waits for its first answer."""
    await api.register(SLASH)
    await page.command("go")
    return api.newest()


async def test_the_answer_comes_back_as_discord_gives_it(api: Api, typed: Any) -> None:
    status, reply = await api.answer(typed, 4, {"content": "here"})
    assert status == 200
    assert reply["interaction"]["response_message_id"] == reply["resource"]["message"]["id"]
    assert reply["interaction"]["response_message_loading"] is False
    assert reply["resource"]["type"] == 4
    message = reply["resource"]["message"]
    assert (message["type"], message["author"]["id"], message["webhook_id"]) == (20, seed.BOT, seed.BOT)
    assert message["interaction_metadata"]["user"]["id"] == seed.MEMBER


async def test_without_with_response_the_answer_is_empty(api: Api, typed: Any) -> None:
    path = f"/interactions/{typed['id']}/{typed['token']}/callback"
    assert (await api.call("POST", path, {"type": 5}))[0] == 204


async def test_after_the_time_the_interaction_is_unknown_and_the_person_is_told() -> None:
    async with run_stage(ack_seconds=0.2) as stage, stage.page(seed.MEMBER) as page, aiohttp.ClientSession() as session:
        api = Api(stage, session)
        await api.register(SLASH)
        interaction = await page.command("go")
        failed = await page.done(interaction, "failed")
        assert failed["error"] == "The application did not respond"
        status, reply = await api.answer(api.newest(), 4, {"content": "late"})
        assert (status, reply["code"]) == (404, 10062)
        assert [m["content"] for m in await page.messages() if m["author"]["bot"]] == []


async def test_a_callback_with_a_false_token_is_unknown(api: Api, page: Page) -> None:
    await api.register(SLASH)
    await page.command("go")
    assert (await api.answer({"id": api.newest()["id"], "token": "false"}, 4, {"content": "x"}))[1]["code"] == 10062


async def test_a_second_answer_is_refused(api: Api, typed: Any) -> None:
    await api.answer(typed, 5)
    status, reply = await api.answer(typed, 4, {"content": "again"})
    assert (status, reply["code"]) == (400, 40060)


async def test_two_answers_at_once_leave_one(api: Api, page: Page, typed: Any) -> None:
    files = [("a.png", picture())]
    both = await asyncio.gather(*(api.answer(typed, 4, {"content": str(n)}, files) for n in range(2)))
    assert sorted(status for status, _ in both) == [200, 400]
    assert len([m for m in await page.messages() if m["author"]["bot"]]) == 1


async def test_a_refused_answer_can_be_corrected(api: Api, typed: Any) -> None:
    status, reply = await api.answer(typed, 4, {"content": "x" * 2001})
    assert (status, reply["code"]) == (400, 50035)
    assert reply["errors"]["data"]["content"]["_errors"][0]["code"] == "BASE_TYPE_MAX_LENGTH"
    assert (await api.answer(typed, 4, {"content": "shorter"}))[0] == 200


async def test_the_token_dies() -> None:
    async with (
        run_stage(token_seconds=0.2) as stage,
        stage.page(seed.MEMBER) as page,
        aiohttp.ClientSession() as session,
    ):
        api = Api(stage, session)
        await api.register(SLASH)
        await page.command("go")
        typed = api.newest()
        _, reply = await api.answer(typed, 4, {"content": "x"})
        assert (await api.over_token("PATCH", typed, "@original", {"content": "y"}))[0] == 200
        await asyncio.sleep(0.25)
        for method, where, body in (("PATCH", "@original", {"content": "z"}), ("POST", "", {"content": "more"})):
            status, dead = await api.over_token(method, typed, where, body)
            assert (status, dead["code"]) == (401, 50027)
        path = f"/channels/{seed.STUDIO}/messages/{reply['resource']['message']['id']}"
        assert (await api.call("PATCH", path, {"content": "by id"}))[0] == 200


async def test_before_the_first_answer_the_webhook_is_unknown(api: Api, typed: Any) -> None:
    status, reply = await api.over_token("POST", typed, body={"content": "x"})
    assert (status, reply["code"]) == (404, 10015)


async def test_a_false_token_is_invalid(api: Api) -> None:
    status, reply = await api.over_token("POST", {"token": "nonsense"}, body={"content": "x"})
    assert (status, reply["code"]) == (401, 50027)


async def test_the_first_follow_up_fills_a_deferral_in_and_keeps_it_secret(api: Api, page: Page, typed: Any) -> None:
    _, reply = await api.answer(typed, 5, {"flags": 64})
    loading = reply["resource"]["message"]
    assert loading["flags"] == 64 | 128
    _, first = await api.over_token("POST", typed, body={"content": "secret"})
    assert (first["id"], first["flags"]) == (loading["id"], 64)
    _, second = await api.over_token("POST", typed, body={"content": "open"})
    assert (second["id"] != loading["id"], second["flags"]) == (True, 0)
    _, third = await api.over_token("POST", typed, body={"content": "secret too", "flags": 64})
    assert third["flags"] == 64
    assert {m["content"] for m in await page.messages() if m["author"]["bot"]} == {"secret", "open", "secret too"}


async def test_an_edit_cannot_make_an_answer_secret(api: Api, typed: Any) -> None:
    await api.answer(typed, 5)
    _, edited = await api.over_token("PATCH", typed, "@original", {"content": "x", "flags": 64})
    assert edited["flags"] == 0


async def test_the_original_can_be_read_and_deleted(api: Api, page: Page, typed: Any) -> None:
    _, reply = await api.answer(typed, 4, {"content": "x", "flags": 64})
    _, read = await api.over_token("GET", typed, "@original")
    assert read["id"] == reply["resource"]["message"]["id"]
    assert (await api.over_token("DELETE", typed, "@original"))[0] == 204
    assert (await page.hear("message_delete"))["id"] == read["id"]
    status, gone = await api.over_token("PATCH", typed, "@original", {"content": "y"})
    assert (status, gone["code"]) == (404, 10008)


async def test_a_token_reaches_only_its_own_messages(api: Api, typed: Any) -> None:
    _, other = await api.post({"content": "other"})
    await api.answer(typed, 4, {"content": "x"})
    status, reply = await api.over_token("PATCH", typed, other["id"], {"content": "mine now"})
    assert (status, reply["code"]) == (404, 10008)


async def test_a_button_may_answer_by_editing_its_message(api: Api, page: Page) -> None:
    _, message = await api.post({"content": "x", "components": ROW})
    await page.press(message["id"], "press")
    pressed = api.newest()
    assert (pressed["type"], pressed["data"]["component_type"], pressed["message"]["id"]) == (3, 2, message["id"])
    _, reply = await api.answer(pressed, 7, {"content": "y"})
    assert reply["resource"]["message"]["id"] == message["id"]
    _, original = await api.over_token("GET", pressed, "@original")
    assert (original["id"], original["content"]) == (message["id"], "y")


async def test_a_command_cannot_answer_by_editing(api: Api, typed: Any) -> None:
    for kind in (1, 6, 7, 8, 12):
        status, reply = await api.answer(typed, kind, {"content": "y"})
        assert (status, reply["code"]) == (400, 50035), kind
        assert "type" in reply["errors"]


async def test_a_modal_cannot_open_a_modal(api: Api, page: Page, typed: Any) -> None:
    await api.answer(typed, 9, MODAL)
    body = {"interaction_id": typed["id"], "custom_id": "m", "values": {"w": "word"}}
    assert (await page.send("/_/modals", body))[0] == 200
    submitted = api.newest()
    assert submitted["data"]["components"][0]["component"] == {"type": 4, "id": 2, "custom_id": "w", "value": "word"}
    assert (await api.answer(submitted, 9, MODAL))[0] == 400
    assert (await api.answer(submitted, 4, {"content": "thanks"}))[0] == 200


async def test_a_modal_from_a_button_may_edit_the_message(api: Api, page: Page) -> None:
    _, message = await api.post({"content": "x", "components": ROW})
    opener = await page.press(message["id"], "press")
    await api.answer(api.newest(), 9, MODAL)
    await page.send("/_/modals", {"interaction_id": opener, "custom_id": "m", "values": {"w": "word"}})
    submitted = api.newest()
    assert submitted["message"]["id"] == message["id"]
    assert (await api.answer(submitted, 7, {"content": "edited"}))[0] == 200


@pytest.mark.parametrize("values", [{}, {"w": ""}, {"w": 3}, {"other": "x"}])
async def test_a_modal_must_be_filled_in(api: Api, page: Page, typed: Any, values: Any) -> None:
    await api.answer(typed, 9, MODAL)
    status, reply = await page.send("/_/modals", {"interaction_id": typed["id"], "custom_id": "m", "values": values})
    assert status == 400
    assert reply["message"]


@pytest.mark.parametrize(
    ("choices", "good"),
    [
        ([{"name": "a", "value": "a"}] * 25, True),
        ([{"name": "a", "value": "a"}] * 26, False),
        ([{"name": "a", "value": 3}], False),
        ([{"name": "a" * 101, "value": "a"}], False),
        ([{"name": "", "value": "a"}], False),
        ([{"name": "a"}], False),
    ],
)
async def test_choices_of_autocomplete_are_checked(api: Api, page: Page, choices: Any, good: bool) -> None:
    await api.register(SLASH)
    body = {
        "channel_id": seed.STUDIO,
        "command_id": await page.command_id("go"),
        "options": [{"name": "w", "value": "x", "focused": True}],
    }
    asking = asyncio.create_task(page.send("/_/autocomplete", body))
    status, _ = await api.answer(await api.hear_interaction(), 8, {"choices": choices})
    assert status == (200 if good else 400)
    if not good:
        await api.answer(api.newest(), 8, {"choices": []})
    assert (await asking)[1]["choices"] == (choices if good else [])


async def test_autocomplete_that_never_comes_is_told() -> None:
    async with run_stage(ack_seconds=0.1) as stage, stage.page(seed.MEMBER) as page, aiohttp.ClientSession() as session:
        await Api(stage, session).register(SLASH)
        body = {
            "channel_id": seed.STUDIO,
            "command_id": await page.command_id("go"),
            "options": [{"name": "w", "value": "x", "focused": True}],
        }
        status, reply = await page.send("/_/autocomplete", body)
        assert (status, reply["message"]) == (504, "Loading options failed")


async def test_the_page_can_measure_the_stages(api: Api, page: Page, typed: Any) -> None:
    await asyncio.sleep(0.05)
    await api.answer(typed, 5)
    thinking = await page.get(f"/_/interactions/{typed['id']}")
    assert (thinking["state"], thinking["answered_ms"]) == ("thinking", None)
    await api.over_token("PATCH", typed, "@original", {"content": "x"})
    done = await page.get(f"/_/interactions/{typed['id']}")
    assert done["state"] == "answered"
    assert 50 <= done["acknowledged_ms"] <= done["answered_ms"] <= (time.time() - done["created_at"]) * 1000 + 1


async def test_the_payload_tells_who_where_and_what_they_may(api: Api, typed: Any, stage: Stage) -> None:
    assert typed["member"]["user"]["id"] == seed.MEMBER
    assert int(typed["member"]["permissions"]) & 1 << 31
    assert int(typed["app_permissions"]) == stage.play.world.permissions(
        seed.BOT, stage.play.world.channel(seed.STUDIO)
    )
    assert typed["attachment_size_limit"] == 20 * 1024 * 1024
    assert (typed["context"], typed["authorizing_integration_owners"]) == (0, {"0": seed.GUILD})
    assert typed["channel"]["name"] == "studio"

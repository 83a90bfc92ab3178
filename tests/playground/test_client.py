"""The real discord.py client on the playground, the roads an art bot takes."""

from __future__ import annotations

import discord
import pytest

from playground import seed
from tests.playground.conftest import Json, Page, Stage
from tests.playground.probe import Probe, file, panel, picture


async def test_a_slash_command_is_answered_with_a_panel_and_pictures(stage: Stage, page: Page, bot: Probe) -> None:
    interaction = await page.command("generate", count=9)
    message = await page.answer_to(interaction)
    assert message["flags"] & 1 << 15
    gallery = message["components"][0]["components"][2]
    url = gallery["items"][0]["media"]["url"]
    async with page.session.get(url) as served:
        assert await served.read() == picture()
        assert served.content_type == "image/png"
    heard = await page.hear("message_create", lambda d: d["id"] == message["id"])
    assert heard["components"] == message["components"]
    assert message["interaction_metadata"]["user"]["id"] == seed.MEMBER
    assert bot.errors == []


async def test_a_deferred_answer_is_filled_in_and_followed_up(page: Page, bot: Probe) -> None:
    interaction = await page.command("slow")
    thinking = await page.hear("message_create", lambda d: d["flags"] & 128)
    filled = await page.hear("message_update", lambda d: d["id"] == thinking["id"])
    assert filled["flags"] == 1 << 15
    assert [a["filename"] for a in filled["attachments"]] == ["a.png"]
    more = await page.hear("message_create", lambda d: d["content"] == "that was it")
    assert more["message_reference"]["message_id"] == thinking["id"]
    assert (await page.done(interaction))["message_id"] == thinking["id"]
    assert bot.errors == []


async def test_an_ephemeral_answer_shows_to_its_addressee_alone(stage: Stage, page: Page, bot: Probe) -> None:
    async with stage.page(seed.ARTIST) as other:
        await page.command("slow", secret=True)
        await page.hear("message_create", lambda d: d["content"] == "that was it")
        mine = [m for m in await page.messages() if m["flags"] & 64]
        assert len(mine) == 1
        assert not any(m["id"] == mine[0]["id"] for m in await other.messages())
        assert not any(e["t"].startswith("message") and e["d"]["id"] == mine[0]["id"] for e in other.events)
        assert mine[0]["id"] not in {str(m.id) for m in bot.heard}
        with pytest.raises(discord.NotFound):
            await bot.get_partial_messageable(int(seed.STUDIO)).fetch_message(int(mine[0]["id"]))
        status, _ = await page.send(f"/_/channels/{seed.STUDIO}/messages/{mine[0]['id']}", method="DELETE")
        assert status == 200
        assert mine[0]["id"] not in {m["id"] for m in await page.messages()}


async def test_options_bring_files_and_members(page: Page, bot: Probe) -> None:
    shot = picture(side=48)
    interaction = await page.command("measure", files=[("my shot.png", shot)], image=0, friend=seed.ARTIST)
    assert (await page.answer_to(interaction))["content"] == f"48 {len(shot)} Ada"


async def test_autocomplete_asks_the_bot(page: Page, bot: Probe) -> None:
    body = {
        "channel_id": seed.STUDIO,
        "command_id": await page.command_id("generate"),
        "options": [{"name": "style", "value": "ink", "focused": True}],
    }
    status, reply = await page.send("/_/autocomplete", body)
    assert status == 200
    assert reply["choices"][2] == {"name": "ink-2", "value": "ink2"}


async def test_a_dynamic_button_works_after_the_bot_restarts(stage: Stage, page: Page) -> None:
    async with stage.bot():
        message = await page.answer_to(await page.command("generate"))
    await page.hear("presence", lambda d: not d["online"])
    async with stage.bot():
        await page.done(await page.press(message["id"], "again:0"))
        edited = await page.hear("message_update", lambda d: d["id"] == message["id"])
    assert [a["filename"] for a in edited["attachments"]] == ["b.png"]
    assert edited["components"][0]["components"][0]["content"] == "## Picture 1"
    assert edited["edited_timestamp"]


async def test_a_select_and_a_silent_acknowledgement(page: Page, bot: Probe) -> None:
    message = await page.answer_to(await page.command("choose"))
    await page.done(await page.press(message["id"], "later"))
    assert (await page.hear("message_update"))["content"] == "done later"
    await page.done(await page.press(message["id"], "which", ["c", "a"]))
    shown = next(m for m in await page.messages() if m["id"] == message["id"])
    assert shown["content"] == "chose c,a"
    assert shown["components"] == []


async def test_a_modal_takes_text_and_files(page: Page, bot: Probe) -> None:
    opened = await page.done(await page.command("ask"), "modal")
    assert [c["type"] for c in opened["modal"]["components"]] == [18, 18]
    one, two = picture("red"), picture("blue", 64)
    body = {
        "interaction_id": opened["id"],
        "custom_id": opened["modal"]["custom_id"],
        "values": {"word": "hello", "files": [1, 0]},
    }
    status, reply = await page.send("/_/modals", body, [("1.png", one), ("2.png", two)])
    assert status == 200, reply
    answer = await page.answer_to(reply["interaction_id"])
    assert answer["content"] == f"hello: [{len(two)}, {len(one)}]"
    again, reply = await page.send("/_/modals", body, [("1.png", one), ("2.png", two)])
    assert again == 400
    assert "already" in reply["message"]


async def test_context_menus_get_the_whole_target(page: Page, bot: Probe) -> None:
    path = f"/_/channels/{seed.STUDIO}/messages"
    _, mine = await page.send(path, {"content": "look"}, [("me.png", picture())])
    body = {"channel_id": seed.STUDIO, "command_id": await page.command_id("Remix this"), "target_id": mine["id"]}
    _, reply = await page.send("/_/commands", body)
    assert (await page.answer_to(reply["interaction_id"]))["content"] == "look/1"
    body = {"channel_id": seed.STUDIO, "command_id": await page.command_id("Pictures by"), "target_id": seed.ARTIST}
    _, reply = await page.send("/_/commands", body)
    assert (await page.answer_to(reply["interaction_id"]))["content"] == f"<@{seed.ARTIST}>"


async def test_direct_messages_go_both_ways(page: Page, bot: Probe) -> None:
    world = await page.get("/_/world")
    direct = next(c["id"] for c in world["channels"] if c["type"] == 1)
    await page.send(f"/_/channels/{direct}/messages", {"content": "hello bot"})
    reply = await page.hear("message_create", lambda d: d["author"]["bot"] and d["channel_id"] == direct)
    assert reply["content"] == "you said hello bot"
    assert reply["referenced_message"]["content"] == "hello bot"
    answer = await page.answer_to(await page.command("generate", channel=direct))
    assert answer["channel_id"] == direct
    person = await bot.fetch_user(int(seed.MEMBER))
    await person.send(files=[file("present.png")])
    assert await page.hear("message_create", lambda d: [a["filename"] for a in d["attachments"]] == ["present.png"])


async def test_without_the_intent_the_bot_reads_no_strangers_words(page: Page, bot: Probe) -> None:
    path = f"/_/channels/{seed.STUDIO}/messages"
    _, secret = await page.send(path, {"content": "not for bots"}, [("me.png", picture())])
    _, called = await page.send(path, {"content": f"hey <@{seed.BOT}>"})
    await page.done(await page.command("generate"))
    heard = {str(m.id): m for m in bot.heard}
    assert (heard[secret["id"]].content, heard[secret["id"]].attachments) == ("", [])
    assert heard[called["id"]].content.startswith("hey")


async def test_subcommands_and_moderators_commands(stage: Stage, page: Page, bot: Probe) -> None:
    world = await page.get("/_/world")
    may = {c["name"]: c["may"] for c in world["commands"]}
    assert may["album"] == {"guild": True, "dm": True}
    assert may["rule"] == {"guild": False, "dm": True}
    body = {
        "channel_id": seed.STUDIO,
        "command_id": await page.command_id("album"),
        "options": [{"name": "open", "options": [{"name": "name", "value": "frogs"}]}],
    }
    _, reply = await page.send("/_/commands", body)
    assert (await page.answer_to(reply["interaction_id"]))["content"] == "opened frogs"
    async with stage.page(seed.MODERATOR) as moss:
        assert (await moss.answer_to(await moss.command("rule")))["content"] == "ruled"
        rule = await moss.command_id("rule")
    status, _ = await page.send("/_/commands", {"channel_id": seed.STUDIO, "command_id": rule})
    assert status == 403


async def test_emoji_stickers_threads_and_reactions(stage: Stage, page: Page, bot: Probe) -> None:
    guild = await bot.fetch_guild(int(seed.GUILD))
    made = await guild.create_custom_emoji(name="my_frog", image=picture())
    assert await page.hear("emojis", lambda d: any(e["name"] == "my_frog" for e in d))
    assert await made.read() == picture()
    sticker = await guild.create_sticker(name="frog", description="a frog", emoji="frog", file=_sticker())
    assert sticker.name == "frog"
    channel = await bot.fetch_channel(int(seed.STUDIO))
    assert isinstance(channel, discord.TextChannel)
    message = await channel.send(view=panel(), files=[file()])
    await message.add_reaction(made)
    await message.add_reaction("🎨")
    shown = next(m for m in await page.messages() if m["id"] == str(message.id))
    assert [r["emoji"]["name"] for r in shown["reactions"]] == ["my_frog", "🎨"]
    thread = await message.create_thread(name="about this")
    await thread.send("in the thread")
    assert thread.id == message.id
    in_thread: list[Json] = await page.messages(str(thread.id))
    assert in_thread[0]["content"] == "in the thread"
    await made.delete()
    assert not any(e["name"] == "my_frog" for e in stage.play.world.emojis.values())


def _sticker() -> discord.File:
    import io

    return discord.File(io.BytesIO(picture(side=320)), "frog.png")


async def test_a_message_by_id_outlives_the_token(page: Page, bot: Probe) -> None:
    """What a bot does after 15 minutes: edit by message id with its own token."""
    message = await page.answer_to(await page.command("generate"))
    partial = bot.get_partial_messageable(int(seed.STUDIO)).get_partial_message(int(message["id"]))
    await partial.edit(view=panel(7), attachments=[file("b.png")])
    shown = next(m for m in await page.messages() if m["id"] == message["id"])
    assert shown["components"][0]["components"][0]["content"] == "## Picture 7"

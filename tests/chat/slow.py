"""A chat whose bot is slow to answer, and what the tests of the messenger look at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.stories import NoticeView
from playground.seed import BOT_ROLE
from playground.settings import Settings
from tests.chat.conftest import Chat, chatting
from tests.chat.people import Person, Shown, eventually

CALLBACK = "/interactions/{interaction_id}/{token}/callback"
WEBHOOK_MESSAGE = "/webhooks/{application_id}/{token}/messages/{message_id}"
CHANNEL_MESSAGES = "/channels/{channel_id}/messages"
CHANNEL_MESSAGE = "/channels/{channel_id}/messages/{message_id}"

WAIT = NoticeView(tone="info", text="The worker does not answer just now.", passing=True)


@asynccontextmanager
async def slow(defer_after: float = 0.1, **settings: Any) -> AsyncIterator[tuple[Chat, Person]]:
    """A chat that defers early, and whose studio works only when told to."""
    messenger = {"defer_after": defer_after}
    if "token_life" in settings:
        messenger["token_seconds"] = settings.pop("token_life")
    async with chatting(Settings(port=0, **settings), **messenger) as chat:
        chat.studio.hold = asyncio.Event()
        yield chat, await chat.member()


def release(chat: Chat) -> None:
    assert chat.studio.hold is not None
    chat.studio.hold.set()


async def the_one_message(chat: Chat, person: Person, *problems: str) -> Shown:
    await chat.studio.settle()
    assert await chat.problems() == list(problems)
    (only,) = await person.messages_of_bot()
    assert not only.thinking
    return only


async def types_sent(chat: Chat) -> list[int]:
    """The types of the acknowledgements, in order."""
    return [one["body"]["type"] for one in await chat.requests("POST", CALLBACK)]


async def until_asked(chat: Chat, times: int = 1) -> None:
    """Wait until the studio was asked so often."""

    async def look() -> bool | None:
        return True if len(chat.studio.asked) >= times else None

    await eventually(look, f"ask {times}")


async def until_the_token_dies(chat: Chat) -> None:
    await asyncio.sleep(chat.playground.settings.token_seconds + 0.05)


async def take_permissions(chat: Chat) -> None:
    """Leave the bot nothing but View Channels."""
    for role in (BOT_ROLE, chat.playground.world.guild_id):
        async with chat.http.patch(f"/_/roles/{role}", json={"permissions": str(1 << 10)}) as answer:
            assert answer.status < 300, await answer.text()

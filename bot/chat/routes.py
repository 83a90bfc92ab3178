"""The single ways to bring a message to Discord, with its error codes turned into what they mean for us.

Each function is one try of one route; which route comes after which is `bot.chat.messenger`'s business.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal, TypedDict, TypeVar

import aiohttp
import discord
from discord.http import handle_message_parameters
from discord.webhook.async_ import async_context, interaction_message_response_params

from bot.chat import texts
from bot.chat.origins import Interaction
from bot.chat.parts import Panel
from bot.errors import Refused, Retry
from bot.stories import Origin

CALLBACK_S = 10.0
"""For an acknowledgement, which counts for three seconds only."""
ROUTE_S = 60.0
"""For everything else: the largest upload on a slow line."""
READ_BACK = 50
"""Messages after the interaction among which an answer of unknown fate is looked for."""


T = TypeVar("T")
Reason = Literal["answered", "late", "unacknowledged", "dead", "gone"]


class Closed(Exception):
    """This route does not lead there. `answered`: the interaction has its one acknowledgement already. `late`: its
    three seconds are over. `unacknowledged`: it never got one, so there is no @original. `dead`: its token is. `gone`:
    the message was deleted."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Unsure(Exception):
    """The connection broke or Discord failed: the request may have been carried out, or not."""


_CLOSED: dict[int, Reason] = {
    40060: "answered",
    10062: "late",
    10015: "unacknowledged",
    50027: "dead",
    10008: "gone",
}
_REFUSED = {
    50001: texts.FEWER_PERMISSIONS,
    50013: texts.FEWER_PERMISSIONS,
    10003: texts.CHANNEL_GONE,
    40005: texts.TOO_LARGE,
}
_OLD_MESSAGE_EDITS = 30046


def meaning(error: discord.HTTPException) -> Exception:
    """What an error of Discord's means for us; the error itself where it can only be our mistake."""
    if error.code in _CLOSED:
        return Closed(_CLOSED[error.code])
    if error.code in _REFUSED:
        return Refused(_REFUSED[error.code])
    if error.code == _OLD_MESSAGE_EDITS:
        return Retry(texts.DISCORD_SLOW, after=30.0)
    if error.status == 429:
        return Retry(texts.DISCORD_SLOW, after=float(error.response.headers.get("Retry-After", 5.0)))
    if error.status == 413:
        return Refused(texts.TOO_LARGE)
    if error.status == 401:
        return Closed("dead")
    if error.status == 403:
        return Refused(texts.FEWER_PERMISSIONS)
    if error.status >= 500:
        return Unsure(str(error))
    return error


@contextmanager
def translated() -> Iterator[None]:
    """Raise what an error means (`Closed`, `Unsure`, `Refused`, `Retry`) instead of the error."""
    try:
        yield
    except discord.InteractionResponded as error:  # the first try went through, though we did not come to know it
        raise Closed("answered") from error
    except discord.RateLimited as error:
        raise Retry(texts.DISCORD_SLOW, after=error.retry_after) from error
    except discord.HTTPException as error:
        means = meaning(error)
        if means is error:
            raise
        raise means from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise Unsure(repr(error)) from error


async def answer(interaction: Interaction, panel: Panel, *, update: bool) -> int | None:
    """Answer inside the acknowledgement: a new message, or (`update`) an edit of the pressed one. Returns its id."""
    panel.view.stop()  # nothing of it needs dispatching: presses are found by their custom ids
    with translated():
        if update:
            sending = interaction.response.edit_message(view=panel.view, attachments=panel.uploads())
        else:
            sending = interaction.response.send_message(
                view=panel.view, files=panel.uploads(), ephemeral=panel.ephemeral
            )
        placed = await _sent(sending, CALLBACK_S)
    pressed = interaction.message.id if update and interaction.message else None
    return (placed.message_id if placed else None) or pressed


async def answer_anew(client: discord.Client, origin: Origin, panel: Panel, *, update: bool) -> int | None:
    """Answer inside the acknowledgement from the origin's data alone, as a new process has to. Returns the id."""
    panel.view.stop()
    kind = discord.InteractionResponseType.message_update if update else discord.InteractionResponseType.channel_message
    flags = discord.MessageFlags(ephemeral=panel.ephemeral)
    with (
        translated(),
        interaction_message_response_params(
            type=kind.value,
            flags=flags,
            attachments=panel.uploads(),
            view=panel.view,
            allowed_mentions=discord.AllowedMentions.none(),
        ) as body,
    ):
        callback = async_context.get().create_interaction_response(
            origin.interaction_id,
            origin.token,
            **_over(client),
            params=body,
        )
        data = await _sent(callback, CALLBACK_S)
    placed = (data or {}).get("interaction", {}).get("response_message_id")
    return int(placed) if placed else origin.message_id if update else None


async def original(client: discord.Client, origin: Origin) -> int:
    """The id of @original. Raises `Closed`: `unacknowledged`, `dead`, or `gone`."""
    with translated():
        data = await _sent(
            async_context.get().get_original_interaction_response(
                origin.application_id,
                origin.token,
                **_over(client),
            )
        )
    return int(data["id"])


async def defer(interaction: Interaction, *, thinking: bool, private: bool) -> int | None:
    """Acknowledge without an answer. Returns the id of the "thinking…" message, where there is one."""
    with translated():
        placed = await _sent(interaction.response.defer(thinking=thinking, ephemeral=private), CALLBACK_S)
    return placed.message_id if placed else None


async def edit_original(client: discord.Client, origin: Origin, panel: Panel) -> int:
    """Make @original exactly this panel, from the origin's data alone. Returns the message's id."""
    panel.view.stop()
    with (
        translated(),
        handle_message_parameters(
            attachments=panel.uploads(), view=panel.view, allowed_mentions=discord.AllowedMentions.none()
        ) as body,
    ):
        data = await _sent(
            async_context.get().edit_original_interaction_response(
                origin.application_id,
                origin.token,
                **_over(client),
                payload=body.payload,
                multipart=body.multipart,
                files=body.files,
            )
        )
    return int(data["id"])


async def delete_original(client: discord.Client, origin: Origin) -> None:
    with translated():
        await _sent(
            async_context.get().delete_original_interaction_response(
                origin.application_id,
                origin.token,
                **_over(client),
            )
        )


async def send_followup(client: discord.Client, origin: Origin, panel: Panel) -> int:
    """Put a message beside @original. Not repeatable: follow-ups have no nonce."""
    panel.view.stop()
    webhook = discord.Webhook.partial(origin.application_id, origin.token, client=client)
    with (
        translated(),
        handle_message_parameters(
            files=panel.uploads(),
            view=panel.view,
            flags=discord.MessageFlags(ephemeral=panel.ephemeral),
            allowed_mentions=discord.AllowedMentions.none(),
        ) as body,
    ):
        data = await _sent(
            async_context.get().execute_webhook(
                webhook.id,
                origin.token,
                **_over(client),
                payload=body.payload,
                multipart=body.multipart,
                files=body.files,
                wait=True,
            )
        )
    return int(data["id"]) if data else 0


async def edit_message(client: discord.Client, channel_id: int, message_id: int, panel: Panel) -> None:
    """Edit a message of ours with the bot's own token, which never dies."""
    panel.view.stop()
    message = client.get_partial_messageable(channel_id).get_partial_message(message_id)
    with translated():
        await _sent(message.edit(view=panel.view, attachments=panel.uploads()))


async def delete_message(client: discord.Client, channel_id: int, message_id: int) -> None:
    """Delete a message of ours; one that is gone already is fine."""
    with translated():
        await _sent(client.get_partial_messageable(channel_id).get_partial_message(message_id).delete())


async def post(client: discord.Client, origin: Origin, panel: Panel) -> int:
    """Post in the origin's channel under the request's own nonce: Discord keeps one message a nonce for minutes."""
    panel.view.stop()
    channel = client.get_partial_messageable(origin.channel_id)
    pressed: dict[str, Any] = {}
    if origin.message_id is not None and not origin.private:
        reference = discord.MessageReference(
            message_id=origin.message_id, channel_id=origin.channel_id, fail_if_not_exists=False
        )
        pressed = {"reference": reference, "mention_author": False}
    with translated():
        nonce = f"{origin.interaction_id}-0"
        message = await _sent(channel.send(view=panel.view, files=panel.uploads(), nonce=nonce, silent=True, **pressed))
    return message.id


@dataclass(frozen=True)
class Standing:
    """What of ours answers a request already."""

    answer: int | None = None
    """The message that does."""
    original: bool = False
    """Is it the interaction's own, rather than a post?"""
    thinking: int | None = None
    """A "thinking…" message left beside it."""
    readable: bool = True
    """Could the channel be read at all?"""


async def read_back(client: discord.Client, origin: Origin, panel: Panel) -> Standing:
    """Look for our own answer to this request: the interaction's message, or a post of this panel.

    An acknowledgement stands among the first messages after the interaction, a late post among the newest.
    """
    after = discord.Object(origin.interaction_id)
    channel = client.get_partial_messageable(origin.channel_id)
    wanted = marks(panel.view)
    standing, seen = Standing(), 0
    with translated():
        async for message in channel.history(limit=READ_BACK, after=after, oldest_first=True):
            standing, seen = _noticed(standing, message, client, origin, wanted), seen + 1
        if standing.answer is None and seen == READ_BACK:
            async for message in channel.history(limit=READ_BACK):
                standing = _noticed(standing, message, client, origin, wanted)
    return standing


def _noticed(
    standing: Standing, message: discord.Message, client: discord.Client, origin: Origin, wanted: frozenset[str]
) -> Standing:
    if client.user is None or message.author.id != client.user.id or message.id < origin.interaction_id:
        return standing
    cause = message.interaction_metadata
    ours = cause is not None and cause.id == origin.interaction_id
    if ours and message.flags.loading:
        return replace(standing, thinking=message.id)
    if ours or (wanted and wanted & _marks(_components(message.components))):
        return replace(standing, answer=message.id, original=ours)
    return standing


def marks(view: discord.ui.LayoutView) -> frozenset[str]:
    """What tells this panel from all others: the ids that name its request, else its words."""
    return _marks(_items(view))


_OWN = ("a:reroll:", "a:delete:", "a:stop:", "a:pause:", "a:resume:", "a:cancel:", "a:default:")


def _marks(pieces: Iterator[Any]) -> frozenset[str]:
    ids: set[str] = set()
    words: set[str] = set()
    for piece in pieces:
        custom_id = getattr(piece, "custom_id", None)
        if isinstance(custom_id, str) and custom_id.startswith(_OWN):
            ids.add(custom_id)
        if content := getattr(piece, "content", None):
            words.add(str(content))
    return frozenset(ids or words)


def _items(view: discord.ui.LayoutView) -> Iterator[Any]:
    yield from view.walk_children()


def _components(components: Any) -> Iterator[Any]:
    for component in components:
        yield component
        yield from _components(getattr(component, "children", ()))


async def _sent(sending: Awaitable[T], seconds: float = ROUTE_S) -> T:
    """What Discord answers; a connection that hangs ends as one that breaks does."""
    async with asyncio.timeout(seconds):
        return await sending


class _Way(TypedDict):
    session: aiohttp.ClientSession
    proxy: str | None
    proxy_auth: aiohttp.BasicAuth | None


def _over(client: discord.Client) -> _Way:
    """By the client's own HTTP session and proxy; discord.py hands the session to webhooks only through one."""
    session = discord.Webhook.partial(0, "", client=client).session
    return {"session": session, "proxy": client.http.proxy, "proxy_auth": client.http.proxy_auth}

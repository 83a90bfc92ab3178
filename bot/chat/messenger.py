"""Bringing views to Discord so that each request ends with exactly one message, whatever breaks in between.

Routes, in order: inside the acknowledgement while the interaction is unanswered; an exact edit of @original while its
token lives; an edit by message id with the bot's own token; a post under the request's nonce, after looking whether an
earlier try stands already. `Origin` alone is enough for all but the first, so a restart changes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace
from typing import Literal

import discord
import structlog

from bot.chat import charts, emoji, panels, routes, texts, training_panel
from bot.chat.live import Live, LiveInteractions, State
from bot.chat.origins import Interaction
from bot.chat.parts import Panel
from bot.chat.routes import Closed, Standing, Unsure
from bot.errors import Refused, Retry
from bot.stories import NoticeView, Origin, PicturesView, Posted, TrainingView, View

log = structlog.get_logger(__name__)

DEFER_AFTER_SECONDS = 2.0
TOKEN_SECONDS = 14 * 60.0
"""A token lives 15 minutes; the last one is left for requests on their way."""
CONNECT_SECONDS = 30.0


class DiscordMessenger:
    """`stories.Messenger` over one discord.py client, which is attached once it exists."""

    def __init__(self, *, defer_after: float = DEFER_AFTER_SECONDS, token_seconds: float = TOKEN_SECONDS) -> None:
        self._client: discord.Client | None = None
        self._connected = asyncio.Event()
        self._token_seconds = token_seconds
        self._live = LiveInteractions(self._defer, defer_after)

    def attach(self, client: discord.Client) -> None:
        """The client is logged in: messages can go out. Recovered workflows wait for this."""
        self._client = client
        self._connected.set()

    async def close(self) -> None:
        await self._live.close()

    def watch(self, interaction: Interaction, origin: Origin) -> None:
        """From now on the interaction is acknowledged in time, whatever happens to its request."""
        self._live.watch(interaction, origin)

    def origin_of(self, interaction_id: int) -> Origin | None:
        live = self._live.get(interaction_id)
        return live.origin if live else None

    async def show(self, origin: Origin, panel: Panel) -> None:
        """Answer with a page of the chat's own: a list, a question, the help."""
        await self._place(origin, panel, "page", None)

    async def dismiss(self, origin: Origin) -> None:
        """Take the pressed message away: a question that was answered with no."""
        client = await self._ready()
        if await self.acknowledge(origin):
            with contextlib.suppress(Closed, Unsure):
                await routes.delete_original(client, origin)

    # --- stories.Messenger -------------------------------------------------------------------------------------------

    async def deliver(self, origin: Origin, view: View, posted: Posted | None = None) -> Posted:
        """Show `view` as the answer to `origin`; see `bot.stories.Messenger`. Raises `Refused` or `Retry`."""
        return await self._place(origin, await self._panel(origin, view), view.kind, posted)

    async def acknowledge(self, origin: Origin) -> bool:
        """Defer if nothing was sent yet. False: it was too late, the member saw "did not respond"."""
        async with self._live.turn(origin.interaction_id):
            live = self._live.get(origin.interaction_id)
            if live is None:
                return True  # an earlier process acknowledged it, or the edit of @original will find out
            if live.state is State.open:
                await self._defer(live)
            return live.state is not State.lost

    async def delete(self, origin: Origin, posted: Posted) -> None:
        """Take a message of ours away; gone already is fine. Raises `Refused` where we may not."""
        client = await self._ready()
        if posted.message_id is None:
            return
        try:
            await routes.delete_message(client, posted.channel_id, posted.message_id)
        except Closed as closed:
            if closed.reason != "gone":
                raise Retry(texts.DISCORD_SLOW, after=5.0) from closed
        except Unsure as error:
            raise Retry(texts.DISCORD_SLOW, after=2.0) from error
        except Refused as error:
            raise Refused(texts.DELETE_FORBIDDEN) from error

    async def make_emoji(self, origin: Origin, name: str, picture: bytes) -> str:
        """Add a custom emoji and return its mention. Raises `Refused` (no permission, no slot) or `Retry`."""
        return await emoji.make(await self._ready(), origin, name, picture)

    # --- the routes, in order ----------------------------------------------------------------------------------------

    async def _place(self, origin: Origin, panel: Panel, kind: str, posted: Posted | None) -> Posted:
        client = await self._ready()
        async with self._live.turn(origin.interaction_id):
            live = self._live.get(origin.interaction_id)
            try:
                placed = await self._answer(live, kind, panel) if live and live.state is State.open else None
                placed = placed or await self._later(client, origin, kind, panel, live, posted)
            except Unsure as error:
                raise Retry(texts.DISCORD_SLOW, after=2.0) from error
            if live is not None:
                live.shown = kind
                live.thinking = False
            return placed

    async def _answer(self, live: Live, kind: str, panel: Panel) -> Posted | None:
        """Inside the acknowledgement. None: it is acknowledged or lost, another route has to be taken."""
        update = live.origin.placing == "prompt" or (live.origin.placing == "panel" and kind != "notice")
        update = update and live.origin.component
        live.own_message = not update
        for _ in range(2):  # a second try is harmless: Discord takes one acknowledgement
            try:
                live.message_id = await routes.answer(live.interaction, panel, update=update)
            except Closed as closed:
                live.state = State.acknowledged if closed.reason == "answered" else State.lost
                if live.state is State.lost:
                    log.warning("too late to answer", request=live.origin.interaction_id)
                return None
            except Unsure as error:
                log.warning("answer of unknown fate", request=live.origin.interaction_id, error=str(error))
                continue
            live.state = State.acknowledged
            return Posted(channel_id=live.origin.channel_id, message_id=live.message_id, route="callback")
        live.state = State.unsure
        return None

    async def _defer(self, live: Live) -> None:
        placing = live.origin.placing
        thinking = placing in {"new", "private"} or not live.origin.component
        live.own_message = thinking
        for _ in range(2):
            try:
                live.message_id = await routes.defer(live.interaction, thinking=thinking, private=placing == "private")
            except Closed as closed:
                live.state = State.acknowledged if closed.reason == "answered" else State.lost
                if live.state is State.lost:
                    log.warning("too late to acknowledge", request=live.origin.interaction_id)
                return
            except Unsure:
                live.state = State.unsure
                continue
            live.state = State.acknowledged
            break
        live.thinking = thinking

    async def _later(
        self, client: discord.Client, origin: Origin, kind: str, panel: Panel, live: Live | None, posted: Posted | None
    ) -> Posted:
        """The interaction has its acknowledgement (or lost its chance): edit what stands, or post."""
        alive = not _lost(live) and time.time() - origin.at < self._token_seconds
        if alive and (posted is None or posted.route in {"callback", "original"}):
            placed = await self._by_token(client, origin, kind, panel, live, posted)
            if placed is not None:
                return placed
        message_id = posted.message_id if posted else None
        if message_id is None and origin.placing == "panel" and kind != "notice":
            message_id = origin.message_id
        if message_id is not None and not panel.ephemeral:
            return await self._by_id(client, origin, panel, message_id)
        if (panel.ephemeral and origin.component) or (_lost(live) and origin.component):
            log.warning("no way left to answer", request=origin.interaction_id, view=kind)
            return Posted(channel_id=origin.channel_id, message_id=None, route="original")
        return await self._by_post(client, origin, panel, live)

    async def _by_token(
        self, client: discord.Client, origin: Origin, kind: str, panel: Panel, live: Live | None, posted: Posted | None
    ) -> Posted | None:
        """An exact edit of @original, or a notice beside it. None: the token is dead."""
        beside = kind == "notice" and self._panel_stands(origin, live) and posted is None
        try:
            if beside:
                message_id = await routes.send_followup(client, origin, panel)
                return _at(origin, message_id, "followup")
            return _at(origin, await _twice(client, origin, panel), "original")
        except Closed as closed:
            if closed.reason == "gone":  # someone deleted it: they have seen the answer, or do not want it
                known = posted.message_id if posted else live.message_id if live else None
                return _at(origin, known, "original")
            if live is not None and live.state is State.unsure:
                live.state = State.lost  # the acknowledgement never arrived
            return None

    async def _by_id(self, client: discord.Client, origin: Origin, panel: Panel, message_id: int) -> Posted:
        try:
            await routes.edit_message(client, origin.channel_id, message_id, panel)
        except Closed as closed:
            if closed.reason != "gone":
                raise Retry(texts.DISCORD_SLOW, after=5.0) from closed
        return _at(origin, message_id, "message")

    async def _by_post(self, client: discord.Client, origin: Origin, panel: Panel, live: Live | None) -> Posted:
        """A new message under our own nonce, unless an earlier try stands already."""
        thinking = live.message_id if live and live.thinking else None
        if live is None or live.post_unsure:
            standing = await self._standing(client, origin, panel)
            if standing.answer is not None:
                return await self._by_id(client, origin, panel, standing.answer)
            thinking = standing.thinking or thinking
        public = replace(panel, ephemeral=False)
        try:
            message_id = await routes.post(client, origin, public)
        except Unsure:
            if live is not None:
                live.post_unsure = True
            standing = await self._standing(client, origin, panel)
            message_id = standing.answer or await routes.post(client, origin, public)
        if thinking is not None:
            await self._tidy(client, origin, thinking)
        return _at(origin, message_id, "post")

    # --- small helps -------------------------------------------------------------------------------------------------

    async def _standing(self, client: discord.Client, origin: Origin, panel: Panel) -> Standing:
        try:
            return await routes.read_back(client, origin, panel)
        except (Refused, Closed):
            return Standing()  # we may not read here: the nonce alone has to do

    async def _tidy(self, client: discord.Client, origin: Origin, message_id: int) -> None:
        """Take away the "thinking…" message that the answer could not fill."""
        try:
            await routes.delete_message(client, origin.channel_id, message_id)
        except (Closed, Unsure, Refused, Retry) as error:
            log.info("a thinking message stays", request=origin.interaction_id, error=str(error))

    def _panel_stands(self, origin: Origin, live: Live | None) -> bool:
        """Would an edit of @original write over pictures or a training with a mere notice?"""
        if live is None:
            return origin.placing == "panel"
        return live.shown in {"pictures", "training"} or (origin.placing == "panel" and not live.own_message)

    async def _panel(self, origin: Origin, view: View) -> Panel:
        match view:
            case PicturesView():
                return panels.pictures(view, private=origin.placing == "private")
            case TrainingView():
                return training_panel.training(view, await asyncio.to_thread(charts.draw, view.history))
            case NoticeView():
                return panels.notice(view)

    async def _ready(self) -> discord.Client:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._connected.wait()
        except TimeoutError as error:
            raise Retry(texts.NOT_CONNECTED, after=5.0) from error
        assert self._client is not None
        if self._client.is_closed():
            raise Retry(texts.NOT_CONNECTED, after=2.0)  # on the way out, or between two logins
        return self._client


def _lost(live: Live | None) -> bool:
    return live is not None and live.state is State.lost


async def _twice(client: discord.Client, origin: Origin, panel: Panel) -> int:
    """An exact edit may be repeated, so a broken connection gets one more try at once."""
    try:
        return await routes.edit_original(client, origin, panel)
    except Unsure:
        return await routes.edit_original(client, origin, panel)


def _at(origin: Origin, message_id: int | None, route: Literal["original", "message", "post", "followup"]) -> Posted:
    return Posted(channel_id=origin.channel_id, message_id=message_id, route=route)

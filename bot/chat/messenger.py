"""Bringing views to Discord, and the acknowledgement that none waits longer for than it may; see `bot.chat.delivery`
for the routes that an answer takes."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Literal

import discord

from bot.art_views import ArtView, CollectionView, FilesView, SheetView
from bot.chat import (
    art_panels,
    charts,
    emoji,
    film_panel,
    moderation_panels,
    panels,
    routes,
    stickers,
    texts,
    training_panel,
)
from bot.chat.delivery import Delivery
from bot.chat.live import Live, LiveInteractions, State
from bot.chat.origins import Interaction
from bot.chat.parts import Panel
from bot.chat.routes import Closed, Unsure
from bot.errors import Refused, Retry
from bot.language import speaking
from bot.moderation_views import ContestView, ReviewView, SettingsView
from bot.stories import FilmView, NoticeView, Origin, PicturesView, Posted, TrainingView, View

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

    def watch(self, interaction: Interaction, origin: Origin, *, accepted: bool = True) -> None:
        """From now on the interaction is acknowledged in time, whatever happens to its request; one that is not
        `accepted` yet from the moment that it is."""
        self._live.watch(interaction, origin, accepted=accepted)

    def accepted(self, interaction_id: int) -> None:
        """The request is committed, so its interaction may be acknowledged."""
        live = self._live.get(interaction_id)
        if live is not None:
            live.accepted.set()

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
        passing = isinstance(view, NoticeView) and view.passing
        if passing and origin.placing == "panel" and origin.private:
            # a panel that only its presser sees cannot be redrawn from beside, so the word has to be left out
            await self.acknowledge(origin)
            return Posted(channel_id=origin.channel_id, message_id=origin.message_id, route="original")
        return await self._place(origin, await self._panel(origin, view), view.kind, posted, passing=passing)

    async def acknowledge(self, origin: Origin) -> bool:
        """Defer if nothing was sent yet. False: it was too late, the member saw "did not respond"."""
        async with self._live.turn(origin.interaction_id):
            live = self._live.get(origin.interaction_id)
            if live is None:
                return await self._was_acknowledged(origin)
            if live.state is State.open:
                await self._defer(live)
            return live.state is not State.lost

    async def _was_acknowledged(self, origin: Origin) -> bool:
        """What Discord knows of an earlier process's acknowledgement; yes where it can't be told any more."""
        client = await self._ready()
        try:
            await routes.original(client, origin)
        except Closed as closed:
            return closed.reason != "unacknowledged"
        except Unsure as error:
            raise Retry(texts.DISCORD_SLOW, after=2.0) from error
        return True

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

    async def make_sticker(self, origin: Origin, name: str, picture: bytes) -> int:
        """Add a sticker and return its id. Raises `Refused` (no permission, no slot) or `Retry`."""
        return await stickers.make(await self._ready(), origin, name, picture)

    async def delete_expression(self, guild_id: int, kind: Literal["emoji", "sticker"], discord_id: int) -> None:
        """Take it out of the guild; one that is gone is fine. Raises `Refused` (no permission) or `Retry`."""
        await emoji.delete(await self._ready(), guild_id, kind, discord_id)

    # --- small helps -------------------------------------------------------------------------------------------------

    async def _place(
        self, origin: Origin, panel: Panel, kind: str, posted: Posted | None, *, passing: bool = False
    ) -> Posted:
        client = await self._ready()
        async with self._live.turn(origin.interaction_id):
            live = self._live.get(origin.interaction_id)
            try:
                placed = await Delivery(client, origin, panel, kind, posted, live, self._token_seconds, passing).place()
            except (Unsure, Closed) as error:
                raise Retry(texts.DISCORD_SLOW, after=2.0) from error
            if live is not None:
                live.shown = kind
                live.thinking = False
            return placed

    async def _defer(self, live: Live) -> None:
        placing = live.origin.placing
        thinking = placing in {"new", "private"} or not live.origin.component
        live.own_message = thinking
        for _ in range(2):
            try:
                live.message_id = await routes.defer(live.interaction, thinking=thinking, private=placing == "private")
            except Closed as closed:
                live.close(closed.reason)
                return
            except Unsure:
                live.state = State.unsure
                continue
            live.acknowledged()
            break
        live.thinking = thinking

    async def _panel(self, origin: Origin, view: View) -> Panel:
        # A word for the asker alone comes in their own language, wherever it is said.
        alone = isinstance(view, NoticeView) and view.ephemeral
        with speaking(origin.locale if alone else origin.reads):
            return await self._drawn(origin, view)

    async def _drawn(self, origin: Origin, view: View) -> Panel:
        match view:
            case PicturesView():
                private = origin.placing == "private" or (origin.placing == "panel" and origin.private)
                return await panels.drawn(view, private=private)
            case TrainingView():
                return training_panel.training(view, await asyncio.to_thread(charts.draw, view.history))
            case NoticeView():
                return panels.notice(view)
            case FilmView():
                return film_panel.film(view)
            case ArtView():
                return art_panels.card(view)
            case CollectionView():
                return await art_panels.collection(view, private=False)
            case SheetView():
                return await art_panels.drawn_sheet(view)
            case FilesView():
                return art_panels.take_away(view)
            case ReviewView():
                return await moderation_panels.review(view)
            case SettingsView():
                return moderation_panels.settings(view)
            case ContestView():
                return await moderation_panels.contest(view)

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

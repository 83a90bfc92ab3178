"""One view on its way to Discord: which route comes after which, so that each request ends with exactly one message.

Routes, in order: inside the acknowledgement while the interaction is unanswered; an exact edit of @original while its
token lives; an edit by message id with the bot's own token; a post under the request's nonce, after looking whether an
earlier try stands already. `Origin` alone is enough for all of them, so a restart changes nothing.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, replace
from typing import Literal

import discord
import structlog

from bot.chat import routes, texts
from bot.chat.live import ACK_SECONDS, Live, State
from bot.chat.parts import Panel
from bot.chat.routes import Closed, Standing, Unsure
from bot.errors import Refused, Retry, Unseen
from bot.stories import Origin, Posted

log = structlog.get_logger(__name__)

Route = Literal["callback", "original", "message", "post", "followup"]


@dataclass
class Delivery:
    """A panel for an origin. `live` is the interaction as this process knows it; none after a restart."""

    client: discord.Client
    origin: Origin
    panel: Panel
    kind: str
    posted: Posted | None
    live: Live | None
    token_seconds: float
    passing: bool = False
    """A word that only says what is waited for."""
    unacknowledged: bool = False
    """After a restart: Discord says that the old process never answered."""

    async def place(self) -> Posted:
        """Bring it there. Raises `Unsure`, `Refused`, `Retry`, or `Unseen` when nobody is left to see it."""
        placed = None
        if self.live is not None and self.live.state is State.open:
            placed = await self._answer(self.live)
        elif self.live is None and self.posted is None and self._age < ACK_SECONDS and not self.origin.unasked:
            placed = await self._answer_anew()
        return placed or await self._later()

    # --- inside the acknowledgement ----------------------------------------------------------------------------------

    async def _answer(self, live: Live) -> Posted | None:
        """None: it is acknowledged or lost, another route has to be taken."""
        live.own_message = not self._update
        for _ in range(2):  # a second try is harmless: Discord takes one acknowledgement
            try:
                live.message_id = await routes.answer(live.interaction, self.panel, update=self._update)
            except Closed as closed:
                live.close(closed.reason)
                return None
            except Unsure as error:
                log.warning("answer of unknown fate", request=self.origin.interaction_id, error=str(error))
                continue
            live.acknowledged()
            return self._at(live.message_id, "callback")
        live.state = State.unsure
        return None

    async def _answer_anew(self) -> Posted | None:
        """After a restart within the three seconds: nobody knows whether the old process still acknowledged it."""
        for _ in range(2):
            try:
                message_id = await routes.answer_anew(self.client, self.origin, self.panel, update=self._update)
            except Closed as closed:
                if closed.reason != "answered":
                    self._never_acknowledged()
                return None
            except Unsure:
                continue
            return self._at(message_id, "callback")
        return None

    @property
    def _update(self) -> bool:
        """Does the answer take the place of the pressed message?"""
        placing = self.origin.placing
        return self.origin.component and (placing == "prompt" or (placing == "panel" and self.kind != "notice"))

    # --- afterwards --------------------------------------------------------------------------------------------------

    async def _later(self) -> Posted:
        """The interaction has its acknowledgement, or lost its chance: edit what stands, or post."""
        origin, posted = self.origin, self.posted
        alive = not origin.unasked and not self._lost and not self.unacknowledged and self._age < self.token_seconds
        if alive and (posted is None or posted.route in {"callback", "original"}):
            placed = await self._by_token()
            if placed is not None:
                return placed
        message_id = posted.message_id if posted else None
        if message_id is None and self._redraws and not self._lost:
            message_id = origin.message_id
        if message_id is not None and not self.panel.ephemeral:
            return await self._by_id(message_id)
        if origin.component and (self.panel.ephemeral or self._lost):
            raise Unseen(texts.NOBODY_LEFT)
        return await self._by_post()

    async def _by_token(self) -> Posted | None:
        """Over the interaction's token. None: it is dead."""
        try:
            if self.origin.placing == "panel" and self.posted is None:
                return await self._by_token_at_a_panel()
            return await self._edit_original()
        except Closed as closed:
            if closed.reason == "gone":  # someone deleted it: they have seen the answer, or do not want it
                known = self.posted.message_id if self.posted else self.live.message_id if self.live else None
                return self._at(known, "original")
            if closed.reason == "unacknowledged":
                self._never_acknowledged()
            return None

    async def _by_token_at_a_panel(self) -> Posted:
        """A button of a message that may be redrawn; @original is that message, or a word of ours beside it."""
        beside = await self._original_is_beside()
        if self.kind == "notice" and not beside:
            return await self._beside_the_panel()
        if self._redraws and beside:
            placed = await self._redraw_by_id()
            if placed is not None:
                return placed
        return await self._edit_original()

    async def _original_is_beside(self) -> bool:
        if self.live is not None and self.live.state is not State.unsure:
            return self.live.own_message
        try:
            return await routes.original(self.client, self.origin) != self.origin.message_id
        except Closed as closed:
            if closed.reason == "gone" and self._redraws:
                return True  # the word was taken away when the panel was redrawn
            raise

    async def _redraw_by_id(self) -> Posted | None:
        """Redraw the panel with the bot's own token, then take the word away. None: the bot can't reach it."""
        assert self.origin.message_id is not None
        try:
            placed = await self._by_id(self.origin.message_id)
        except (Refused, Retry):
            return None
        for _ in range(2):
            with contextlib.suppress(Closed, Retry, Refused):
                try:
                    await routes.delete_original(self.client, self.origin)
                except Unsure:
                    continue
            break
        return placed

    async def _beside_the_panel(self) -> Posted:
        """The panel keeps standing, and its button was acknowledged in silence: the word becomes a message.

        A follow-up has no nonce and would be the member's alone; of an unknown fate it could only be lost or doubled.
        """
        if self.passing or (self.live is not None and self.live.shown not in {"", "notice"}):
            return self._at(self.origin.message_id, "original")
        if not self.origin.private:
            try:
                return await self._by_post()
            except Refused as error:
                log.info("no word in the channel", request=self.origin.interaction_id, error=str(error))
        return self._at(await routes.send_followup(self.client, self.origin, self.panel), "followup")

    async def _edit_original(self) -> Posted:
        try:
            message_id = await routes.edit_original(self.client, self.origin, self.panel)
        except Unsure:  # an exact edit may be repeated, so a broken connection gets one more try at once
            message_id = await routes.edit_original(self.client, self.origin, self.panel)
        return self._at(message_id, "original")

    async def _by_id(self, message_id: int) -> Posted:
        try:
            await routes.edit_message(self.client, self.origin.channel_id, message_id, self.panel)
        except Closed as closed:
            if closed.reason != "gone":
                raise Retry(texts.DISCORD_SLOW, after=5.0) from closed
        return self._at(message_id, "message")

    async def _by_post(self) -> Posted:
        """A new message under our own nonce, unless an earlier try stands already."""
        live, public = self.live, replace(self.panel, ephemeral=False)
        if live is not None and live.posted_id is not None:  # under the same nonce Discord would keep the old words
            return replace_route(await self._by_id(live.posted_id), "post")
        thinking = live.message_id if live and live.thinking else None
        if live is None or live.post_unsure:
            standing = await self._standing()
            if standing.answer is not None:
                placed = await self._by_id(standing.answer)
                return placed if standing.original else replace_route(placed, "post")
            never = live is None and standing.thinking is None and (standing.readable or self.unacknowledged)
            if never and not self.origin.unasked:
                raise Unseen(texts.NEVER_ACKNOWLEDGED)
            thinking = standing.thinking or thinking
        try:
            message_id = await routes.post(self.client, self.origin, public)
        except Unsure:
            if live is not None:
                live.post_unsure = True
            message_id = (await self._standing()).answer or await routes.post(self.client, self.origin, public)
        if live is not None:
            live.posted_id = message_id
        if thinking is not None:
            await self._tidy(thinking)
        return self._at(message_id, "post")

    async def _standing(self) -> Standing:
        try:
            return await routes.read_back(self.client, self.origin, self.panel)
        except (Refused, Closed):
            return Standing(readable=False)  # we may not read here: the nonce alone has to do

    async def _tidy(self, message_id: int) -> None:
        """Take away the "thinking…" message that the answer could not fill."""
        try:
            await routes.delete_message(self.client, self.origin.channel_id, message_id)
        except (Closed, Unsure, Refused, Retry) as error:
            log.info("a thinking message stays", request=self.origin.interaction_id, error=str(error))

    # --- small helps -------------------------------------------------------------------------------------------------

    def _never_acknowledged(self) -> None:
        """In the process that was asked it only was too late; another one learns that nobody ever answered."""
        if self.live is None:
            self.unacknowledged = True
            if self.origin.component:
                raise Unseen(texts.NEVER_ACKNOWLEDGED)
        elif self.live.state is State.unsure:
            self.live.state = State.lost

    @property
    def _redraws(self) -> bool:
        return self.origin.placing == "panel" and self.kind != "notice"

    @property
    def _lost(self) -> bool:
        return self.live is not None and self.live.state is State.lost

    @property
    def _age(self) -> float:
        return time.time() - self.origin.at

    def _at(self, message_id: int | None, route: Route) -> Posted:
        at = self.live.acknowledged_at if self.live else None
        return Posted(channel_id=self.origin.channel_id, message_id=message_id, route=route, acknowledged_at=at)


def replace_route(posted: Posted, route: Route) -> Posted:
    return posted.model_copy(update={"route": route})

"""The life of an interaction: sent to the bot, acknowledged within 3 seconds, answered for 15 minutes.

Source: Discord's page "Receiving and Responding to Interactions". The bodies are checked by `playground.checks`; here
is what they do.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from playground.checks.messages import Draft
from playground.errors import ApiError, Json, unknown
from playground.ledger import Ledger
from playground.messages import Messages
from playground.people import Hub
from playground.records import CHAT_INPUT_COMMAND, CONTEXT_MENU_COMMAND, EPHEMERAL, LOADING, REPLY, Message
from playground.settings import Settings
from playground.world import World

State = Literal["sent", "thinking", "answered", "modal", "failed"]
COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
MESSAGE, DEFER_MESSAGE, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
NO_ANSWER = "The application did not respond"


@dataclass
class Interaction:
    id: str
    type: int
    token: str
    user_id: str
    channel_id: str
    data: Json
    created_at: float
    """Seconds since 1970."""
    state: State = "sent"
    acknowledged_ms: float | None = None
    answered_ms: float | None = None
    response_type: int | None = None
    message_id: str | None = None
    """@original: the answer, or the clicked message after a response of type 6 or 7."""
    follow_ups: list[str] = field(default_factory=list)
    clicked_id: str | None = None
    """The message of the pressed component, also for a modal that came from one."""
    meta: Json = field(default_factory=dict)
    """`interaction_metadata` of the answers."""
    error: str | None = None
    modal: Json | None = None
    modal_used: bool = False
    choices: asyncio.Future[list[Json]] | None = None
    timer: asyncio.TimerHandle | None = None
    locale: str = "en-US"
    """The language of the person's client."""

    @property
    def acknowledged(self) -> bool:
        return self.response_type is not None

    def status(self) -> Json:
        """As `GET /_/interactions/{id}` tells it."""
        names = ("id", "type", "state", "created_at", "acknowledged_ms", "answered_ms", "message_id", "error")
        found = {name: getattr(self, name) for name in names}
        return {**found, "modal": self.modal} if self.modal else found

    def to_json(self) -> Json:
        return {k: v for k, v in self.__dict__.items() if k not in ("choices", "timer")}


class Interactions:
    def __init__(self, world: World, messages: Messages, hub: Hub, ledger: Ledger, settings: Settings) -> None:
        self._world = world
        self._messages = messages
        self._hub = hub
        self._ledger = ledger
        self._settings = settings
        self._by_id: dict[str, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}

    def load(self) -> None:
        """Take up the interactions of an earlier process whose tokens still live; unanswered ones have failed."""
        for interaction_id, body in list(self._world.store.all("interaction")):
            interaction = Interaction(**body)
            if self._is_dead(interaction):
                self._world.store.drop("interaction", interaction_id)
                continue
            if not interaction.acknowledged:
                interaction.state, interaction.error = "failed", NO_ANSWER
            self._register(interaction)

    # --- the people's side -----------------------------------------------------------------------------------------

    def open(self, kind: int, user_id: str, channel_id: str, data: Json, **fields: Any) -> Interaction:
        """Start an interaction; the caller dispatches it to the bot. Its time to be acknowledged runs from here."""
        interaction = Interaction(
            self._world.new_id(), kind, secrets.token_urlsafe(96), user_id, channel_id, data, time.time(), **fields
        )
        loop = asyncio.get_running_loop()
        if kind == AUTOCOMPLETE:
            interaction.choices = loop.create_future()
        interaction.timer = loop.call_later(self._settings.ack_seconds, self._expire, interaction)
        self._register(interaction)
        self._changed(interaction)
        return interaction

    def get(self, interaction_id: str) -> Interaction:
        """Raises 10062."""
        if interaction_id not in self._by_id:
            raise unknown("Interaction")
        return self._by_id[interaction_id]

    def _register(self, interaction: Interaction) -> None:
        while self._by_id and self._is_dead(old := next(iter(self._by_id.values()))):  # oldest first
            del self._by_id[old.id], self._by_token[old.token]
            self._world.store.drop("interaction", old.id)
        self._by_id[interaction.id] = interaction
        self._by_token[interaction.token] = interaction

    def _is_dead(self, interaction: Interaction) -> bool:
        return time.time() - interaction.created_at > self._settings.token_seconds + 60

    def _expire(self, interaction: Interaction) -> None:
        interaction.state, interaction.error = "failed", NO_ANSWER
        if interaction.choices and not interaction.choices.done():
            interaction.choices.set_exception(TimeoutError(NO_ANSWER))
        self._changed(interaction)

    def _changed(self, interaction: Interaction) -> None:
        status = interaction.status()
        if interaction.type != AUTOCOMPLETE:
            self._hub.tell("interaction", status, lambda person: person == interaction.user_id)
            self._world.store.put("interaction", interaction.id, interaction.to_json())
        self._ledger.add("interaction", **{k: v for k, v in status.items() if k not in ("modal", "type")})

    # --- the first answer ------------------------------------------------------------------------------------------

    def awaiting(self, interaction_id: str, token: str) -> Interaction:
        """The interaction that may be acknowledged now. Raises 10062 (too late, unknown) or 40060 (done before)."""
        interaction = self._by_id.get(interaction_id)
        if interaction is None or not secrets.compare_digest(interaction.token, token):
            raise unknown("Interaction")
        if interaction.acknowledged:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        if interaction.state == "failed" or time.time() - interaction.created_at > self._settings.ack_seconds:
            raise unknown("Interaction")
        return interaction

    def acknowledge(self, interaction: Interaction, response_type: int, state: State) -> None:
        if interaction.timer:
            interaction.timer.cancel()
        interaction.response_type = response_type
        interaction.acknowledged_ms = self._age_ms(interaction)
        interaction.state = state
        if state in ("answered", "modal"):
            interaction.answered_ms = interaction.acknowledged_ms

    def settle(self, interaction: Interaction) -> None:
        """Tell the person and the store of what changed."""
        self._changed(interaction)

    def _age_ms(self, interaction: Interaction) -> float:
        return round((time.time() - interaction.created_at) * 1000, 2)

    async def respond(self, interaction: Interaction, draft: Draft) -> Message:
        """Response of type 4: the answer is posted at once."""
        self.acknowledge(interaction, MESSAGE, "answered")
        message = await self._post_original(interaction, draft)
        interaction.answered_ms = self._age_ms(interaction)
        self._changed(interaction)
        return message

    async def defer(self, interaction: Interaction, ephemeral: bool) -> Message:
        """Response of type 5: a loading message that is filled in later."""
        self.acknowledge(interaction, DEFER_MESSAGE, "thinking")
        message = await self._post_original(interaction, Draft(flags=LOADING | (EPHEMERAL if ephemeral else 0)))
        self._changed(interaction)
        return message

    def defer_update(self, interaction: Interaction) -> None:
        """Response of type 6: nothing visible; @original is the clicked message."""
        self.acknowledge(interaction, DEFER_UPDATE, "thinking")
        interaction.message_id = interaction.clicked_id
        self._changed(interaction)

    async def update(self, interaction: Interaction, message: Message, draft: Draft) -> Message:
        """Response of type 7: the clicked message is edited."""
        self.acknowledge(interaction, UPDATE, "answered")
        interaction.message_id = message.id
        await self._messages.edit(message, draft)
        interaction.answered_ms = self._age_ms(interaction)
        self._changed(interaction)
        return message

    def give_choices(self, interaction: Interaction, choices: list[Json]) -> None:
        self.acknowledge(interaction, CHOICES, "answered")
        if interaction.choices and not interaction.choices.done():
            interaction.choices.set_result(choices)
        self._changed(interaction)

    def show_modal(self, interaction: Interaction, modal: Json) -> None:
        self.acknowledge(interaction, MODAL, "modal")
        interaction.modal = modal
        self._changed(interaction)

    async def _post_original(self, interaction: Interaction, draft: Draft) -> Message:
        kinds = {COMPONENT: REPLY, MODAL_SUBMIT: REPLY if interaction.clicked_id else CHAT_INPUT_COMMAND}
        kind = kinds.get(interaction.type, CHAT_INPUT_COMMAND)
        if interaction.data.get("target_id"):
            kind = CONTEXT_MENU_COMMAND
        message = await self._post(interaction, draft, type=kind, reply_to=interaction.clicked_id)
        interaction.message_id = message.id
        return message

    async def _post(self, interaction: Interaction, draft: Draft, **fields: Any) -> Message:
        addressee = interaction.user_id if (draft.flags or 0) & EPHEMERAL else None
        name = str(interaction.data.get("name", "")) if interaction.type == COMMAND else ""
        return await self._messages.post(
            draft,
            self._world.bot_id,
            interaction.channel_id,
            addressee=addressee,
            interaction=dict(interaction.meta),
            interaction_name=name,
            **fields,
        )

    # --- answers over the token ------------------------------------------------------------------------------------

    def by_token(self, application_id: str, token: str) -> Interaction:
        """Raises 50027 for a dead or false token, 10015 before the first answer or for another application."""
        interaction = self._by_token.get(token)
        if application_id != self._world.application["id"]:
            raise unknown("Webhook")
        if interaction is None or time.time() - interaction.created_at > self._settings.token_seconds:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        if not interaction.acknowledged or interaction.type == AUTOCOMPLETE:
            raise unknown("Webhook")
        return interaction

    def own_message(self, interaction: Interaction, which: str) -> Message:
        """A message that this token may read, edit and delete. Raises 10008."""
        message_id = interaction.message_id if which == "@original" else which
        if message_id is None or message_id not in (interaction.message_id, *interaction.follow_ups):
            raise unknown("Message")
        return self._world.message(interaction.channel_id, message_id)

    async def follow_up(self, interaction: Interaction, draft: Draft) -> Message:
        """A further message; the first one after a deferral fills the loading message in and keeps its visibility."""
        waiting = self._loading(interaction)
        if waiting:
            return await self.edit(interaction, waiting, draft)
        original = interaction.message_id
        meta = {**interaction.meta, "original_response_message_id": original} if original else interaction.meta
        interaction.meta = meta
        message = await self._post(interaction, draft, type=REPLY if original else 0, reply_to=original)
        interaction.follow_ups.append(message.id)
        self._answered(interaction, message)
        return message

    def _loading(self, interaction: Interaction) -> Message | None:
        if interaction.response_type != DEFER_MESSAGE or interaction.message_id is None:
            return None
        found = self._world.messages.get(interaction.channel_id, {}).get(interaction.message_id)
        return found if found and found.flags & LOADING else None

    async def edit(self, interaction: Interaction, message: Message, draft: Draft) -> Message:
        if draft.flags is not None:
            draft.flags &= ~EPHEMERAL
        await self._messages.edit(message, draft, keep_time=bool(message.flags & LOADING))
        self._answered(interaction, message)
        return message

    def _answered(self, interaction: Interaction, message: Message) -> None:
        if interaction.answered_ms is None:
            interaction.answered_ms = self._age_ms(interaction)
        interaction.state = "answered"
        self._changed(interaction)

    async def delete(self, message: Message) -> None:
        await self._messages.delete(message)

"""A person at the playground without a browser: types, presses and attaches over its control API, and reads answers."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from playground import seed

Json = dict[str, Any]
Files = Sequence[tuple[str, bytes]]

PATIENCE_S = 90.0
"""Answers take a second on a quiet machine; the tests may share theirs with much else."""
LOOK_S = 0.1
EPHEMERAL, LOADING = 1 << 6, 1 << 7


@dataclass(frozen=True)
class Shown:
    """A message as one person sees it."""

    raw: Json

    @property
    def id(self) -> str:
        return str(self.raw["id"])

    @property
    def text(self) -> str:
        """All its words, a piece a line."""
        return "\n".join([self.raw["content"], *(str(c["content"]) for c in self._components() if c.get("content"))])

    @property
    def buttons(self) -> list[str]:
        """Custom ids of what can be pressed or chosen."""
        return [str(c["custom_id"]) for c in self._components() if c.get("custom_id")]

    @property
    def pictures(self) -> list[str]:
        """Addresses of the pictures it shows."""
        return [str(item["media"]["url"]) for c in self._components() for item in c.get("items", [])]

    @property
    def ephemeral(self) -> bool:
        return bool(self.raw["flags"] & EPHEMERAL)

    @property
    def loading(self) -> bool:
        return bool(self.raw["flags"] & LOADING)

    @property
    def cause(self) -> str | None:
        """The interaction that it answers."""
        return (self.raw.get("interaction_metadata") or {}).get("id")

    def button(self, verb: str, nth: int = 0) -> str:
        """The n-th custom id of a verb, such as `reroll`. Raises `LookupError`."""
        found = [one for one in self.buttons if one.split(":")[1] == verb]
        if len(found) <= nth:
            raise LookupError(f"no {verb} among {self.buttons}")
        return found[nth]

    def _components(self) -> list[Json]:
        def walk(components: list[Json]) -> list[Json]:
            return [one for c in components for one in (c, *walk(c.get("components", [])))]

        return walk(self.raw["components"])


class Person:
    """One person in one channel. What the page itself would not let through raises `Barred`."""

    def __init__(self, base: str, session: aiohttp.ClientSession, who: str, channel: str = seed.STUDIO) -> None:
        self.base, self.who, self.channel = base, who, channel
        self._session = session
        self._commands: dict[str, str] = {}

    # --- doing ------------------------------------------------------------------------------------------------------

    async def type(self, command: str, **options: Any) -> str:
        """Type a command such as `train files`; the interaction's id. Options of bytes are attached as PNG files."""
        name, _, sub = command.partition(" ")
        command_id = self._commands.get(name) or await self._command_id(name)
        files = [(f"{key}.png", value) for key, value in options.items() if isinstance(value, bytes)]
        places = {file: place for place, (file, _) in enumerate(files)}
        given: list[Json] = [{"name": key, "value": places.get(f"{key}.png", value)} for key, value in options.items()]
        if sub:
            given = [{"name": sub, "options": given}]
        body = {"channel_id": self.channel, "command_id": command_id, "options": given}
        return await self._act("/_/commands", body, files)

    async def _command_id(self, name: str) -> str:
        """The id of a command, which it keeps for as long as the bot does not change it."""
        self._commands = {one["name"]: one["id"] for one in (await self.get("/_/world"))["commands"]}
        return self._commands[name]

    async def press(self, message: Shown, verb: str, nth: int = 0) -> str:
        return await self._act("/_/components", {"message_id": message.id, "custom_id": message.button(verb, nth)})

    async def attach(self, name: str, files: Files, minutes: float = 0.25) -> str:
        """`/train files`: open its form, fill it in, and send it; the id of the interaction that is answered."""
        opened = await self.type("train files", minutes=minutes)
        form = await self.interaction(opened, lambda one: one["state"] == "modal")
        values = {"name": name, "files": list(range(len(files)))}
        body = {"interaction_id": opened, "custom_id": form["modal"]["custom_id"], "values": values}
        return await self._act("/_/modals", body, files)

    async def begin(self, asked: str, within: float = PATIENCE_S) -> tuple[Shown, str]:
        """Start what the sheet of a training shows; its message, in which the training lives, and the press."""
        sheet = await self.answer(asked, "Before it learns", within)
        return sheet, await self.press(sheet, "begin")

    # --- seeing -----------------------------------------------------------------------------------------------------

    async def answer(self, interaction: str, like: str = ".", within: float = PATIENCE_S) -> Shown:
        """The answer to an interaction, once its words fit the pattern."""

        async def look() -> Shown | None:
            found = [one for one in await self.messages() if one.cause == interaction and not one.loading]
            return next((one for one in found if re.search(like, one.text)), None)

        return await self._wait(look, within, f"an answer like {like!r}")

    async def becomes(self, message_id: str, fits: Callable[[Shown], bool], within: float = PATIENCE_S) -> Shown:
        """A message once it looks as it should."""

        async def look() -> Shown | None:
            shown = next((one for one in await self.messages() if one.id == message_id), None)
            return shown if shown and fits(shown) else None

        return await self._wait(look, within, f"a change of message {message_id}")

    async def interaction(self, interaction: str, fits: Callable[[Json], bool], within: float = PATIENCE_S) -> Json:
        """How it stands with an interaction, once it stands as it should."""

        async def look() -> Json | None:
            one = dict(await self.get(f"/_/interactions/{interaction}"))
            return one if fits(one) else None

        return await self._wait(look, within, f"a change of interaction {interaction}")

    async def messages(self) -> list[Shown]:
        return await self.newest(100)

    async def newest(self, count: int) -> list[Shown]:
        """The newest messages of the channel, oldest first; at most 100."""
        return [Shown(one) for one in await self.get(f"/_/channels/{self.channel}/messages", limit=count)]

    async def message(self, message_id: str) -> Shown:
        """One message of the channel. Raises `LookupError`."""
        before = str(int(message_id) + 1)
        for one in await self.get(f"/_/channels/{self.channel}/messages", limit=1, before=before):
            if one["id"] == message_id:
                return Shown(one)
        raise LookupError(f"there is no message {message_id} here")

    async def download(self, address: str) -> bytes:
        async with self._session.get(address) as answer:
            assert answer.status == 200
            return await answer.read()

    async def get(self, path: str, **query: Any) -> Any:
        async with self._session.get(f"{self.base}{path}", params={"as": self.who, **query}) as answer:
            data = await answer.json()
        assert answer.status == 200, data
        return data

    async def _act(self, path: str, body: Json, files: Files = ()) -> str:
        sent: Json = {"json": body}
        if files:
            form = aiohttp.FormData(quote_fields=False)
            form.add_field("payload_json", json.dumps(body))
            for n, (name, data) in enumerate(files):
                form.add_field(f"files[{n}]", data, filename=name, content_type="application/octet-stream")
            sent = {"data": form}
        async with self._session.post(f"{self.base}{path}", params={"as": self.who}, **sent) as answer:
            data = await answer.json()
        if answer.status != 200:
            raise Barred(data["message"])
        return str(data["interaction_id"])

    async def _wait(self, look: Callable[[], Awaitable[Any]], within: float, what: str) -> Any:
        until = time.monotonic() + within
        while (found := await look()) is None:
            if time.monotonic() > until:
                last = [one.text for one in (await self.messages())[-3:]]
                raise TimeoutError(f"{what} did not come within {within:.0f} s; the last messages: {last}")
            await asyncio.sleep(LOOK_S)
        return found


class Barred(Exception):
    """The page does not let it through; the text is what it says."""


@asynccontextmanager
async def people(base: str) -> AsyncIterator[tuple[Person, Person, Person]]:
    """The member, the artist and the moderator of the demo server."""
    async with aiohttp.ClientSession() as session:
        member, artist, moderator = (Person(base, session, who) for who in (seed.MEMBER, seed.ARTIST, seed.MODERATOR))
        yield member, artist, moderator

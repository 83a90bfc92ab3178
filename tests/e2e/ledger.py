"""What the playground's Discord saw, read while it is written: it keeps only its newest entries."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.e2e.person import Json, Person

LOOK_S = 0.1
ANSWERS = re.compile(r"^(POST|PATCH|PUT) (/interactions/|/webhooks/|/channels/\{channel_id\}/messages)")
"""Sends that bring something to a member; deletes and reads are not counted."""


@dataclass
class Seen:
    """The newest word on each interaction, and what the bot sent."""

    person: Person
    interactions: dict[str, Json] = field(default_factory=dict)
    sends: Counter[str] = field(default_factory=Counter)
    """Interaction, or message that was edited by its id, → what was sent for it."""
    _tokens: dict[str, str] = field(default_factory=dict)
    _after: dict[str, int] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self) -> None:
        while True:
            with suppress(aiohttp.ClientError, OSError):
                await self.read()
            await asyncio.sleep(LOOK_S)

    async def read(self) -> None:
        """Take in what is new."""
        for entry in await self._new("interaction"):
            self.interactions[entry["id"]] = entry
        for entry in await self._new("request"):
            if ANSWERS.match(f"{entry['method']} {entry['route']}"):
                self.sends[self._whose(entry)] += 1
        before, self._news = self._news, asyncio.Event()
        before.set()

    def _whose(self, entry: Json) -> str:
        """What a send was for: by the interaction's id or token, the nonce of a post, the message that it edits."""
        parts = str(entry["path"]).strip("/").split("/")
        match parts[0], entry["method"]:
            case "interactions", _:
                self._tokens[parts[2]] = parts[1]
                return parts[1]
            case "webhooks", _:
                return self._tokens.get(parts[2], "unknown")
            case _, "POST":
                body = entry["body"] if isinstance(entry["body"], dict) else {}
                return str(body.get("nonce") or "unknown").partition("-")[0]
        return parts[3]

    def sends_for(self, interactions: Iterable[str]) -> int:
        """What the bot sent to answer these, tries that failed and acknowledgements included."""
        ids = set(interactions)
        messages = {str(self.interactions[one]["message_id"]) for one in ids if one in self.interactions}
        return sum(count for whose, count in self.sends.items() if whose in ids or whose in messages)

    async def _new(self, kind: str) -> list[Json]:
        found: list[Json] = await self.person.get("/_/ledger", kind=kind, after=self._after.get(kind, 0))
        # a request is entered when it comes and told to its end later: one that is under way is read next time
        if kind == "request":
            under_way = next((n for n, one in enumerate(found) if one["status"] is None), len(found))
            found = found[:under_way]
        if found:
            self._after[kind] = found[-1]["n"]
        return found

    async def outcome(self, interaction: str, within: float) -> Json:
        """How an interaction ended: answered or failed; as it stands after `within` seconds otherwise."""
        until = time.monotonic() + within
        while True:
            entry = self.interactions.get(interaction, {})
            left = until - time.monotonic()
            if entry.get("state") in ("answered", "failed") or left <= 0:
                return entry
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._news.wait()

    def waited_over(self, moment: float) -> list[float]:
        """Seconds from a moment to the answer of each interaction that had been waiting at it."""
        out = []
        for entry in self.interactions.values():
            if entry["answered_ms"] is not None and entry["created_at"] <= moment:
                after = entry["created_at"] + entry["answered_ms"] / 1000 - moment
                if after > 0:
                    out.append(after)
        return out


@asynccontextmanager
async def seeing(person: Person) -> AsyncIterator[Seen]:
    """Follow the ledger for the length of the block."""
    seen = Seen(person)
    task = asyncio.create_task(seen.follow(), name="ledger")
    try:
        yield seen
        await seen.read()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def all_messages(people: tuple[Person, ...]) -> list[Json]:
    """Every message of the people's channel that one of them can see, each once."""
    found: dict[str, Json] = {}
    for person in people:
        before: dict[str, Any] = {}
        while True:
            page = await person.get(f"/_/channels/{person.channel}/messages", limit=100, **before)
            found |= {one["id"]: one for one in page}
            if len(page) < 100:
                break
            before = {"before": page[0]["id"]}
    return list(found.values())

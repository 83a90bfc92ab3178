"""Fetching what members attached: from Discord's own hosts (or the playground), and from nowhere else.

The address comes from Discord, but a member has a hand in it; without the list it could name any machine that we can
reach. No redirects for the same reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import aiohttp
import stamina
from yarl import URL

from bot.errors import Refused, Retry
from bot.language import said
from bot.safety.intake import MIB, SENTENCES, Given, Reason, Rejected
from bot.stories import Upload

HOSTS: Final = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
SECONDS = 20.0
AT_ONCE = 8
"""Enough to hide the latency of 200 small emoji, few enough to be a polite client."""
ATTEMPTS = 3
CHUNK_BYTES = 64 * 1024
GONE = "Discord no longer has {name}. Attach it again."
ELSEWHERE = "{name} does not lie on Discord, so I do not fetch it. Attach it to the command instead."
SLOW = "Discord did not hand over {name} in time. Try again in a moment."


class Fetcher:
    """Gets files of members; made by the composition root, which also closes the session."""

    def __init__(
        self, session: aiohttp.ClientSession, *, file_mib: int = 20, playground_url: str | None = None
    ) -> None:
        """`playground_url` is the one other place that is trusted, and the only one without https."""
        self._session = session
        self._limit = file_mib * MIB
        self._playground = URL(playground_url).origin() if playground_url else None
        self._places = asyncio.Semaphore(AT_ONCE)

    async def fetch(self, url: str, name: str = "the file") -> bytes:
        """The bytes behind an attachment's or emoji's address.

        Raises `Refused` when the address is not Discord's, when the file is gone or larger than allowed; `Retry` when
        Discord is slow or limits us.
        """
        address = self._checked(url, name)
        async with self._places:
            async for attempt in stamina.retry_context(
                on=Retry, attempts=ATTEMPTS, timeout=SECONDS * 2, wait_initial=0.2, wait_max=2.0
            ):
                with attempt:
                    return await self._once(address, name)
        raise AssertionError("stamina ends in a result or an exception")

    async def fetch_all(self, uploads: Sequence[Upload], author: str = "") -> list[Given | Rejected]:
        """All of them, several at once, in their order; what cannot be had is told in its place."""
        return list(await asyncio.gather(*(self._fetch_one(one, author) for one in uploads)))

    async def _fetch_one(self, upload: Upload, author: str) -> Given | Rejected:
        if upload.size > self._limit:
            return self._too_large(upload.filename)
        try:
            return Given(upload.filename, await self.fetch(upload.url, upload.filename), author)
        except _TooLarge:
            return self._too_large(upload.filename)
        except (Refused, Retry) as failed:
            return Rejected(upload.filename, Reason.not_fetched, str(failed))

    def _too_large(self, name: str) -> Rejected:
        return Rejected(name, Reason.too_many_bytes, self._large_sentence())

    def _large_sentence(self) -> str:
        return said(SENTENCES[Reason.too_many_bytes], mib=self._limit // MIB)

    def _checked(self, url: str, name: str) -> URL:
        try:
            address = URL(url)
            plain = address.user is None and address.password is None
            discord = address.scheme == "https" and address.host in HOSTS and address.port == 443
            playground = self._playground is not None and address.origin() == self._playground
        except ValueError:
            plain = discord = playground = False
        if plain and (discord or playground):
            return address
        raise Refused(said(ELSEWHERE, name=name))

    async def _once(self, address: URL, name: str) -> bytes:
        timeout = aiohttp.ClientTimeout(total=SECONDS, sock_connect=5.0)
        try:
            async with self._session.get(address, timeout=timeout, allow_redirects=False) as answer:
                if answer.status == 429 or answer.status >= 500:
                    raise Retry(said(SLOW, name=name), after=2.0)
                if answer.status != 200:
                    raise Refused(said(GONE, name=name))
                if (answer.content_length or 0) > self._limit:
                    raise _TooLarge(self._large_sentence())
                data = bytearray()
                async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
                    data += chunk
                    if len(data) > self._limit:
                        raise _TooLarge(self._large_sentence())
                return bytes(data)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Retry(said(SLOW, name=name), after=2.0) from error


class _TooLarge(Refused):
    pass

"""A line at the worker's door in which nobody is starved: servers take turns, and within a server its members do."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from types import TracebackType

AT_ONCE = 24
"""Requests of this bot at the worker at the same time: enough to fill its batches, few enough that whoever comes next
waits here, where the order is fair, rather than there, where it is that of arrival."""
FIRST_GUESS_S = 0.3
REMEMBERED = 10_000
"""Servers and members whose last turn is known; one that is forgotten counts as never served, which favours them."""
NEVER = float("-inf")


@dataclass(frozen=True)
class Claim:
    """Someone's wish for a turn."""

    server: Hashable
    member: Hashable
    at: float = 0.0
    """When it was made; only the order matters."""

    @property
    def keys(self) -> tuple[Hashable, Hashable]:
        return ("server", self.server), ("member", self.server, self.member)


def fair_order(
    waiting: Sequence[Claim], busy: Iterable[Claim], served: Mapping[Hashable, float], most: int | None = None
) -> list[int]:
    """The places in `waiting` in the order in which their turns come, if nobody else joined; `most` of them at most.

    It is the turn of the server with the fewest turns going on (`busy`), of those of the one whose last turn (`served`)
    is longest ago; within it that of a member by the same rule; then of the oldest claim. A turn changes the rank of
    its server and its member alone, so two heaps order n claims in n log n.
    """
    load, last = Counter(key for claim in busy for key in claim.keys), dict(served)
    latest = max(last.values(), default=0.0)
    claims, members = defaultdict[Hashable, deque[int]](deque), defaultdict[Hashable, list[tuple[float, ...]]](list)
    for place in sorted(range(len(waiting)), key=lambda place: waiting[place].at):
        claims[waiting[place].keys[1]].append(place)

    def of_member(key: Hashable) -> tuple[float, ...]:
        place = claims[key][0]
        return load[key], last.get(key, NEVER), waiting[place].at, place

    def of_server(key: Hashable) -> tuple[float, ...]:
        return load[key], last.get(key, NEVER), *members[key][0]

    for member, places in claims.items():
        heappush(members[waiting[places[0]].keys[0]], of_member(member))
    servers = [of_server(server) for server in members]
    heapify(servers)
    order: list[int] = []
    while servers and len(order) != most:
        place = int(heappop(servers)[-1])
        server, member = waiting[place].keys
        heappop(members[server])
        claims[member].popleft()
        order.append(place)
        latest += 1.0
        load.update((server, member))
        last.update({server: latest, member: latest})
        if claims[member]:
            heappush(members[server], of_member(member))
        if members[server]:
            heappush(servers, of_server(server))
    return order


@dataclass(eq=False)
class Spot:
    """A request's place in the line; entering it waits for the turn, leaving it gives the turn to the next."""

    line: Line
    claim: Claim
    began: float | None = None
    """When the turn began, by `time.monotonic`; none while waiting."""
    called: asyncio.Future[None] | None = None

    @property
    def before(self) -> int:
        """How many are before this one."""
        return self.line.before(self)

    @property
    def seconds_left(self) -> float:
        """About how long until the turn comes."""
        return self.before / self.line.at_once * self.line.usual_s

    async def __aenter__(self) -> None:
        await self.line.enter(self)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.line.leave(self)


@dataclass
class Line:
    """Those of this process who wait for the worker. Not kept: whoever waits is a workflow, which lines up again."""

    at_once: int = AT_ONCE
    usual_s: float = FIRST_GUESS_S
    """What a turn takes at the moment, in seconds: a mean that forgets."""
    _waiting: list[Spot] = field(default_factory=list)
    _working: list[Spot] = field(default_factory=list)
    _served: dict[Hashable, float] = field(default_factory=dict)
    _turns: float = 0.0
    _places: dict[Spot, int] = field(default_factory=dict)
    """How many are before each, as far as it was asked since the line last changed."""

    def waiting(self) -> int:
        """Those who are not at the worker yet."""
        return len(self._waiting)

    def spot(self, server_id: int | None, member_id: int) -> Spot:
        """A place for a request; a direct message counts as a server of its own."""
        server: Hashable = server_id if server_id is not None else ("direct", member_id)
        return Spot(self, Claim(server, member_id, time.monotonic()))

    async def enter(self, spot: Spot) -> None:
        if len(self._working) < self.at_once and not self._waiting:
            self._begin(spot)
            return
        spot.called = asyncio.get_running_loop().create_future()
        self._waiting.append(spot)
        self._places.clear()
        try:
            await spot.called
        except asyncio.CancelledError:
            if spot in self._waiting:
                self._waiting.remove(spot)
                self._places.clear()
            else:  # called in the same moment
                self.leave(spot)
            raise

    def leave(self, spot: Spot) -> None:
        self._working.remove(spot)
        self._places.clear()
        if spot.began is not None:
            self.usual_s += 0.1 * (time.monotonic() - spot.began - self.usual_s)
        while self._waiting and len(self._working) < self.at_once:
            self._begin(self._waiting.pop(self._order(most=1)[0]))

    def before(self, spot: Spot) -> int:
        """How many are before this one in the line; 0 for one that has its turn."""
        if not self._places:
            self._places = {self._waiting[place]: n for n, place in enumerate(self._order(), 1)}
        return self._places.get(spot, 0)

    def _order(self, most: int | None = None) -> list[int]:
        claims, busy = [one.claim for one in self._waiting], [one.claim for one in self._working]
        return fair_order(claims, busy, self._served, most)

    def _begin(self, spot: Spot) -> None:
        self._working.append(spot)
        self._places.clear()
        spot.began = time.monotonic()
        self._turns += 1.0
        if len(self._served) > REMEMBERED:
            self._served.clear()
        self._served.update(dict.fromkeys(spot.claim.keys, self._turns))
        if spot.called is not None and not spot.called.done():
            spot.called.set_result(None)


@dataclass
class Bell:
    """Rings when a training has ended, so that the next one need not wait until it looks again."""

    _rung: asyncio.Event = field(default_factory=asyncio.Event)

    def ring(self) -> None:
        self._rung.set()
        self._rung = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Until it rings, `seconds` at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()

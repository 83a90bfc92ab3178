from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.records import Records, open_records
from bot.settings import Limits
from bot.stories import Ask, Origin, View
from bot.workflows.durable import Durable
from bot.workflows.library import Library
from bot.workflows.parts import Parts, Patience
from bot.workflows.studio import WRITTEN_TYPES, Studio
from tests.fakes.databases import KINDS, drop, fresh_url
from tests.fakes.messenger import FakeMessenger
from tests.fakes.worker import FakeWorker

GUILD, ADA, BEN = 20, 30, 31
PATIENCE = Patience(render=0.6, deliver=2.0, training=3.0, edit=0.2, edit_old=0.2)


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    made = fresh_url(request.param, tmp_path)
    yield made
    drop(made)


@dataclass
class House:
    """A studio on real records and workflows, with a messenger and a worker that can be questioned."""

    studio: Studio
    records: Records
    worker: FakeWorker
    messenger: FakeMessenger
    ids: Iterator[int]

    def origin(self, *, member: int = ADA, guild: int | None = GUILD, moderator: bool = False) -> Origin:
        """A new interaction."""
        return Origin(
            interaction_id=next(self.ids),
            application_id=1,
            token="t",
            at=time.time(),
            guild_id=guild,
            guild_name="Net people",
            channel_id=40,
            member_id=member,
            member_name={ADA: "Ada", BEN: "Ben"}[member],
            moderator=moderator,
        )

    async def ask(self, ask: Ask, *, member: int = ADA, guild: int | None = GUILD, moderator: bool = False) -> Origin:
        origin = self.origin(member=member, guild=guild, moderator=moderator)
        await self.studio.ask(origin, ask)
        return origin


Opening = Callable[..., AsyncIterator[House]]


def build(url: str, folder: Path, messenger: FakeMessenger, worker: FakeWorker, limits: Limits | None = None) -> House:
    """The house as `bot.app` builds it, but for the fakes; not yet open."""
    records = open_records(url)
    parts = Parts(
        records=records,
        worker=worker,
        messenger=messenger,
        library=Library(records, worker, folder / "folders"),
        intake=None,
        limits=limits or Limits(),
        folders=folder / "folders",
        patience=PATIENCE,
    )
    studio = Studio(parts, Durable(url, "bot-0", WRITTEN_TYPES), "test")
    return House(studio, records, worker, messenger, itertools.count(1000, 10))


@pytest.fixture
async def house(url: str, tmp_path: Path) -> AsyncIterator[House]:
    made = build(url, tmp_path, FakeMessenger(), FakeWorker(tmp_path / "worker", speed=10.0))
    await made.studio.open()
    yield made
    await made.studio.close()
    await made.records.close()


__all__ = ["House", "Opening", "View", "build"]

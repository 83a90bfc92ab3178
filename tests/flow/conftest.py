from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from bot.parcels import Parcels
from bot.records import Records, open_records
from bot.safety.fetch import Fetcher
from bot.safety.folders import Folders
from bot.safety.intake import Intake
from bot.safety.seal import Seal
from bot.settings import Limits
from bot.sketches import Sketchbook
from bot.stories import Ask, Origin
from bot.workflows.durable import Durable
from bot.workflows.library import Library
from bot.workflows.parts import Parts, Patience
from bot.workflows.studio import WRITTEN_TYPES, Studio
from gan.contract import Mark
from tests.fakes.databases import KINDS, drop, fresh_url
from tests.fakes.files import FileServer, file_server
from tests.fakes.messenger import FakeMessenger
from tests.fakes.worker import FakeWorker

GUILD, OTHER_GUILD, ADA, BEN = 20, 21, 30, 31
PATIENCE = Patience(
    commit=20.0,
    stuck=20.0,  # a busy machine is no trouble of the records
    moment=0.1,
    render=0.6,
    away=0.6,
    deliver=2.0,
    training=20.0,
    edit=0.1,
    edit_least=0.05,
    edit_old=0.1,
    worker=0.1,
)


@dataclass
class House:
    """A studio on real records and workflows, with a messenger and a worker that can be questioned."""

    studio: Studio
    parts: Parts
    records: Records
    worker: FakeWorker
    messenger: FakeMessenger
    files: FileServer
    folder: Path
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


async def open_house(
    url: str,
    folder: Path,
    messenger: FakeMessenger | None = None,
    *,
    worker: FakeWorker | None = None,
    limits: Limits | None = None,
    seal: Seal | None = None,
    marks: tuple[Mark, ...] = (),
) -> AsyncIterator[House]:
    """The house as `bot.app` builds it, but for messenger and worker; open."""
    records = open_records(url)
    worker, messenger = worker or FakeWorker(folder / "worker", speed=40.0), messenger or FakeMessenger()
    folders, intake = Folders([folder / "folders"]), Intake(children=1)
    async with aiohttp.ClientSession() as session, file_server() as files:
        parts = Parts(
            records=records,
            worker=worker,
            messenger=messenger,
            library=Library(records, worker, folders),
            fetcher=Fetcher(session, playground_url=files.url),
            folders=folders,
            intake=intake,
            limits=limits or Limits(),
            seal=seal,
            marks=marks,
            patience=PATIENCE,
            sketches=Sketchbook(folder / "sketches"),
            parcels=Parcels(folder / "parcels"),
            pages="http://pages",
        )
        studio = Studio(parts, Durable(url, "bot-0", WRITTEN_TYPES), "test")
        await studio.open()
        yield House(studio, parts, records, worker, messenger, files, folder, itertools.count(1000, 10))
        await studio.close()
        await intake.close()
        await records.close()


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    made = fresh_url(request.param, tmp_path)
    yield made
    drop(made)


@pytest.fixture
def limits() -> Limits:
    return Limits()


@pytest.fixture
async def house(url: str, tmp_path: Path, limits: Limits) -> AsyncIterator[House]:
    async for made in open_house(url, tmp_path, limits=limits):
        yield made

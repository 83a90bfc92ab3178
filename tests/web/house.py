"""A gallery with something in it: real HTTP, records and playground, and a worker that can be asked."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.parcels import Parcels
from bot.records import Records, open_records
from bot.records.animations import NewAnimation
from bot.records.models import Owner
from bot.records.outputs import NewOutput
from bot.records.people import Person
from bot.records.requests import NewRequest
from bot.records.schema import now
from bot.sketches import Sketchbook
from bot.web.app import create_app, serve
from bot.web.budget import Budget
from bot.web.catalogue import Catalogue
from bot.web.doors import Door, PlaygroundDoor, RememberingDoor
from bot.web.easel import READ_RECIPE, Easel
from bot.web.sessions import Sessions
from bot.web.site import Entrance, Site, templates
from gan.contract import (
    Direction,
    DirectionList,
    DirectionsState,
    Event,
    EventKind,
    ModelCard,
    ModelInfo,
    Progress,
    RenderRequest,
)
from playground import seed
from playground.server import serve as serve_playground
from playground.settings import Settings as PlaygroundSettings
from tests.fakes.worker import BASE, FakeWorker

SERVER, ELSEWHERE = Person(int(seed.GUILD), "The Artel"), Person(999, "Another place")
JUNO, ADA, MOSS = Person(int(seed.MEMBER), "Juno"), Person(int(seed.ARTIST), "Ada"), Person(int(seed.MODERATOR), "Moss")
STUDIO, STAFF = int(seed.STUDIO), int(seed.STAFF)
KEY = bytes(range(32))
SLIDERS = (
    Direction(id="s0-1", layers=(0, 1), more="brighter", less="darker", effect=2.0),
    Direction(id="p4-2", layers=(4, 5), effect=1.0, low=-2.0, high=4.0),
)


class Worker(FakeWorker):
    """The studio's fake worker, and what the gallery asks besides."""

    weights = "c" * 64
    """Of the model `critters`."""

    async def models(self) -> tuple[ModelInfo, ...]:
        found = await super().models()
        card = ModelCard(id="secret", title="Of another place", family="anchored", size=64)
        kept = ModelCard(
            id="critters",
            title="Critters",
            family="anchored",
            size=64,
            works=12,
            sources=("12 works by Ada (CC BY 4.0)",),
            data_version="f" * 64,
            intended_use="For this server. Not for likenesses.",
        )
        secret = ModelInfo(card=card, sha256="f" * 64, bytes=1)
        return (*found, ModelInfo(card=kept, sha256=self.weights, bytes=1), secret)

    async def directions(self, model_id: str, *, wait_s: float = 0.0) -> DirectionList:
        self._reach()
        return DirectionList(model=model_id, model_sha256="d" * 64, state=DirectionsState.ready, directions=SLIDERS)

    async def history(self, training_id: str) -> list[Event]:
        self._reach()
        picture = await self.put_blob(PIXEL)
        told = [Event(n=1, at=0.0, kind=EventKind.sample, sample=picture)]
        for n in range(2, 40):
            phase = "rebuilding" if n < 20 else "inventing"
            progress = Progress(seconds=n, pictures_seen=n * 100, phase=phase, losses={"rebuild": 2 / n})
            told.append(Event(n=n, at=float(n), kind=EventKind.progress, progress=progress))
        return [*told, Event(n=40, at=40.0, kind=EventKind.sample, sample=picture)]


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cf"
    "c0f01f0005000201a2f2c6a30000000049454e44ae426082"
)


@dataclass
class Gallery:
    url: str
    site: Site
    records: Records
    worker: Worker
    sessions: list[aiohttp.ClientSession] = field(default_factory=list)
    ids: itertools.count[int] = field(default_factory=lambda: itertools.count(5000))

    async def made(
        self,
        by: Person = ADA,
        *,
        server: Person | None = SERVER,
        channel: int = STUDIO,
        kind: str = "generate",
        ask: Mapping[str, Any] | None = None,
        recipe: Mapping[str, Any] | None = None,
        count: int = 1,
        model: str = BASE.card.id,
        private: bool = False,
        parents: Sequence[int] = (),
        relation: str = "vary",
    ) -> list[int]:
        """Pictures of a request, as the stories would have put them on record; their ids."""
        request_id = next(self.ids)
        new = NewRequest(
            request_id, server, channel, by, kind, dict(ask or {}), now(), plan={}, model_id=model, private=private
        )
        await self.records.requests.accept(new)
        wanted = [READ_RECIPE.validate_python(recipe or seed_of(request_id + n)) for n in range(count)]
        asked = RenderRequest(model=model, recipes=tuple(wanted), size=256)
        drawn = await self.worker.render(asked)
        shares = [{"work": "w" * 8, "weight": 0.75, "title": "fox", "artist": "Ada", "licence": "CC0"}]
        rows = [
            NewOutput(
                place,
                model,
                drawn.model_sha256,
                one.model_dump(mode="json"),
                256,
                "auto",
                "png",
                picture.sha256,
                shares,
                parents,
                relation,
            )
            for place, (one, picture) in enumerate(zip(asked.recipes, drawn.pictures, strict=True))
        ]
        return await self.records.outputs.record(request_id, rows)

    async def walk(
        self,
        by: Person = ADA,
        *,
        channel: int = STUDIO,
        private: bool = False,
        stops: Sequence[int] = (),
        media_type: str = "image/webp",
    ) -> int:
        """An animation; its file is one pixel."""
        request_id = next(self.ids)
        new = NewRequest(request_id, SERVER, channel, by, "walk", {}, now(), model_id=BASE.card.id, private=private)
        await self.records.requests.accept(new)
        blob = await self.worker.put_blob(PIXEL)
        made = NewAnimation(BASE.card.id, BASE.sha256, {}, stops, blob, media_type, len(PIXEL))
        return await self.records.animations.record(request_id, made)

    async def visitor(self, who: Person | None = JUNO) -> aiohttp.ClientSession:
        """A browser's worth of cookies; signed in as `who`, or as nobody."""
        jar = aiohttp.CookieJar(unsafe=True)
        headers = {"Sec-Fetch-Site": "same-origin"}
        session = aiohttp.ClientSession(self.url, cookie_jar=jar, headers=headers)
        self.sessions.append(session)
        if who is not None:
            async with session.post("/sign-in", data={"person": str(who.id)}, allow_redirects=False) as answer:
                assert answer.status == 303, await answer.text()
        return session


@asynccontextmanager
async def gallery(
    url: str, folder: Path, *, entrance: Entrance | None = None, per_minute: float = 10_000
) -> AsyncIterator[Gallery]:
    records = open_records(url)
    worker = Worker(folder / "worker")
    async with (
        serve_playground(PlaygroundSettings(port=0)) as (playground, _),
        aiohttp.ClientSession() as session,
    ):
        way = entrance or PlaygroundDoor(session, playground)
        door: Door = RememberingDoor(way, keep_seconds=0.0 if entrance else 30.0)
        site = Site(
            records=records,
            entrance=way,
            door=door,
            catalogue=Catalogue(records, worker),
            easel=Easel(worker, Budget(per_minute)),
            sessions=Sessions(KEY),
            pages=templates(),
            sketches=Sketchbook(folder / "sketches"),
            parcels=Parcels(folder / "parcels"),
        )
        async with serve(create_app(site, playground=playground), "127.0.0.1", 0) as address:
            house = Gallery(address, site, records, worker)
            yield house
            for one in house.sessions:
                await one.close()
    await records.close()


async def own(house: Gallery, model_id: str, server: Person, member: Person = ADA, training: str | None = "t1") -> None:
    """Note whose a model is; both must be on record."""
    await house.records.models.own(Owner(model_id, server.id, member.id, training))


def seed_of(number: int) -> Mapping[str, Any]:
    return {"kind": "seed", "seed": number, "variety": 0.5}

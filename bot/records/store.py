"""All topics of the records behind one name, and the list that shows everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.records.animations import Animations
from bot.records.art import Art
from bot.records.audit import Audit
from bot.records.collections import Collections
from bot.records.contests import Contests
from bot.records.credited import Credited
from bot.records.database import Database, open_database
from bot.records.erasing import Erasing
from bot.records.expressions import Expressions
from bot.records.favourites import Favourites
from bot.records.fingerprints import Fingerprints
from bot.records.gallery import Gallery
from bot.records.limits import Limits
from bot.records.lineage import Lineage
from bot.records.models import Models
from bot.records.outputs import Outputs, outputs
from bot.records.people import People, members, servers
from bot.records.reports import Reports
from bot.records.requests import Requests, requests
from bot.records.retirements import Retirements
from bot.records.settings import HouseRules
from bot.records.showcases import Showcases
from bot.records.sliders import SliderNames
from bot.records.trainings import Trainings, trainings
from bot.records.usage import Usage


@dataclass(frozen=True)
class RequestLine:
    """A request with everything a moderator asks about it."""

    id: int
    asked_at: datetime
    server: str | None
    channel_id: int
    member_id: int
    member: str
    kind: str
    ask: Mapping[str, object]
    state: str
    error: str | None
    timings: Mapping[str, float]
    """Milliseconds by stage."""
    accepted_at: datetime | None
    acknowledged_at: datetime | None
    started_at: datetime | None
    done_at: datetime | None
    answered_at: datetime | None
    route: str | None
    attempts: int
    model: str | None
    outputs: tuple[int, ...]
    """Ids of the pictures it made."""
    training: str | None


@dataclass(frozen=True)
class Records:
    """The topics, each with its own queries."""

    database: Database
    people: People
    requests: Requests
    outputs: Outputs
    models: Models
    trainings: Trainings
    usage: Usage
    audit: Audit
    gallery: Gallery
    lineage: Lineage
    favourites: Favourites
    slider_names: SliderNames
    animations: Animations
    showcases: Showcases
    limits: Limits
    reports: Reports
    house_rules: HouseRules
    contests: Contests
    expressions: Expressions
    art: Art
    collections: Collections
    retirements: Retirements
    credited: Credited
    erasing: Erasing
    fingerprints: Fingerprints

    async def every_request(self, *, server_id: int | None = None, limit: int | None = None) -> Sequence[RequestLine]:
        """Who asked for what and when, how it went, how long it took, with which model, and what came of it.

        One query; the newest request first. `server_id` keeps to one server, `limit` to so many.
        """
        async with self.database.read() as connection:
            rows = (await connection.execute(every_request(server_id, limit))).mappings().all()
        return [RequestLine(**{**row, "outputs": _ids(row["outputs"])}) for row in rows]

    async def close(self) -> None:
        await self.database.close()


def open_records(url: str) -> Records:
    """The records behind `url`, see `open_database`; nothing is read before the first query."""
    database = open_database(url)
    topics = (People, Requests, Outputs, Models, Trainings, Usage, Audit, Gallery)
    topics += (Lineage, Favourites, SliderNames, Animations, Showcases, Limits)  # type: ignore[assignment]
    topics += (Reports, HouseRules, Contests, Expressions)  # type: ignore[assignment]
    topics += (Art, Collections, Retirements, Credited, Erasing, Fingerprints)  # type: ignore[assignment]
    return Records(database, *(topic(database) for topic in topics))  # type: ignore[arg-type]


def every_request(server_id: int | None = None, limit: int | None = None) -> sa.Select[tuple[object, ...]]:
    """The statement behind `Records.every_request`."""
    made = (
        sa.select(sa.func.aggregate_strings(sa.cast(outputs.c.id, sa.String), ","))
        .where(outputs.c.request_id == requests.c.id)
        .scalar_subquery()
    )
    query = (
        sa.select(
            requests.c.id,
            requests.c.asked_at,
            servers.c.name.label("server"),
            requests.c.channel_id,
            requests.c.member_id,
            members.c.name.label("member"),
            requests.c.kind,
            requests.c.ask,
            requests.c.state,
            requests.c.error,
            requests.c.timings,
            requests.c.accepted_at,
            requests.c.acknowledged_at,
            requests.c.started_at,
            requests.c.done_at,
            requests.c.answered_at,
            requests.c.answer_route.label("route"),
            requests.c.attempts,
            sa.func.coalesce(requests.c.model_id, trainings.c.model_id).label("model"),
            made.label("outputs"),
            trainings.c.id.label("training"),
        )
        .select_from(requests)
        .join(members, members.c.id == requests.c.member_id)
        .join(servers, servers.c.id == requests.c.server_id, isouter=True)
        .join(trainings, trainings.c.request_id == requests.c.id, isouter=True)
        .order_by(requests.c.asked_at.desc(), requests.c.id.desc())
    )
    if server_id is not None:
        query = query.where(requests.c.server_id == server_id)
    return query if limit is None else query.limit(limit)


def _ids(joined: str | None) -> tuple[int, ...]:
    return tuple(sorted(int(one) for one in joined.split(","))) if joined else ()

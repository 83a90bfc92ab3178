"""All that is kept of a member, found by the foreign keys of the tables: to give it to them, and to erase it.

A table that is added later is found by itself, as long as its columns name members and requests by foreign keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.records.animations import animations
from bot.records.art import artworks
from bot.records.audit import audit_log
from bot.records.collections import version_works
from bot.records.credited import Shown
from bot.records.database import Database
from bot.records.limits import Scope, limits
from bot.records.models import owners
from bot.records.outputs import outputs
from bot.records.people import members
from bot.records.requests import requests
from bot.records.retirements import retirements
from bot.records.schema import metadata, now
from bot.records.showcases import showcased
from bot.records.trainings import trainings

_HASH = re.compile(r"\b[0-9a-f]{64}\b")
NOBODY = 0
"""Who takes the place of somebody erased where a row must stay for others: a collection, a server's choice."""
KEPT = frozenset({"blocked_members"})
"""That a member was shut out of a server is kept without their name, or erasing oneself would undo it."""
OF_A_REQUEST = (outputs, animations, trainings)
"""What came of a member's requests."""


@dataclass(frozen=True)
class Erasing:
    database: Database

    async def everything_of(self, member_id: int) -> dict[str, list[dict[str, Any]]]:
        """Every row that is about a member, by table; empty when nothing is kept of them."""
        mine = sa.select(requests.c.id).where(requests.c.member_id == member_id)
        queries = [(table, column == member_id) for table, column in _naming(members) if table.name not in KEPT]
        queries += [(members, members.c.id == member_id), (version_works, version_works.c.member_id == member_id)]
        queries += [(audit_log, audit_log.c.member_id == member_id), (limits, _own_limits(member_id))]
        queries += [(table, table.c.request_id.in_(mine)) for table in OF_A_REQUEST]
        found: dict[str, dict[str, dict[str, Any]]] = {}
        async with self.database.read() as connection:
            for table, condition in queries:
                for row in (await connection.execute(sa.select(table).where(condition))).mappings():
                    found.setdefault(table.name, {})[str(tuple(row.values()))] = dict(row)
        return {name: list(rows.values()) for name, rows in sorted(found.items())}

    async def noting(self, member_id: int) -> list[int]:
        """Requests whose stories noted something of a member: their own, and trainings on what they gave."""
        holding = sa.select(version_works.c.version_id).where(version_works.c.member_id == member_id)
        queries = (
            sa.select(requests.c.id).where(requests.c.member_id == member_id),
            sa.select(requests.c.id).where(_planned(holding)),
            sa.select(trainings.c.request_id).where(trainings.c.version_id.in_(holding)),
        )
        async with self.database.read() as connection:
            found = [(await connection.execute(query)).scalars() for query in queries]
            return sorted({one for some in found for one in some})

    async def own_messages(self, member_id: int) -> list[Shown]:
        """Where answers with pictures of a member's stand, showcases included."""
        mine = (requests.c.member_id == member_id) & requests.c.deleted_at.is_(None)
        answered = requests.c.answer_message_id.is_not(None) & requests.c.private.is_(False)
        made = sa.exists().where(outputs.c.request_id == requests.c.id)
        moving = sa.exists().where(animations.c.request_id == requests.c.id)
        given = sa.exists().where(artworks.c.request_id == requests.c.id)
        answers = sa.select(requests.c.answer_channel_id, requests.c.answer_message_id)
        shown = sa.select(showcased.c.channel_id, showcased.c.message_id).where(
            showcased.c.output_id.in_(sa.select(outputs.c.id).join(requests).where(requests.c.member_id == member_id)),
            showcased.c.message_id.is_not(None),
        )
        async with self.database.read() as connection:
            rows = (await connection.execute(answers.where(mine, answered, made | moving | given))).all()
            rows = [*rows, *(await connection.execute(shown)).all()]
        return list(dict.fromkeys(Shown(*row) for row in rows))

    async def own_blobs(self, member_id: int) -> list[str]:
        """Files at the worker that this member's rows name: animations, uploads that a picture was made from, codes
        that were found from one, files attached to a training. What others gave too is not among them."""
        mine = requests.c.member_id == member_id
        moving = sa.select(animations.c.sha256).join(requests).where(mine)
        made = sa.select(outputs.c.recipe).join(requests).where(mine)
        attached = sa.select(version_works.c.sha256).where(version_works.c.member_id == member_id)
        async with self.database.read() as connection:
            found = set((await connection.execute(moving.union(attached))).scalars())
            for recipe in (await connection.execute(made)).scalars():
                found |= set(_HASH.findall(json.dumps(recipe)))
            given = sa.select(artworks.c.sha256).where(artworks.c.withdrawn_at.is_(None))
            others = version_works.c.member_id.is_(None) | (version_works.c.member_id != member_id)
            learned = sa.select(version_works.c.sha256).where(others)
            kept = set((await connection.execute(given.union(learned))).scalars()) if found else set()
        return sorted(found - kept)

    async def erase(self, member_id: int, keep_request: int | None = None) -> None:
        """Leave nothing of a member; what others need keeps standing without their name. Harmless twice.

        `keep_request` is the request by which they asked for it, as long as it is not answered.
        """
        async with self.database.write() as connection:
            await _nobody(connection)
            await _scrub_learned(connection, member_id)
            works = artworks.c.member_id == member_id
            await _delete(connection, artworks, works)
            await connection.execute(version_works.delete().where(version_works.c.member_id == member_id))
            await _erase_requests(connection, member_id, keep_request)
            for table, column in _naming(members):
                if table.name not in KEPT and table is not requests:
                    await _erase_column(connection, table, column, member_id)
            anonymous = {"member_id": NOBODY, "details": {}}
            theirs = audit_log.c.member_id == member_id
            await connection.execute(audit_log.update().where(theirs).values(**anonymous))
            about = audit_log.c.details["owner"].as_integer() == member_id
            await connection.execute(audit_log.update().where(about).values(details={}))
            await connection.execute(limits.delete().where(_own_limits(member_id)))
            if keep_request is None:
                await _erase_name(connection, member_id)


def _naming(table: sa.Table) -> Iterable[tuple[sa.Table, sa.Column[Any]]]:
    """Every column that names rows of a table by its key."""
    for other in metadata.sorted_tables:
        for column in other.columns:
            if any(key.column.table is table for key in column.foreign_keys):
                yield other, column


def _own_limits(member_id: int) -> sa.ColumnElement[bool]:
    return (limits.c.scope == Scope.member.value) & (limits.c.subject_id == member_id)


async def _nobody(connection: AsyncConnection) -> None:
    there = await connection.execute(sa.select(members.c.id).where(members.c.id == NOBODY))
    if there.first() is None:
        await connection.execute(members.insert().values(id=NOBODY, name="", first_seen=now(), last_seen=now()))


async def _scrub_learned(connection: AsyncConnection, member_id: int) -> None:
    """Trainings of retired models name works and artists in their bodies; nothing needs these any more."""
    holding = sa.select(version_works.c.version_id).where(version_works.c.member_id == member_id)
    spent = trainings.c.model_id.in_(sa.select(retirements.c.model_id)) | trainings.c.model_id.is_(None)
    touched = trainings.c.version_id.in_(holding) & trainings.c.ended_at.is_not(None) & spent
    await connection.execute(trainings.update().where(touched).values(body={}, left_out=[]))
    await connection.execute(requests.update().where(_planned(holding)).values(plan=sa.null()))


def _planned(versions: sa.Select[tuple[int]]) -> sa.ColumnElement[bool]:
    """Sheets of trainings on one of these versions."""
    return sa.and_(requests.c.kind == "train", requests.c.plan["version_id"].as_integer().in_(versions))


async def _erase_requests(connection: AsyncConnection, member_id: int, keep: int | None) -> None:
    """Requests with all that came of them; those whose model others still use stay, as nobody's."""
    mine = requests.c.member_id == member_id
    if keep is not None:
        mine &= requests.c.id != keep
    retired = sa.select(retirements.c.model_id)
    standing = sa.select(trainings.c.request_id).where(
        (trainings.c.model_id.is_not(None) & trainings.c.model_id.not_in(retired)) | trainings.c.ended_at.is_(None)
    )
    of_models = mine & requests.c.id.in_(standing)
    await _delete(connection, outputs, outputs.c.request_id.in_(sa.select(requests.c.id).where(mine)))
    blank = {"member_id": NOBODY, "ask": {}, "plan": sa.null(), "error": None}
    await connection.execute(requests.update().where(of_models).values(**blank))
    await _delete(connection, requests, mine)
    named = requests.c.ask["member_id"].as_integer() == member_id
    await connection.execute(requests.update().where(named).values(ask={}))


async def _erase_column(connection: AsyncConnection, table: sa.Table, column: sa.Column[Any], member_id: int) -> None:
    """Rows that are the member's own go; where they only did something to what others have, nobody did."""
    this = column == member_id
    if column.primary_key:
        await _delete(connection, table, this)
    elif column.nullable:
        await connection.execute(table.update().where(this).values({column: None}))
    elif table is owners or not _belongs(column):
        await connection.execute(table.update().where(this).values({column: NOBODY}))
    else:
        await _delete(connection, table, this)


def _belongs(column: sa.Column[Any]) -> bool:
    """Whether rows belong to whom this column names (`member_id`), rather than were only touched by them."""
    return column.name in {"member_id", "maker_id"}


async def _delete(connection: AsyncConnection, table: sa.Table, condition: sa.ColumnElement[bool]) -> None:
    """Delete rows with all that hangs on them by foreign keys."""
    for other, column in _naming(table):
        (key,) = (one for one in column.foreign_keys if one.column.table is table)
        hanging = column.in_(sa.select(key.column).where(condition))
        if column.nullable and not column.primary_key:
            await connection.execute(other.update().where(hanging).values({column: None}))
        else:
            await _delete(connection, other, hanging)
    await connection.execute(table.delete().where(condition))


async def _erase_name(connection: AsyncConnection, member_id: int) -> None:
    """The member's own row; only its name where something that is kept (`KEPT`) hangs on it."""
    for table, column in _naming(members):
        kept = await connection.execute(sa.select(column).where(column == member_id).limit(1))
        if table.name in KEPT and kept.first() is not None:
            await connection.execute(members.update().where(members.c.id == member_id).values(name=""))
            return
    await connection.execute(members.delete().where(members.c.id == member_id))

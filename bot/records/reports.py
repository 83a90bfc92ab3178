"""What moderators have to look at: pictures that members reported, and what a gate held back; and who is blocked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.records.animations import animations
from bot.records.database import Database
from bot.records.favourites import favourites
from bot.records.lineage import SAME, lineage
from bot.records.outputs import outputs
from bot.records.people import Person, members, see
from bot.records.requests import requests
from bot.records.schema import Json, RowId, Snowflake, UtcTime, metadata, now
from bot.records.showcases import showcased
from bot.records.upserts import insert_once

OPEN, APPROVED, REMOVED = "open", "approved", "removed"
REPORT, HELD_UPLOAD, HELD_OUTPUT = "report", "upload", "output"

reports = sa.Table(
    "reports",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=True),
    sa.Column("request_id", Snowflake, nullable=False),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), nullable=False),
    sa.Column("channel_id", Snowflake, nullable=False),
    sa.Column("message_id", Snowflake),
    sa.Column("outputs", Json, nullable=False),
    sa.Column("animation_id", RowId, sa.ForeignKey("animations.id")),
    sa.Column("blob", sa.String(64)),
    sa.Column("maker_id", Snowflake, sa.ForeignKey("members.id"), nullable=False),
    sa.Column("reporter_id", Snowflake, sa.ForeignKey("members.id")),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("made_at", UtcTime, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("decided_by", Snowflake, sa.ForeignKey("members.id")),
    sa.Column("decided_at", UtcTime),
    sa.UniqueConstraint("request_id", "kind"),
    sa.Index("ix_reports_server_state", "server_id", "state"),
    sqlite_autoincrement=True,
)

blocked_members = sa.Table(
    "blocked_members",
    metadata,
    sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), primary_key=True, autoincrement=False),
    sa.Column("member_id", Snowflake, sa.ForeignKey("members.id"), primary_key=True, autoincrement=False),
    sa.Column("blocked_by", Snowflake, nullable=False),
    sa.Column("blocked_at", UtcTime, nullable=False),
)

denied_pictures = sa.Table(
    "denied_pictures",
    metadata,
    sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), primary_key=True, autoincrement=False),
    sa.Column("phash", sa.String(16), primary_key=True),
    sa.Column("thumb", sa.Text, nullable=False),
    sa.Column("denied_at", UtcTime, nullable=False),
)


@dataclass(frozen=True)
class NewReport:
    request_id: int
    kind: str
    """`report`, or what a gate held back: `upload`, `output`."""
    server: Person
    channel_id: int
    maker_id: int
    reporter: Person | None
    """None: a gate."""
    reason: str
    message_id: int | None = None
    outputs: Sequence[int] = ()
    animation_id: int | None = None
    blob: str | None = None
    """What was held back, at the worker."""


@dataclass(frozen=True)
class Report:
    """One row of `reports`, with the names of those it is about."""

    id: int
    request_id: int
    kind: str
    server_id: int
    channel_id: int
    message_id: int | None
    outputs: Sequence[int]
    animation_id: int | None
    blob: str | None
    maker_id: int
    maker: str
    reporter_id: int | None
    reason: str
    made_at: datetime
    state: str
    decided_by: int | None
    decided_at: datetime | None


@dataclass(frozen=True)
class Look:
    """How a picture looks, see `bot.safety.duplicates`."""

    phash: str
    thumb: str


@dataclass(frozen=True)
class Removed:
    """What one removal took out of every list."""

    outputs: Sequence[int]
    messages: Sequence[tuple[int, int]]
    """(channel, message) of all places where any of it stands, answers that only one member saw left out."""
    blobs: Sequence[str]
    """Files that the worker keeps of it."""


@dataclass(frozen=True)
class Reports:
    database: Database

    async def file(self, new: NewReport, maker: Person | None = None) -> int:
        """Put it into the queue and give its id; the same request again gives the same.

        `maker` is needed where no request of theirs may be on record yet.
        """
        row: dict[str, Any] = {**vars(new), "server_id": new.server.id, "outputs": list(new.outputs)}
        row |= {"reporter_id": new.reporter.id if new.reporter else None, "reason": new.reason[:1000]}
        row |= {"made_at": now(), "state": OPEN}
        del row["server"], row["reporter"]
        async with self.database.write() as connection:
            for person in filter(None, (maker, new.reporter)):
                await see(connection, new.server, person)
            await insert_once(connection, reports, row, keys=("request_id", "kind"))
            this = (reports.c.request_id == new.request_id) & (reports.c.kind == new.kind)
            return int((await connection.execute(sa.select(reports.c.id).where(this))).scalar_one())

    async def get(self, report_id: int, server_id: int) -> Report | None:
        found = await self._select((reports.c.id == report_id) & (reports.c.server_id == server_id))
        return found[0] if found else None

    async def waiting(self, server_id: int) -> list[Report]:
        """Those that nobody has decided, the oldest first."""
        return await self._select((reports.c.server_id == server_id) & (reports.c.state == OPEN))

    async def decide(self, report_id: int, state: str, by: int) -> bool:
        """Close it, with all others about the same pictures; False when it was closed already."""
        async with self.database.write() as connection:
            this = sa.select(reports).where(reports.c.id == report_id)
            row = (await connection.execute(this)).one()
            same = (reports.c.server_id == row.server_id) & (reports.c.state == OPEN)
            alike = [reports.c.id == report_id]
            if row.kind == REPORT and row.message_id is not None:
                alike.append((reports.c.message_id == row.message_id) & (reports.c.kind == REPORT))
            if row.blob is not None:
                alike.append(reports.c.blob == row.blob)
            closing = {"state": state, "decided_by": by, "decided_at": now()}
            await connection.execute(reports.update().where(same, sa.or_(*alike)).values(**closing))
            return bool(row.state == OPEN)

    async def approved(self, server_id: int, blob: str) -> bool:
        """Whether a moderator let through this very file, which a gate had held back."""
        this = (reports.c.server_id == server_id) & (reports.c.blob == blob)
        query = sa.select(reports.c.id).where(this, reports.c.state == APPROVED).limit(1)
        async with self.database.read() as connection:
            return (await connection.execute(query)).first() is not None

    async def removed(self, output_id: int) -> bool:
        """Whether moderators removed this picture, rather than its maker."""
        query = sa.select(reports.c.outputs).where(reports.c.state == REMOVED)
        made_here = sa.select(requests.c.server_id).join(outputs).where(outputs.c.id == output_id).scalar_subquery()
        async with self.database.read() as connection:
            rows = (await connection.execute(query.where(reports.c.server_id == made_here))).scalars()
            return any(output_id in row for row in rows)

    # --- removal -----------------------------------------------------------------------------------------------------

    async def take_out(self, server_id: int, output_ids: Sequence[int], animation_id: int | None = None) -> Removed:
        """Take pictures (with their enlarged copies, and the walks through them) out of every list, for ever.

        In one transaction, and harmless twice: the second time gives the same places.
        """
        async with self.database.write() as connection:
            family = await _with_copies(connection, output_ids)
            await connection.execute(
                outputs.update()
                .where(outputs.c.id.in_(family), outputs.c.deleted_at.is_(None))
                .values(deleted_at=now())
            )
            await connection.execute(favourites.delete().where(favourites.c.output_id.in_(family)))
            walks = await _walks(connection, server_id, family, animation_id)
            await connection.execute(
                animations.update()
                .where(animations.c.id.in_([walk.id for walk in walks]), animations.c.deleted_at.is_(None))
                .values(deleted_at=now())
            )
            places = await _places(connection, server_id, family, [walk.request_id for walk in walks])
        return Removed(family, places, [walk.sha256 for walk in walks])

    async def deny(self, server_id: int, looks: Sequence[Look]) -> None:
        """Pictures that look like these are held back in this server from now on."""
        async with self.database.write() as connection:
            for look in looks:
                row = {"server_id": server_id, **vars(look), "denied_at": now()}
                await insert_once(connection, denied_pictures, row, keys=("server_id", "phash"))

    async def allow(self, server_id: int, look: Look) -> None:
        """Pictures that look like this are held back no longer."""
        this = (denied_pictures.c.server_id == server_id) & (denied_pictures.c.phash == look.phash)
        async with self.database.write() as connection:
            await connection.execute(denied_pictures.delete().where(this))

    async def denied(self, server_id: int) -> tuple[Look, ...]:
        query = sa.select(denied_pictures.c.phash, denied_pictures.c.thumb)
        async with self.database.read() as connection:
            rows = await connection.execute(query.where(denied_pictures.c.server_id == server_id))
            return tuple(Look(*row) for row in rows.tuples().all())

    # --- members -----------------------------------------------------------------------------------------------------

    async def block(self, server: Person, member: Person, by: int) -> None:
        row = {"server_id": server.id, "member_id": member.id, "blocked_by": by, "blocked_at": now()}
        async with self.database.write() as connection:
            await see(connection, server, member)
            await insert_once(connection, blocked_members, row, keys=("server_id", "member_id"))

    async def unblock(self, server_id: int, member_id: int) -> None:
        this = (blocked_members.c.server_id == server_id) & (blocked_members.c.member_id == member_id)
        async with self.database.write() as connection:
            await connection.execute(blocked_members.delete().where(this))

    async def blocked(self, server_id: int) -> dict[int, str]:
        """Name by member."""
        query = sa.select(members.c.id, members.c.name).join(
            blocked_members, blocked_members.c.member_id == members.c.id
        )
        async with self.database.read() as connection:
            rows = await connection.execute(query.where(blocked_members.c.server_id == server_id))
            return dict(rows.tuples().all())

    async def _select(self, condition: sa.ColumnElement[bool]) -> list[Report]:
        query = sa.select(reports, members.c.name.label("maker")).join(members, members.c.id == reports.c.maker_id)
        async with self.database.read() as connection:
            rows = (await connection.execute(query.where(condition).order_by(reports.c.id))).all()
        return [Report(**row._mapping) for row in rows]


async def _with_copies(connection: AsyncConnection, output_ids: Sequence[int]) -> list[int]:
    """These pictures, their originals, and all enlarged copies of those."""
    same = lineage.c.relation == SAME
    above = sa.select(lineage.c.parent_id).where(lineage.c.output_id.in_(output_ids), same)
    originals = {*output_ids, *(await connection.execute(above)).scalars()}
    below = sa.select(lineage.c.output_id).where(lineage.c.parent_id.in_(originals), same)
    return sorted({*originals, *(await connection.execute(below)).scalars()})


async def _walks(
    connection: AsyncConnection, server_id: int, family: Sequence[int], animation_id: int | None
) -> list[sa.Row[Any]]:
    """Animations through any of these pictures, and the one that was named."""
    query = sa.select(animations.c.id, animations.c.request_id, animations.c.sha256, animations.c.stops).join(requests)
    rows = (await connection.execute(query.where(requests.c.server_id == server_id))).all()
    gone = set(family)
    return [row for row in rows if row.id == animation_id or gone & set(row.stops)]


async def _places(
    connection: AsyncConnection, server_id: int, family: Sequence[int], walked: Sequence[int]
) -> list[tuple[int, int]]:
    """Where these pictures stand: as answers that made them, as answers that showed them again, in the showcase."""
    made = sa.select(outputs.c.request_id).where(outputs.c.id.in_(family))
    where = (requests.c.channel_id, requests.c.answer_channel_id, requests.c.answer_message_id)
    answered = requests.c.answer_message_id.is_not(None) & requests.c.private.is_(False)
    own = sa.select(*where).where(answered, requests.c.id.in_(made) | requests.c.id.in_(walked))
    found = {(row.answer_channel_id, row.answer_message_id) for row in (await connection.execute(own)).all()}
    # what was shown again names its rows in its plan
    showing = sa.select(*where, requests.c.plan).where(
        answered, requests.c.server_id == server_id, requests.c.kind.in_(("open", "show")), requests.c.plan.is_not(None)
    )
    gone = set(family)
    for row in (await connection.execute(showing)).all():
        if gone & set(row.plan.get("rows") or ()):
            found.add((row.answer_channel_id, row.answer_message_id))
    shown = sa.select(showcased.c.channel_id, showcased.c.message_id).where(
        showcased.c.output_id.in_(family), showcased.c.message_id.is_not(None)
    )
    found |= {(row.channel_id, row.message_id) for row in (await connection.execute(shown)).all()}
    return sorted(found)

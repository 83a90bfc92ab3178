"""Column types and the metadata that every table hangs on; migrations compare themselves with it."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Constraints are named by rule, so both databases and every migration call them the same."""

Snowflake = sa.BigInteger()
"""An id given by Discord: 64 bits."""

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""An id that we count ourselves; SQLite counts only columns declared INTEGER, which there hold 64 bits as well."""

Json = sa.JSON().with_variant(JSONB(), "postgresql")


class UtcTime(sa.types.TypeDecorator[datetime]):
    """An aware time in UTC. SQLite keeps no zone, so it is dropped on the way in and put back on the way out."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone is a mistake waiting to happen; use records.schema.now()")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def moment(seconds: float) -> datetime:
    """The time that many seconds after the epoch, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)

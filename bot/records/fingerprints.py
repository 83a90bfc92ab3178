"""What pictures are known again by when they come back without their metadata: pixels, invisible mark, looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.records.database import Database
from bot.records.schema import RowId, metadata
from bot.records.upserts import insert_new

if TYPE_CHECKING:
    from bot.records.outputs import NewOutput

BANDS, BAND_BITS = 4, 16
MOST_BITS = 7
"""Bits of 64 in which two hashes of looks may differ. One of four bands of 16 bits then differs in one at most, so
candidates come from an index: 17 values a band."""
MOST_ALIKE = 24
"""Candidates by looks that are worth a second look."""

OUTPUT = "outputs.id"
fingerprints = sa.Table(
    "fingerprints",
    metadata,
    sa.Column(
        "output_id", RowId, sa.ForeignKey("outputs.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    sa.Column("pixels", sa.String(64), nullable=False, index=True),
    sa.Column("mark", sa.Integer, index=True),
    sa.Column("looks", sa.String(16), nullable=False),
    *(sa.Column(f"band{number}", sa.Integer, nullable=False, index=True) for number in range(BANDS)),
)


@dataclass(frozen=True)
class Likeness:
    output_id: int
    bits: int
    """In how many of 64 bits its looks differ."""


@dataclass(frozen=True)
class Fingerprints:
    database: Database

    async def by_pixels(self, pixels: str) -> list[int]:
        """Outputs of exactly these pixels, the oldest first."""
        return await self._ids(fingerprints.c.pixels == pixels)

    async def by_mark(self, mark: int) -> list[int]:
        """Outputs that carry this invisible number, the oldest first: one picture at all its sizes, and by a rare
        chance (one in 2^28) another picture."""
        return await self._ids(fingerprints.c.mark == mark)

    async def by_looks(self, looks: str) -> list[Likeness]:
        """Outputs that look like it, the most alike first."""
        number = int(looks, 16)
        near = [_near(value) for value in _bands(number)]
        condition = sa.or_(*(fingerprints.c[f"band{place}"].in_(values) for place, values in enumerate(near)))
        query = sa.select(fingerprints.c.output_id, fingerprints.c.looks).where(condition)
        async with self.database.read() as connection:
            rows = (await connection.execute(query)).tuples().all()
        found = [Likeness(output_id, (int(theirs, 16) ^ number).bit_count()) for output_id, theirs in rows]
        fitting = sorted((one for one in found if one.bits <= MOST_BITS), key=lambda one: (one.bits, one.output_id))
        return fitting[:MOST_ALIKE]

    async def of(self, output_id: int) -> Mapping[str, Any] | None:
        query = sa.select(fingerprints).where(fingerprints.c.output_id == output_id)
        async with self.database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return dict(row._mapping) if row else None

    async def _ids(self, condition: sa.ColumnElement[bool]) -> list[int]:
        query = sa.select(fingerprints.c.output_id).where(condition).order_by(fingerprints.c.output_id)
        async with self.database.read() as connection:
            return list((await connection.execute(query.limit(MOST_ALIKE))).scalars().all())


async def take(connection: AsyncConnection, ids: Mapping[int, int], made: Sequence[NewOutput]) -> None:
    """Write down what new pictures are known again by; `ids` are the outputs by place."""
    rows = [_row(ids[new.place], new) for new in made if new.looks]
    if rows:
        await insert_new(connection, fingerprints, rows, keys=("output_id",))


def _row(output_id: int, new: NewOutput) -> dict[str, Any]:
    bands = {f"band{place}": value for place, value in enumerate(_bands(int(new.looks, 16)))}
    return {"output_id": output_id, "pixels": new.pixels, "mark": new.mark, "looks": new.looks, **bands}


def _bands(number: int) -> list[int]:
    return [(number >> (BAND_BITS * place)) & ((1 << BAND_BITS) - 1) for place in range(BANDS)]


def _near(value: int) -> list[int]:
    """The value and all that differ from it in one bit."""
    return [value, *(value ^ (1 << bit) for bit in range(BAND_BITS))]

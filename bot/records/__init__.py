"""What Artel remembers, in SQL: who asked for what, what was made, what was learned.

`open_records(url)` gives a `Records`, whose attributes are the topics: `people`, `requests`, `outputs`, `models`,
`trainings`, `usage`, `audit`. Every query returns frozen dataclasses; no row, session or SQL leaves this package.
SQLite is the default; the same code runs on Postgres.
"""

from __future__ import annotations

from bot.records.database import (
    Database,
    RecordsAway,
    RecordsFull,
    UnsafeSqlite,
    away_or_full,
    check_room,
    open_database,
    system_database,
)
from bot.records.migrating import migrate
from bot.records.store import Records, open_records

__all__ = [
    "Database",
    "Records",
    "RecordsAway",
    "RecordsFull",
    "UnsafeSqlite",
    "away_or_full",
    "check_room",
    "migrate",
    "open_database",
    "open_records",
    "system_database",
]

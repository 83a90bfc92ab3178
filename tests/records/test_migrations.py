"""A migrated database is the database that the tables describe, on SQLite and on Postgres."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.records import migrate, open_database
from bot.records.migrating import config, migrated_to
from bot.records.schema import metadata
from tests.fakes.databases import drop, fresh_url


async def differences(url: str) -> list[Any]:
    database = open_database(url)
    async with database.read() as connection:
        found = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync, opts={"compare_type": True}), metadata)
        )
    await database.close()
    return list(found)


async def test_the_migrated_database_is_what_the_tables_say(url: str) -> None:
    assert await differences(url) == []


async def test_the_comparison_sees_a_missing_column(kind: str, tmp_path: Path) -> None:
    url = await asyncio.to_thread(fresh_url, kind, tmp_path)
    database = open_database(url)
    async with database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE requests DROP COLUMN error")
    await database.close()
    assert [change[0] for change in await differences(url)] == ["add_column"]
    await asyncio.to_thread(drop, url, changed=True)


async def test_migrating_twice_and_at_once_is_harmless(kind: str, tmp_path: Path) -> None:
    url = await asyncio.to_thread(fresh_url, kind, tmp_path, migrated=False)
    assert await migrated_to(url) is None
    await asyncio.gather(migrate(url), migrate(url))
    await migrate(url)
    assert await migrated_to(url) == ScriptDirectory.from_config(config()).get_current_head()
    assert await differences(url) == []
    await asyncio.to_thread(drop, url, changed=True)


def test_the_history_is_one_line_with_names_in_order() -> None:
    scripts = list(ScriptDirectory.from_config(config()).walk_revisions())[::-1]
    assert [script.revision for script in scripts] == [f"{n:04d}" for n in range(1, len(scripts) + 1)]
    for script in scripts:
        assert re.fullmatch(rf"{script.revision}_[a-z0-9_]+\.py", Path(script.path).name)


@pytest.mark.parametrize("url", ["mysql://host/name", "oracle://host/name"])
def test_other_databases_are_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL"):
        open_database(url)


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="must name a file"):
        open_database("sqlite+aiosqlite://")

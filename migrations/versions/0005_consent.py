"""Art given with consent, collections with frozen versions, and models retired because art was withdrawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.records.schema import Json, RowId, Snowflake, UtcTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _art()
    _collections()
    _versions()
    op.create_table(
        "retirements",
        sa.Column("model_id", sa.String(64), primary_key=True),
        sa.Column("request_id", Snowflake, nullable=False),
        sa.Column("server_id", Snowflake, index=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("retired_at", UtcTime, nullable=False),
        sa.Column("forgotten_at", UtcTime),
        sa.Column("retrain_id", Snowflake),
        sa.Column("origin", Json),
        sa.Column("again", Json),
        sa.Column("begun_at", UtcTime),
    )
    op.add_column("trainings", sa.Column("version_id", RowId))
    op.create_index("ix_trainings_version_id", "trainings", ["version_id"])


def _art() -> None:
    op.create_table(
        "artworks",
        sa.Column("id", RowId, primary_key=True, autoincrement=True),
        sa.Column("request_id", Snowflake, nullable=False),
        sa.Column("place", sa.SmallInteger, nullable=False),
        sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), nullable=False, index=True),
        sa.Column("member_id", Snowflake, sa.ForeignKey("members.id"), nullable=False, index=True),
        sa.Column("artist", sa.String(100), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("tags", sa.String(200), nullable=False),
        sa.Column("licence", sa.String(12), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False, index=True),
        sa.Column("phash", sa.String(16), nullable=False),
        sa.Column("thumb", sa.Text, nullable=False),
        sa.Column("side", sa.Integer, nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("given_at", UtcTime, nullable=False),
        sa.Column("withdrawn_at", UtcTime),
        sa.UniqueConstraint("request_id", "place"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "consents",
        sa.Column("id", RowId, primary_key=True, autoincrement=True),
        sa.Column("request_id", Snowflake, nullable=False),
        sa.Column("place", sa.SmallInteger, nullable=False),
        sa.Column("artwork_id", RowId, sa.ForeignKey("artworks.id"), index=True),
        sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), nullable=False, index=True),
        sa.Column("member_id", Snowflake, sa.ForeignKey("members.id"), nullable=False, index=True),
        sa.Column("what", sa.String(12), nullable=False),
        sa.Column("licence", sa.String(12), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("given_at", UtcTime, nullable=False),
        sa.Column("withdrawn_at", UtcTime),
        sa.UniqueConstraint("request_id", "place"),
        sqlite_autoincrement=True,
    )


def _collections() -> None:
    op.create_table(
        "collections",
        sa.Column("id", RowId, primary_key=True, autoincrement=True),
        sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("folded", sa.String(120), nullable=False),
        sa.Column("owner_id", Snowflake, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("who_adds", sa.String(12), nullable=False),
        sa.Column("made_at", UtcTime, nullable=False),
        sa.UniqueConstraint("server_id", "folded"),
        sqlite_autoincrement=True,
    )
    of_collection = sa.ForeignKey("collections.id")
    op.create_table(
        "collection_adders",
        sa.Column("collection_id", RowId, of_collection, primary_key=True, autoincrement=False),
        sa.Column("member_id", Snowflake, sa.ForeignKey("members.id"), primary_key=True, autoincrement=False),
    )
    op.create_table(
        "collection_works",
        sa.Column("collection_id", RowId, sa.ForeignKey("collections.id"), primary_key=True, autoincrement=False),
        sa.Column("artwork_id", RowId, sa.ForeignKey("artworks.id"), primary_key=True, autoincrement=False, index=True),
        sa.Column("added_by", Snowflake, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("added_at", UtcTime, nullable=False),
    )


def _versions() -> None:
    op.create_table(
        "collection_versions",
        sa.Column("id", RowId, primary_key=True, autoincrement=True),
        sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id")),
        sa.Column("collection_id", RowId, sa.ForeignKey("collections.id")),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("made_at", UtcTime, nullable=False),
        sa.UniqueConstraint("collection_id", "number"),
        sqlite_autoincrement=True,
    )
    of_version = sa.ForeignKey("collection_versions.id")
    op.create_table(
        "version_works",
        sa.Column("version_id", RowId, of_version, primary_key=True, autoincrement=False),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sha256", sa.String(64), nullable=False, index=True),
        sa.Column("artwork_id", RowId, sa.ForeignKey("artworks.id"), index=True),
        sa.Column("member_id", Snowflake, index=True),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("artist", sa.String(100), nullable=False),
        sa.Column("licence", sa.String(60), nullable=False),
    )

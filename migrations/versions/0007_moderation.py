"""Reports, blocked members, denied pictures, the server's own rules, and themed contests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.records.schema import Json, RowId, Snowflake, UtcTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _moderation()
    op.create_table(
        "house_rules",
        sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), primary_key=True, autoincrement=False),
        sa.Column("rules", Json, nullable=False),
        sa.Column("changed_by", Snowflake, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("changed_at", UtcTime, nullable=False),
    )
    _contests()


def _moderation() -> None:
    op.create_table(
        "reports",
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
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reports_server_state", "reports", ["server_id", "state"])
    op.create_table(
        "blocked_members",
        sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), primary_key=True, autoincrement=False),
        sa.Column("member_id", Snowflake, sa.ForeignKey("members.id"), primary_key=True, autoincrement=False),
        sa.Column("blocked_by", Snowflake, nullable=False),
        sa.Column("blocked_at", UtcTime, nullable=False),
    )
    op.create_table(
        "denied_pictures",
        sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), primary_key=True, autoincrement=False),
        sa.Column("phash", sa.String(16), primary_key=True),
        sa.Column("thumb", sa.Text, nullable=False),
        sa.Column("denied_at", UtcTime, nullable=False),
    )


def _contests() -> None:
    op.create_table(
        "contests",
        sa.Column("id", RowId, primary_key=True, autoincrement=True),
        sa.Column("request_id", Snowflake, nullable=False),
        sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), nullable=False, index=True),
        sa.Column("channel_id", Snowflake, nullable=False),
        sa.Column("theme", sa.String(100), nullable=False),
        sa.Column("started_by", Snowflake, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("origin", Json, nullable=False),
        sa.Column("started_at", UtcTime, nullable=False),
        sa.Column("closes_at", UtcTime, nullable=False, index=True),
        sa.Column("closed_at", UtcTime),
        sa.Column("result", Json),
        sa.UniqueConstraint("request_id"),
        sqlite_autoincrement=True,
    )
    of_contest = sa.ForeignKey("contests.id")
    of_member = sa.ForeignKey("members.id")
    op.create_table(
        "contest_entries",
        sa.Column("contest_id", RowId, of_contest, primary_key=True, autoincrement=False),
        sa.Column("member_id", Snowflake, of_member, primary_key=True, autoincrement=False),
        sa.Column("output_id", RowId, sa.ForeignKey("outputs.id"), nullable=False),
        sa.Column("entered_at", UtcTime, nullable=False),
    )
    op.create_table(
        "contest_votes",
        sa.Column("contest_id", RowId, sa.ForeignKey("contests.id"), primary_key=True, autoincrement=False),
        sa.Column("member_id", Snowflake, sa.ForeignKey("members.id"), primary_key=True, autoincrement=False),
        sa.Column("entrant_id", Snowflake, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("voted_at", UtcTime, nullable=False),
    )

"""When a request passed each state; limits of servers and of all; the line in which trainings wait for their turn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.records.schema import Snowflake, UtcTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("accepted_at", "acknowledged_at", "started_at"):
        op.add_column("requests", sa.Column(name, UtcTime))
    op.add_column("requests", sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"))
    op.create_table(
        "limits",
        sa.Column("scope", sa.String(8), primary_key=True),
        sa.Column("subject_id", Snowflake, primary_key=True, autoincrement=False),
        sa.Column("what", sa.String(20), primary_key=True),
        sa.Column("amount", sa.Float, nullable=False),
        sa.Column("changed_by", sa.String(120), nullable=False, server_default=""),
        sa.Column("changed_at", UtcTime, nullable=False),
    )
    _charges_by_what()
    op.add_column("trainings", sa.Column("turn_at", UtcTime))
    op.execute("UPDATE trainings SET turn_at = sent_at")  # there was no line before, so all have had their turn


def _charges_by_what() -> None:
    """A request may be charged for more than one thing, so the key has two columns; no other table refers to it."""
    op.rename_table("usage", "usage_before")
    op.drop_index("ix_usage_member_what", table_name="usage_before")
    if op.get_context().dialect.name == "postgresql":
        # there the names of constraints belong to the schema, and the new table wants them
        for name in (
            "pk_usage",
            "fk_usage_request_id_requests",
            "fk_usage_member_id_members",
            "fk_usage_server_id_servers",
        ):
            op.execute(f"ALTER TABLE usage_before DROP CONSTRAINT {name}")
    op.create_table(
        "usage",
        sa.Column("request_id", Snowflake, sa.ForeignKey("requests.id"), primary_key=True, autoincrement=False),
        sa.Column("what", sa.String(20), primary_key=True),
        sa.Column("member_id", Snowflake, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id")),
        sa.Column("amount", sa.Float, nullable=False),
        sa.Column("charged_at", UtcTime, nullable=False),
        sa.Column("refunded_at", UtcTime),
    )
    op.create_index("ix_usage_member_what", "usage", ["member_id", "what", "charged_at"])
    op.create_index("ix_usage_server_what", "usage", ["server_id", "what", "charged_at"])
    op.create_index("ix_usage_what", "usage", ["what", "charged_at"])
    columns = "request_id, what, member_id, server_id, amount, charged_at, refunded_at"
    op.execute(f"INSERT INTO usage ({columns}) SELECT {columns} FROM usage_before")
    op.drop_table("usage_before")

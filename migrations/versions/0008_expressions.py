"""Emoji and stickers made of pictures, so that they can go when the picture does."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.records.schema import RowId, Snowflake, UtcTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "expressions",
        sa.Column("request_id", Snowflake, sa.ForeignKey("requests.id"), primary_key=True, autoincrement=False),
        sa.Column("output_id", RowId, sa.ForeignKey("outputs.id"), nullable=False),
        sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("discord_id", Snowflake, nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("gone_at", UtcTime),
    )
    op.create_index("ix_expressions_output_id", "expressions", ["output_id"])


def downgrade() -> None:
    op.drop_table("expressions")

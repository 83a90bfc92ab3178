"""The studio: lineage, favourites, names of sliders, animations, the showcase."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lineage",
        sa.Column("output_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("parent_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("relation", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["output_id"], ["outputs.id"], name="fk_lineage_output_id_outputs"),
        sa.ForeignKeyConstraint(["parent_id"], ["outputs.id"], name="fk_lineage_parent_id_outputs"),
        sa.PrimaryKeyConstraint("output_id", "parent_id", name="pk_lineage"),
    )
    op.create_index("ix_lineage_parent_id", "lineage", ["parent_id"])

    op.create_table(
        "favourites",
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("output_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("starred_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_favourites_member_id_members"),
        sa.ForeignKeyConstraint(["output_id"], ["outputs.id"], name="fk_favourites_output_id_outputs"),
        sa.PrimaryKeyConstraint("member_id", "output_id", name="pk_favourites"),
    )
    op.create_index("ix_favourites_output_id", "favourites", ["output_id"])

    op.create_table(
        "slider_names",
        sa.Column("server_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("model_sha256", sa.String(length=64), nullable=False),
        sa.Column("direction", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("voted_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_slider_names_member_id_members"),
        sa.ForeignKeyConstraint(["server_id"], ["servers.id"], name="fk_slider_names_server_id_servers"),
        sa.PrimaryKeyConstraint("server_id", "model_sha256", "direction", "member_id", name="pk_slider_names"),
    )

    op.create_table(
        "animations",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("model_id", sa.String(length=64), nullable=False),
        sa.Column("model_sha256", sa.String(length=64), nullable=False),
        sa.Column("walk", JSON, nullable=False),
        sa.Column("stops", JSON, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("credits", JSON, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_animations_request_id_requests"),
        sa.PrimaryKeyConstraint("id", name="pk_animations"),
        sa.UniqueConstraint("request_id", name="uq_animations_request_id"),
        sqlite_autoincrement=True,
    )

    op.create_table(
        "showcases",
        sa.Column("server_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("stars", sa.SmallInteger(), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["members.id"], name="fk_showcases_changed_by_members"),
        sa.ForeignKeyConstraint(["server_id"], ["servers.id"], name="fk_showcases_server_id_servers"),
        sa.PrimaryKeyConstraint("server_id", name="pk_showcases"),
    )
    op.create_table(
        "showcased",
        sa.Column("output_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("shown_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["output_id"], ["outputs.id"], name="fk_showcased_output_id_outputs"),
        sa.PrimaryKeyConstraint("output_id", name="pk_showcased"),
    )

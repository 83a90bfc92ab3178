"""The first tables: people, requests, outputs, models, trainings, usage, audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=True),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
        sa.UniqueConstraint("request_id", "action", name="uq_audit_log_request_id_action"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_log_at", "audit_log", ["at"])
    op.create_index("ix_audit_log_server_id", "audit_log", ["server_id"])

    op.create_table(
        "members",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=120), server_default="", nullable=False),
        sa.Column("first_seen", TIME, nullable=False),
        sa.Column("last_seen", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_members"),
    )
    op.create_table(
        "models",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("family", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("works", sa.Integer(), nullable=False),
        sa.Column("shipped", sa.Boolean(name="shipped"), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("missing_since", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_models"),
    )
    op.create_table(
        "servers",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=120), server_default="", nullable=False),
        sa.Column("first_seen", TIME, nullable=False),
        sa.Column("last_seen", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_servers"),
    )
    op.create_table(
        "model_owners",
        sa.Column("model_id", sa.String(length=64), nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=True),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("training_id", sa.String(length=64), nullable=True),
        sa.Column("made_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_model_owners_member_id_members"),
        sa.ForeignKeyConstraint(["server_id"], ["servers.id"], name="fk_model_owners_server_id_servers"),
        sa.PrimaryKeyConstraint("model_id", name="pk_model_owners"),
    )
    op.create_index("ix_model_owners_server_id", "model_owners", ["server_id"])

    op.create_table(
        "requests",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=True),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("ask", JSON, nullable=False),
        sa.Column("plan", JSON, nullable=True),
        sa.Column("model_id", sa.String(length=64), nullable=True),
        sa.Column("model_sha256", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("timings", JSON, nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
        sa.Column("answer_channel_id", sa.BigInteger(), nullable=True),
        sa.Column("answer_message_id", sa.BigInteger(), nullable=True),
        sa.Column("answer_route", sa.String(length=12), nullable=True),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_requests_member_id_members"),
        sa.ForeignKeyConstraint(["server_id"], ["servers.id"], name="fk_requests_server_id_servers"),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
    )
    op.create_index("ix_requests_asked_at", "requests", ["asked_at"])
    op.create_index("ix_requests_member_id", "requests", ["member_id"])
    op.create_index("ix_requests_server_id", "requests", ["server_id"])
    op.create_index("ix_requests_state", "requests", ["state"])

    op.create_table(
        "settings",
        sa.Column("server_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("default_model", sa.String(length=64), nullable=True),
        sa.Column("changed_by", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["members.id"], name="fk_settings_changed_by_members"),
        sa.ForeignKeyConstraint(["server_id"], ["servers.id"], name="fk_settings_server_id_servers"),
        sa.PrimaryKeyConstraint("server_id", name="pk_settings"),
    )
    op.create_table(
        "outputs",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("model_id", sa.String(length=64), nullable=False),
        sa.Column("model_sha256", sa.String(length=64), nullable=False),
        sa.Column("recipe", JSON, nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("upscaler", sa.String(length=12), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("credits", JSON, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_outputs_request_id_requests"),
        sa.PrimaryKeyConstraint("id", name="pk_outputs"),
        sa.UniqueConstraint("request_id", "place", name="uq_outputs_request_id_place"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outputs_sha256", "outputs", ["sha256"])

    op.create_table(
        "trainings",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("left_out", JSON, nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.String(length=64), nullable=True),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("sent_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_trainings_request_id_requests"),
        sa.PrimaryKeyConstraint("id", name="pk_trainings"),
        sa.UniqueConstraint("request_id", name="uq_trainings_request_id"),
    )
    op.create_index("ix_trainings_state", "trainings", ["state"])

    op.create_table(
        "usage",
        sa.Column("request_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=True),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.Column("charged_at", TIME, nullable=False),
        sa.Column("refunded_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_usage_member_id_members"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_usage_request_id_requests"),
        sa.ForeignKeyConstraint(["server_id"], ["servers.id"], name="fk_usage_server_id_servers"),
        sa.PrimaryKeyConstraint("request_id", name="pk_usage"),
    )
    op.create_index("ix_usage_member_what", "usage", ["member_id", "what", "charged_at"])

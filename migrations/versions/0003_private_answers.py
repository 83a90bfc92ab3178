"""Whether only the asker sees an answer: the gallery must not show it to others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was opened large was shown to the asker alone, as far as anybody can tell afterwards.
    op.add_column(
        "requests", sa.Column("private", sa.Boolean(name="private"), nullable=False, server_default=sa.false())
    )
    requests = sa.table("requests", sa.column("kind", sa.String), sa.column("private", sa.Boolean))
    op.execute(requests.update().where(requests.c.kind == "open").values(private=sa.true()))

"""What pictures are known again by, and which marks were put on them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.records.schema import RowId

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Pictures made before have no marks, and are made again without.
    op.add_column("outputs", sa.Column("marks", sa.String(60), nullable=False, server_default=""))
    op.create_table(
        "fingerprints",
        sa.Column(
            "output_id", RowId, sa.ForeignKey("outputs.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        ),
        sa.Column("pixels", sa.String(64), nullable=False, index=True),
        sa.Column("mark", sa.Integer, index=True),
        sa.Column("looks", sa.String(16), nullable=False),
        sa.Column("band0", sa.Integer, nullable=False, index=True),
        sa.Column("band1", sa.Integer, nullable=False, index=True),
        sa.Column("band2", sa.Integer, nullable=False, index=True),
        sa.Column("band3", sa.Integer, nullable=False, index=True),
    )

"""Live accounts that were looked over and first written to, and why runs stopped."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema here from the revision before."""
    op.create_table(
        "contact",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("api_version", sa.String(), nullable=False),
        sa.Column("examined_at", sa.BigInteger(), nullable=True),
        sa.Column("proved_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name=op.f("pk_contact")),
    )
    op.create_table(
        "halt",
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("run", name=op.f("pk_halt")),
    )

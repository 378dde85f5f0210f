"""The scheduled jobs: when each ran, how it ended, what was told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema here from the revision before."""
    op.create_table(
        "job",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("state", "why", "told")),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_job")),
    )

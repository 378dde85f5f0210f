"""What was found of each target when, and what people said of single findings."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema here from the revision before."""
    op.create_table(
        "reading",
        sa.Column("seq", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("slo", "account", "about", "period")),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_reading")),
    )
    op.create_index(op.f("ix_reading_slo"), "reading", ["slo"])
    op.create_table(
        "decision",
        sa.Column("seq", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("finding", "proposal", "verdict", "who")),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_finding"), "decision", ["finding"])

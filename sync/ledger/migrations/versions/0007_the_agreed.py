"""What the two sides of a twin last agreed on, and every agreement before."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema here from the revision before."""
    op.create_table(
        "agreed",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("a", "b", "field")),
        sa.Column("hubspot", sa.JSON(), nullable=True),
        sa.Column("salesforce", sa.JSON(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("a", "b", "field", name=op.f("pk_agreed")),
    )
    op.create_table(
        "agreement",
        sa.Column("seq", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("a", "b", "field")),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_agreement")),
    )
    op.create_index("ix_agreement_field", "agreement", ["a", "b", "field", "at"])

"""What the gate was told, what it decided, and the plans that wait for the one writer."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema here from the revision before."""
    op.create_table(
        "inbox",
        sa.Column("key", sa.String(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("workspace", "kind", "id", "what", "field")),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_inbox")),
    )
    op.create_index("ix_inbox_waiting", "inbox", ["done_at", "received_at"])
    op.create_table(
        "verdict",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("move", "ref", "before", "stage")),
        sa.Column("moved_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("policy", "action", "plan")),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("move", name=op.f("pk_verdict")),
    )
    op.create_index(op.f("ix_verdict_ref"), "verdict", ["ref"])
    op.create_index(op.f("ix_verdict_decided_at"), "verdict", ["decided_at"])
    op.create_table(
        "queue",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("plan", name=op.f("pk_queue")),
    )
    op.create_index(op.f("ix_queue_move"), "queue", ["move"], unique=True)

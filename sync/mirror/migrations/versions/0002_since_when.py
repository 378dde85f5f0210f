"""Since when a record and each value of its history are known."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FIRST = """
UPDATE record SET first_at = coalesce(
    (SELECT min(delta.at) FROM delta
     WHERE delta.workspace = record.workspace AND delta.kind = record.kind AND delta.id = record.id), changed_at)
"""
SEEN = """
UPDATE past SET seen_at = coalesce(
    (SELECT max(certificate.started_at) FROM certificate
     WHERE certificate.workspace = past.workspace AND certificate.kind = past.kind), at)
"""


def upgrade() -> None:
    """Bring the schema here from the revision before.

    What an older version kept is dated no earlier than is certain: a record from its first change that was seen, a
    value of a history from the last pull of its kind.
    """
    for table, column in (("record", "first_at"), ("past", "seen_at")):
        op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(FIRST)
    op.execute(SEEN)

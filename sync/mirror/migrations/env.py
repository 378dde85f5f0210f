"""Runs the migrations of the mirror in the caller's transaction."""

from alembic import context

from sync.mirror import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.MirrorTable.metadata,
    transaction_per_migration=False,
)
context.run_migrations()

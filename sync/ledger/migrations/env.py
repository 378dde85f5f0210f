"""Runs the migrations of the ledger in the caller's transaction."""

from alembic import context

from sync.ledger import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.LedgerTable.metadata,
    transaction_per_migration=False,
)
context.run_migrations()

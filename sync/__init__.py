"""Keeps the mirror and the ledger, makes plans, applies them."""

"""The ledger: what was decided, tried and answered; the thing to back up."""

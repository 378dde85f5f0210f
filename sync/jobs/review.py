"""A person's word on findings that wait for it."""

from collections.abc import Sequence
from getpass import getuser
from itertools import combinations

from connectors.errors import UsageError
from hygiene.check import Band
from hygiene.view import Judgement
from sync.ledger.findings import open_findings
from sync.session import Session


def decide(session: Session, keys: Sequence[str], verdict: str) -> int:
    """Remember the verdict for every pair of each finding's records; how many pairs. Keys may be shortened."""
    waiting = list(open_findings(session.ledger_store, Band.REVIEW))
    pairs = []
    for key in keys:
        found = [item for item in waiting if item.key.startswith(key)]
        if len(found) != 1:
            many = "no finding waits" if not found else f"{len(found)} findings wait"
            raise UsageError(f"{many} for review under {key}", "`revops-sync review` lists them")
        pairs += list(combinations(found[0].refs, 2))
    session.ledger.judge(pairs, Judgement(verdict), getuser())
    return len(pairs)

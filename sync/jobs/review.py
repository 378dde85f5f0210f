"""A person's word on findings that wait for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from getpass import getuser
from itertools import combinations

from connectors.errors import UsageError
from hygiene.check import Band, Finding
from hygiene.view import Judgement
from sync.ledger.decisions import Decisions, Word
from sync.ledger.findings import open_findings
from sync.session import Session


@dataclass(frozen=True, slots=True)
class Decided:
    """How many pairs of records, and how many findings about a single record, a word was kept of."""

    pairs: int
    singles: int


def decide(session: Session, keys: Sequence[str], word: Word) -> Decided:
    """Remember the word on each finding: of every pair of its records, or of what it proposes for a single one.

    Keys may be shortened. Where one names no waiting finding, or several, nothing is remembered.
    """
    waiting = list(open_findings(session.ledger_store, Band.REVIEW))
    found = [_named(waiting, key) for key in keys]
    pairs = [pair for item in found for pair in combinations(item.refs, 2)]
    singles = [item for item in found if len(item.refs) < 2]
    if pairs:
        said = Judgement.DUPLICATE if word is Word.ACCEPTED else Judgement.DISTINCT
        session.ledger.judge(pairs, said, getuser())
    Decisions(session.ledger_store, session.now).decide(singles, word, getuser())
    return Decided(len(pairs), len(singles))


def _named(waiting: Sequence[Finding], key: str) -> Finding:
    found = [item for item in waiting if item.key.startswith(key)]
    if len(found) != 1:
        many = "no finding waits" if not found else f"{len(found)} findings wait"
        raise UsageError(f"{many} for review under {key}", "`revops-sync review` lists them")
    return found[0]

"""A person's word on a change that no read-back could decide: journalled with who said it, never silently."""

from dataclasses import dataclass
from getpass import getuser

from connectors.errors import RefusedError, UsageError
from sync.apply.progress import PERSON
from sync.ledger.journal import OPEN, Entry, State
from sync.session import Session

WORDS = {"applied": State.VERIFIED, "not-sent": State.NOT_SENT}
"""What a person may say of a change: the CRM carried it out, or it never did."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """One change of which nobody knows what became, and what spoke against every reading of it."""

    run: str
    group: str
    step: str
    verb: str
    ref: str
    against: tuple[str, ...]

    @property
    def row(self) -> str:
        """The name that `settle` takes."""
        return f"{self.group}/{self.step}"


def unsettled(session: Session, run: str | None = None) -> list[Unsettled]:
    """The open changes of one run or of all that were not finished, in the order they were sent."""
    runs = [item.id for item in session.ledger.runs() if run in (None, item.id)]
    return [_told(first, last) for name in runs for first, last in _open(session, name).values()]


def settle(session: Session, run: str, row: str, word: str) -> Unsettled:
    """Take a person's word for one row, `GROUP/STEP`; what is known already is never said again.

    `UsageError` for a run or row that is not open, `RefusedError` for "applied" where nobody could tell which record
    the change left.
    """
    if run not in {item.id for item in session.ledger.runs()}:
        raise UsageError(f"no run {run}", "`journal unsettled` lists what waits for a word")
    pairs = {_told(first, last).row: (first, last) for first, last in _open(session, run).values()}
    if row not in pairs:
        raise UsageError(f"{row} is not open in run {run}", f"Open are: {', '.join(pairs) or 'none'}")
    first, last = pairs[row]
    if word == "applied" and first.facts.get("verb") in ("merge", "create"):
        raise RefusedError(
            f"a {first.facts['verb']} may have left a record under an id that is not known here",
            "Say `not-sent` where it did not happen; where it did, `pull` finds what it left, and plan again",
        )
    facts = {**first.facts, "said": word, "who": getuser(), "by": PERSON}
    session.journal.append([Entry(run, last.key, last.group, last.step, WORDS[word], last.ref or first.ref, facts)])
    return _told(first, last)


def _open(session: Session, run: str) -> dict[str, tuple[Entry, Entry]]:
    """The intent and the last word of each row that may have been sent and was never settled."""
    firsts: dict[str, Entry] = {}
    lasts: dict[str, Entry] = {}
    for entry in session.journal.entries(run):
        if entry.state is State.INTENT:
            firsts[entry.key] = entry
        lasts[entry.key] = entry
    return {key: (firsts[key], last) for key, last in lasts.items() if last.state in OPEN and key in firsts}


def _told(first: Entry, last: Entry) -> Unsettled:
    against = last.facts.get("against")
    names = tuple(map(str, against)) if isinstance(against, list) else ()
    return Unsettled(last.run, last.group, last.step, str(first.facts.get("verb", "")), first.ref, names)

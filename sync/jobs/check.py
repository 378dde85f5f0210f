"""Asking checks of the mirror; what they find is kept in the ledger."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from connectors.errors import UsageError
from hygiene.check import Band, Check, Finding, all_checks, run
from hygiene.checks.duplicate import Duplicate
from sync.jobs.pull import pulled
from sync.ledger.decisions import Decisions, Word, proposal
from sync.ledger.findings import keep_findings
from sync.session import Session


def chosen(session: Session, names: Collection[str] = (), kinds: Collection[str] = ()) -> list[Check]:
    """The configured checks of these names and kinds, all where none is named; one that is named and not configured
    has its default options."""
    known, configured = all_checks(), {check.name() for check in session.settings.checks}
    if unknown := set(names) - known.keys():
        raise UsageError(f"no such check: {', '.join(sorted(unknown))}", f"There are {', '.join(sorted(known))}")
    checks = [check for check in session.settings.checks if not names or check.name() in names]
    checks += [known[name]() for name in dict.fromkeys(names) if name not in configured]
    return [check for check in checks if not kinds or getattr(check, "kind", None) in kinds]


def ask(session: Session, checks: Sequence[Check], recount: bool = False) -> list[Finding]:
    """What the checks find now, kept in the ledger; `recount` compares all records anew, whatever was kept of them."""
    mirror = pulled(session)
    for kind in {check.kind for check in checks if isinstance(check, Duplicate)} if recount else ():
        mirror.recount(kind)
    findings = settled(session, run(list(checks), mirror))
    keep_findings(session.ledger_store, {check.label for check in checks}, findings, session.now())
    return findings


def settled(session: Session, findings: Iterable[Finding]) -> list[Finding]:
    """Findings after what people said of them: a rejected one is gone, an accepted one need not wait any more.

    A word counts for what was proposed then. Once a finding was gone, and comes back, it takes a new word to act on it.
    """
    decisions = Decisions(session.ledger_store, session.now)
    said, opened = decisions.said(), decisions.opened()
    found = []
    for finding in findings:
        decision = said.get(finding.key)
        if decision is None or decision.proposal != proposal(finding):
            found.append(finding)
        elif decision.word is Word.ACCEPTED:
            standing = (since := opened.get(finding.key)) is not None and since <= decision.at
            found.append(replace(finding, band=Band.AUTO) if standing else finding)
    return found

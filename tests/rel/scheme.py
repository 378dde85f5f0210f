"""A small plan with every way to write in it: sets, native and soft merges and marks, on both CRMs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from connectors.changes import Set
from connectors.values import frozen
from hygiene.check import Band, Finding
from sync.jobs.check import ask, chosen
from sync.jobs.plan import Made, basis_of, bind
from sync.plan.build import Policy, build
from sync.plan.model import Group
from sync.plan.strategy import Strategy
from sync.session import Session

TURNS = {
    ("hubspot", "company"): (Strategy.SOFT, Strategy.NATIVE, Strategy.MARK),
    ("hubspot", "contact"): (Strategy.NATIVE, Strategy.SOFT, Strategy.MARK),
    ("salesforce", "company"): (Strategy.NATIVE, Strategy.MARK, Strategy.SOFT),
    ("salesforce", "contact"): (Strategy.SOFT, Strategy.NATIVE, Strategy.MARK),
}
"""How the duplicates of each place are merged, in turn."""
CONFIG = """\
version: 1
apply:
  settle_seconds: 0.05
  reserve_calls: 0
  stop: {consecutive: 1000, share: 1.0, reverted: 1000, unknown_merges: 1000}
"""


def scheme(session: Session) -> Made:
    """The plan for what the sandbox's mirror holds: one merge for each CRM, kind and strategy, and two sets a CRM."""
    found = [item for item in ask(session, chosen(session, ["duplicate"])) if item.band is Band.AUTO]
    parts: dict[Strategy, list[Finding]] = {strategy: [] for strategy in Strategy}
    for strategy, finding in _picked(found):
        parts[strategy].append(finding)
    identities = {name: reader.identity() for name, reader in session.readers.items()}
    limits = {name: reader.limits for name, reader in session.readers.items()}
    mirror = session.mirror()
    groups: list[Group] = []
    for strategy, findings in parts.items():
        policy = Policy(lambda workspace, kind, strategy=strategy: strategy, limits)  # type: ignore[misc]
        groups += build(findings, mirror, policy)[0]
    groups += build(_sets(session), mirror, Policy(lambda workspace, kind: Strategy.NATIVE, limits))[0]
    return bind(groups, basis_of(session), identities)


def _picked(found: Sequence[Finding]) -> Iterator[tuple[Strategy, Finding]]:
    """One finding for each CRM, kind and strategy, as far as there are so many; the largest first."""
    for (crm, kind), turns in TURNS.items():
        here = [item for item in found if (item.refs[0].crm, item.refs[0].kind) == (crm, kind)]
        yield from zip(turns, sorted(here, key=lambda item: (-len(item.refs), item.key)), strict=False)


def _sets(session: Session) -> Iterator[Finding]:
    """A new description for two deals of each CRM."""
    deals = list(session.mirror().records("deal"))
    for workspace in session.readers:
        for deal in [item for item in deals if item.ref.workspace == workspace][:2]:
            change = Set(
                deal.ref, frozen({"description": "rewritten"}), frozen({"description": deal.get("description")})
            )
            yield replace(Finding("test", (deal.ref,), "a description"), changes=(change,))

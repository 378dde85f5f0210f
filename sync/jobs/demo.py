"""The whole way through, each part in a session of its own as in a process of its own."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from connectors.records import Ref
from sync.apply.guard import Bounds
from sync.files import write
from sync.jobs.apply import Applied, carry_out
from sync.jobs.check import ask, chosen
from sync.jobs.plan import Made, plan
from sync.jobs.pull import pull_all
from sync.plan.file import plan_hash, read
from sync.session import Session

CANARY = 3
Opened = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Whole:
    """What each part came to."""

    workspaces: tuple[str, ...]
    pulled: dict[str, int]
    findings: int
    first: Made
    applied: Applied
    second: Made
    journal_valid: bool

    @property
    def merged(self) -> list[tuple[Ref, ...]]:
        """The records of each group whose merge was verified."""
        through = self.applied.report.through
        return [group.refs for group in self.first.plan.groups if group.merges and group.id in through]


def whole_job(
    opened: Opened, folder: Path, say: Callable[[str], None], progress: Callable[[int, int | None], None]
) -> Whole:
    """Pull, check, plan, approve, apply, verify; then pull and plan again."""
    with opened() as session:
        certificates, _ = pull_all(session, progress=lambda kind, seen, total: progress(seen, total))
        workspaces = tuple(session.readers)
    pulled = {f"{item.workspace.partition(':')[0]} {item.kind}": item.seen for item in certificates}
    say(f"pulled {sum(pulled.values())} records; asking the checks ...")
    with opened() as session:
        findings = ask(session, chosen(session))
        first = plan(session, findings)
        write(folder / "plan.json", first.content)
    counts = first.plan.counts()
    say(f"{len(findings)} findings, {counts['groups']} groups planned; approving and applying them ...")
    with opened() as session:
        content = read(folder / "plan.json")
        session.ledger.approve(plan_hash(content), "demo", dict(counts))
        applied = carry_out(content, session, Bounds(), CANARY, progress)
    say(f"{applied.report.groups_done} groups applied and verified; pulling and planning again ...")
    with opened() as session:
        pull_all(session)
        second = plan(session, ask(session, chosen(session)))
        faults = session.journal.verify()[1]
    return Whole(workspaces, pulled, len(findings), first, applied, second, not faults)

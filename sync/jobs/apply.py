"""Everything around one apply: checks, lock, run, and what is kept when it ends."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from connectors.base import Connector, Identity, Reading, Writer
from connectors.errors import CredentialError, RefusedError
from connectors.records import Ref
from sync.apply.contact import strangers
from sync.apply.guard import Bounds, check_accounts, check_plan
from sync.apply.recover import settle_run
from sync.apply.rehearse import rehearse, touched
from sync.apply.run import Apply
from sync.apply.scribe import Report
from sync.apply.tools import Tools
from sync.database import writing
from sync.jobs.backup import backup_of
from sync.jobs.twins import agree_all, verified
from sync.jobs.written import agree_unfinished, agree_written
from sync.mirror.write import store_gone, store_readings
from sync.plan.file import decode, plan_hash
from sync.plan.model import Plan
from sync.plan.undo import born
from sync.session import Session

WRITERS = (
    "Set HUBSPOT_WRITE_TOKEN, or SALESFORCE_WRITE_CLIENT_ID with its secret; only `apply` and `run` ever read them"
)


@dataclass(frozen=True, slots=True)
class Applied:
    """A finished or stopped run: its report, the calls that were forecast for the whole plan and made now, and the file
    with the values before and after. `ids` names, of an undo, the records made anew: old -> new."""

    report: Report
    plan: Plan
    forecast: int
    made: int
    backup: Path
    ids: Mapping[Ref, Ref] = field(default_factory=lambda: MappingProxyType({}))


def carry_out(
    content: bytes,
    session: Session,
    bounds: Bounds,
    canary: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Applied:
    """Apply an approved plan, or go on with the run of it that was stopped. Refusals come before any write."""
    plan, name = decode(content), plan_hash(content)
    if not session.anchor.admits(plan.made_at):
        raise RefusedError("the ledger was restored after this plan was made", "Pull and plan again")
    resuming = check_plan(plan, name, session.ledger, session.now(), bounds) is not None
    before = session.calls
    readers = session.readers
    check_accounts(plan, readers, bounds, resuming)
    unproven = strangers(plan, readers, session.contacts, canary)
    with session.writing() as (writers, fence):
        # Another process may have applied the plan while this one waited for the lock.
        run = check_plan(plan, name, session.ledger, session.now(), bounds)
        missing = [workspace for workspace in touched(plan) if workspace not in writers]
        if missing:
            raise CredentialError(f"no writer's credential for {', '.join(missing)}", WRITERS)
        run_id = run.id if run else hashlib.sha256(f"{name}{session.now().isoformat()}".encode()).hexdigest()[:12]
        for other in session.ledger.runs():
            if other.id != run_id and other.status != "done":
                settle_run(other.id, _tools(session, other.id, readers, writers, fence, progress))
        agree_unfinished(session)
        backup = backup_of(session, run_id, plan)
        session.ledger.begin(run_id, name)
        tools = _tools(session, run_id, readers, writers, fence, progress)
        report = Apply(plan, name, run_id, tools, session.settings.config.apply.stop.rules()).run(canary, unproven)
        backup.keep()
        agree_written(session, run_id)
        agree_all(session, verified(session.journal, run_id))
        for workspace in report.proved:
            session.contacts.proved(workspace, run_id)
        ids = born(session.journal.entries(run_id)) if plan.undoes else {}
        for old, new in ids.items():
            session.ledger.alias(old, new, run_id)
        session.halts.keep(run_id, report.stopped or ("an outcome is unknown" if report.exit_code == 5 else ""))
        session.ledger.finish(run_id, "stopped" if report.exit_code == 5 else "done")
        made = session.calls - before + sum(writer.calls for writer in writers.values())
    return Applied(report, plan, _forecast(plan, readers, canary), made, backup.path, ids)


def _forecast(plan: Plan, readers: Mapping[str, Connector], canary: int) -> int:
    """The calls of the whole plan as it is carried out here: a canary splits batches and takes some more."""
    there = {name: item for name, item in plan.workspaces.items() if name in readers}
    identities = {name: Identity(name, "", item.production, item.api_version) for name, item in there.items()}
    calls = rehearse(plan, identities, {name: readers[name].limits for name in there}, canary)
    return sum(sum(by_verb.values()) for by_verb in calls.values())


def _tools(
    session: Session,
    run: str,
    readers: Mapping[str, Connector],
    writers: Mapping[str, Writer],
    fence: Callable[[], None],
    progress: Callable[[int, int], None],
) -> Tools:
    def keep(readings: Mapping[Ref, Reading]) -> None:
        with writing(session.mirror_store) as connection:
            store_readings(connection, readings, session.now())

    def alias(old: Ref, new: Ref) -> None:
        session.ledger.alias(old, new, run)
        if old == new:
            return
        with writing(session.mirror_store) as connection:
            store_gone(connection, old, "merged", new.id, session.now())

    return Tools(
        journal=session.journal,
        readers=readers,
        writers=writers,
        resolve=lambda ref: session.ledger.resolve(ref, run),
        alias=alias,
        fence=fence,
        keep=keep,
        sleep=session.sleep,
        age=lambda entry: (session.now() - (entry.at or datetime.now(UTC))).total_seconds(),
        settle=session.settings.config.apply.settle_seconds,
        progress=progress,
        halt=session.halt,
    )

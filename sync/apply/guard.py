"""What must hold before the first write: the plan is whole, approved, fresh, unused, and for these accounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from connectors.base import Connector
from connectors.errors import RefusedError
from sync.apply.rehearse import touched
from sync.ledger.store import Ledger, Run
from sync.mirror.pull import fingerprint
from sync.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the one who applies allows at most; None is no bound. `reserve` calls of the day stay untouched."""

    calls: int | None = None
    irreversible: int | None = None
    reserve: int = 0


def check_plan(plan: Plan, plan_hash: str, ledger: Ledger, now: datetime, bounds: Bounds) -> Run | None:
    """`RefusedError` unless the plan may be applied; the run to resume, if one was stopped half-way."""
    runs = ledger.runs(plan_hash)
    if any(run.status == "done" for run in runs):
        raise RefusedError("this plan was applied already", "Pull and plan again: what is left will be in the new plan")
    if ledger.approval(plan_hash) is None:
        raise RefusedError(
            f"nobody approved this plan ({plan_hash[:12]})",
            "Read it with `show`, then `approve` it, or apply it at a terminal",
        )
    if now >= plan.expires_at and not any(ledger.journalled(run.id) for run in runs):
        raise RefusedError(f"the plan expired at {plan.expires_at:%Y-%m-%d %H:%M} UTC", "Pull and plan again")
    if bounds.calls is not None and plan.calls > bounds.calls:
        raise RefusedError(f"the plan needs {plan.calls} API calls, --max-calls allows {bounds.calls}")
    merged = sum(group.merges for group in plan.groups)
    if bounds.irreversible is not None and merged > bounds.irreversible:
        raise RefusedError(
            f"the plan merges {merged} records for good, --max-irreversible allows {bounds.irreversible}"
        )
    return runs[-1] if runs else None


def check_accounts(plan: Plan, readers: Mapping[str, Connector], bounds: Bounds, resuming: bool) -> None:
    """`RefusedError` unless each live account is the one the plan was made for, shows the same fields and has the
    calls left. A run that was stopped goes on whatever the fields and calls: what it left open must be settled."""
    for name, kinds in touched(plan).items():
        made_for = plan.workspaces[name]
        reader = readers.get(name)
        if reader is None:
            raise RefusedError(f"the plan is for {name}, the credentials open {', '.join(readers) or 'no account'}")
        if resuming:
            continue
        left = reader.calls_left
        if left is not None and sum(made_for.calls.values()) > left - bounds.reserve:
            raise RefusedError(f"{name} has {left} calls left today, the plan needs {plan.calls}", "Apply it tomorrow")
        for kind in kinds:
            if kind in made_for.schema and fingerprint(reader.describe(kind)) != made_for.schema[kind]:
                raise RefusedError(
                    f"the fields of {kind} in {name} changed since the plan was made", "Pull and plan again"
                )

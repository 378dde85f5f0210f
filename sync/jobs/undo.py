"""Making the plan that undoes a run."""

from connectors.errors import UsageError
from sync.jobs.plan import Made, basis_of, bind
from sync.plan.undo import Kept, undo
from sync.plan.unmerge import World
from sync.session import Session


def undo_run(session: Session, run: str) -> tuple[Made, tuple[Kept, ...]]:
    """The plan and what it leaves in place; `UsageError` for a run this ledger does not know."""
    known = [item.id for item in session.ledger.runs()]
    if run not in known:
        raise UsageError(f"no run {run}", f"Runs are {', '.join(known[-5:]) or 'none yet'}; `status` lists them")
    world = World(run, session.ledger.resolve, session.mirror().spec)
    groups, kept = undo(session.journal.entries(run), world)
    identities = {name: reader.identity() for name, reader in session.readers.items()}
    return bind(groups, basis_of(session), identities, undoes=run), kept

"""The plan that would merge a file's duplicates, were its rows the records of a CRM."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from connectors.errors import UsageError
from connectors.memory import Memory
from connectors.records import ID, Record, Ref
from connectors.values import frozen
from hygiene.check import Finding, run
from hygiene.checks.duplicate import Duplicate
from hygiene.view import Columns
from sync.database import open_store
from sync.jobs.plan import Basis, Made, make
from sync.mirror.pull import Pull, certificates
from sync.mirror.store import Mirror
from sync.plan.strategy import Strategy
from sync.session import Session

SPACE = "memory:csv"
"""The account that such a plan names: no CRM has it, so that no `apply` takes the plan."""


def preview(listing: Columns, check: Duplicate, session: Session) -> tuple[Made, list[Finding]]:
    """The plan and the findings behind it, made as for a CRM, in a mirror that is gone afterwards.

    `UsageError` names an id that no CRM's record could have. A file is no account: no share of it is too large.
    """
    crm = Memory(_records(listing), SPACE, now=session.now)
    with _mirrored(crm, listing.kind, session) as mirror:
        findings = list(run([check], mirror))
        guards = session.settings.config.guards.model_copy(update={"max_share": 1.0, "changes": ()})
        pulled = certificates(mirror.engine)
        basis = Basis(mirror, {SPACE: crm}, pulled, guards, session.settings.hash, session.now())
        return make(findings, basis, lambda identity, kind: Strategy.NATIVE), findings


@contextmanager
def _mirrored(crm: Memory, kind: str, session: Session) -> Iterator[Mirror]:
    with TemporaryDirectory() as folder, closing(_Store(Path(folder))) as store:
        Pull(crm, store.engine, session.now).kind(kind, full=True)
        yield Mirror(store.engine, session.now())


class _Store:
    """A mirror's store that is let go of before its folder goes."""

    def __init__(self, folder: Path) -> None:
        self.engine = open_store("mirror", f"sqlite:///{folder / 'mirror.db'}", durable=False)

    def close(self) -> None:
        self.engine.dispose()


def _records(listing: Columns) -> Iterator[Record]:
    for row, key in enumerate(listing.ids.tolist()):
        if not ID.fullmatch(key):
            raise UsageError(f"a plan cannot name the id {key[:40]!r}", "Use letters, digits, - and _, or map no id")
        fields = {name: cells[row] or None for name, cells in listing.data.items()}
        yield Record(Ref(SPACE, listing.kind, key), frozen(fields))

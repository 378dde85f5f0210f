"""Refuses a batch that is for another account, too large or mixed, before anything is sent."""

from connectors.base import Limits
from connectors.changes import Batch, Create, Row, parties, target, verb
from connectors.errors import RefusedError, UsageError
from connectors.records import Ref


def admit(batch: Batch, workspace: str, limits: Limits) -> None:
    """`RefusedError` where any record of the batch stands in another account, `UsageError` for a batch misbuilt."""
    most = limits.most(batch.verb, batch.way)
    if not 1 <= len(batch.rows) <= most:
        raise UsageError(f"a call takes 1 to {most} rows of {batch.verb!r}, not {len(batch.rows)}")
    named = {batch.workspace, *(place for row in batch.rows for place in _workspaces(row))}
    if named != {workspace}:
        raise RefusedError(f"the batch is for {', '.join(sorted(named - {workspace}))}, the token for {workspace}")
    if any(verb(row.change) != batch.verb or _kind(row) != batch.kind for row in batch.rows):
        raise UsageError(f"a batch of {batch.verb} {batch.kind} holds rows of another verb or kind")
    refs = [ref for row in batch.rows if isinstance(ref := None if _free(row) else target(row.change), Ref)]
    if len({row.key for row in batch.rows}) < len(batch.rows) or len(set(refs)) < len(refs):
        raise UsageError(f"a batch of {batch.verb} names a key or a record twice")


def _free(row: Row) -> bool:
    """One record may be tied to several others in one batch."""
    return verb(row.change) in ("link", "unlink")


def _workspaces(row: Row) -> set[str]:
    made = {row.change.workspace} if isinstance(row.change, Create) else set()
    return made | {ref.workspace for ref in parties(row.change)}


def _kind(row: Row) -> str:
    on = row.change.kind if isinstance(row.change, Create) else target(row.change)
    if isinstance(on, str):
        return on
    if not isinstance(on, Ref):
        raise UsageError("a row points at a survivor that is not known yet")
    return on.kind

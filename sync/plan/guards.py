"""Guards against mass accidents: a plan that would change too much of a kind is refused as a whole."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from connectors.changes import Change, Create, Merge, Settle, target, verb
from connectors.errors import RefusedError
from connectors.records import Ref
from sync.plan.model import Group

Guarded = Literal["set", "merge", "archive", "create", "link", "unlink", "restore"]
"""A change that can be bounded; a `set` is an update of fields, however it comes about."""


@dataclass(frozen=True, slots=True)
class Bound:
    """How many records of a kind, or of every kind (""), some changes may touch; `setting` is where it stands."""

    changes: tuple[Guarded, ...]
    kind: str
    max_records: int
    max_share: float
    setting: str


def touched(groups: Iterable[Group], changes: Sequence[Guarded]) -> Counter[tuple[str, str]]:
    """How many records these changes would touch, each counted once, by workspace and kind."""
    names = {name for group in groups for step in group.steps for name in _records(step.change, changes)}
    return Counter((workspace, kind) for workspace, kind, _ in names)


def check_share(groups: Sequence[Group], population: Mapping[str, Mapping[str, int]], bounds: Iterable[Bound]) -> None:
    """`RefusedError` where so many records of a kind would be touched that both numbers of a bound are passed."""
    for bound in bounds:
        for (workspace, kind), count in sorted(touched(groups, bound.changes).items()):
            total = population.get(workspace, {}).get(kind, 0)
            if bound.kind in ("", kind) and count > bound.max_records and count > bound.max_share * total:
                raise RefusedError(
                    f"{count} of {total} {kind} records in {workspace} would be touched by {_words(bound.changes)}",
                    f"Look for a broken pull or rule first; if it is right, raise {bound.setting}.max_records "
                    f"({bound.max_records}) or {bound.setting}.max_share ({bound.max_share:g})",
                )


def _records(change: Change, changes: Sequence[Guarded]) -> Iterable[tuple[str, str, str]]:
    """The records that a change counts for, where it is one of these: a merge takes away all but the survivor."""
    if (verb(change) if not isinstance(change, Settle) else "set") not in changes:
        return ()
    if isinstance(change, Create):
        return [(change.workspace, change.kind, change.key)]
    on = change.merged if isinstance(change, Merge) else [target(change)]
    return [(ref.workspace, ref.kind, ref.id) for ref in on if isinstance(ref, Ref)]


def _words(changes: Sequence[Guarded]) -> str:
    return " or ".join(changes)

"""Guards against mass accidents: a plan that would change too much of a kind is refused as a whole."""

from collections import Counter
from collections.abc import Iterable, Mapping

from connectors.changes import Archive, Merge
from connectors.errors import RefusedError
from sync.plan.model import Group


def removed(groups: Iterable[Group]) -> Counter[tuple[str, str]]:
    """How many records would be merged away or archived, by workspace and kind."""
    found: Counter[tuple[str, str]] = Counter()
    for group in groups:
        for step in group.steps:
            refs = step.change.merged if isinstance(step.change, Merge) else ()
            refs = (step.change.ref,) if isinstance(step.change, Archive) else refs
            found.update((ref.workspace, ref.kind) for ref in refs)
    return found


def check_share(
    groups: Iterable[Group], population: Mapping[str, Mapping[str, int]], max_records: int, max_share: float
) -> None:
    """`RefusedError` where a kind would lose more than `max_records` records and more than `max_share` of them all."""
    for (workspace, kind), count in sorted(removed(groups).items()):
        total = population.get(workspace, {}).get(kind, 0)
        if count > max_records and count > max_share * total:
            raise RefusedError(
                f"{count} of {total} {kind} records in {workspace} would be merged or archived",
                f"Look for a broken pull or rule first; if it is right, raise guards.max_records ({max_records}) "
                f"or guards.max_share ({max_share:g})",
            )

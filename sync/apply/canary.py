"""Which groups go first on an account that nothing was written to before."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sync.apply.progress import Track
from sync.plan.model import Group, kind_of


def places(group: Group) -> frozenset[str]:
    """The accounts that a group writes to."""
    return frozenset(kind_of(group, step.change)[0] for step in group.steps)


def slices(tracks: Sequence[Track], count: int, new: Collection[str]) -> Iterator[tuple[str, list[Track]]]:
    """Each account with so many groups at a time of those that write to it, and all that they wait for."""
    by_name = {track.group.id: track for track in tracks}
    for place in sorted(new):
        there = [track for track in tracks if place in places(track.group) and not track.resting]
        for start in range(0, len(there), count):
            yield place, _whole(there[start : start + count], by_name)


def _whole(some: Sequence[Track], by_name: Mapping[str, Track]) -> list[Track]:
    """The groups in order, after those that they depend on."""
    found: dict[str, Track] = {}

    def take(track: Track) -> None:
        if track.group.id not in found:
            for name in track.group.after:
                if name in by_name:
                    take(by_name[name])
            found[track.group.id] = track

    for track in some:
        take(track)
    return list(found.values())

"""By which way each group's field updates travel: guarded, unless the team's policy says bulk."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from connectors.base import UPDATES, Limits
from connectors.changes import Way, verb
from sync.plan.model import Group, kind_of

Place = tuple[str, str]


class BulkRule(BaseModel):
    """Which updates may go in bulk: those of this kind and check (blank is any), where there are more than `above`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str = ""
    check: str = ""
    above: int = Field(0, ge=0)


class Writes(BaseModel):
    """How field updates travel where a CRM knows several ways, as Salesforce does.

    Guarded asks the CRM to refuse a record that was modified after it was read; bulk has a window, which is measured.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    default: Literal["guarded", "bulk"] = "guarded"
    bulk: tuple[BulkRule, ...] = Field((), description="What goes in bulk though the default is guarded.")
    job_above: int = Field(2000, ge=1, description="Bulk updates of one kind above which they are loaded as a job.")


def assigned(groups: Sequence[Group], writes: Writes, limits: Mapping[str, Limits]) -> tuple[Group, ...]:
    """The groups with their ways. A group goes in bulk only where all of its updates may, and by a job only where it
    has a single step and its kind has more than `job_above` updates that go in bulk."""
    places = [_places(group, limits) for group in groups]
    counts = Counter(place for found in places for place in found)
    bulk = [bool(found) and _bulk(group, found, writes, counts) for group, found in zip(groups, places, strict=True)]
    loads = Counter(place for found, so in zip(places, bulk, strict=True) if so for place in found)
    made = []
    for group, found, so in zip(groups, places, bulk, strict=True):
        many = len(group.steps) == 1 and all(loads[place] > writes.job_above for place in found)
        way = (Way.JOB if many else Way.BULK) if so else Way.GUARDED
        made.append(replace(group, way=way) if found else group)
    return tuple(made)


def tally(groups: Iterable[Group]) -> dict[tuple[str, Way], int]:
    """How many updates of each account travel by each way, by (account, way)."""
    found: Counter[tuple[str, Way]] = Counter()
    for group in groups:
        if group.way:
            updates = [step.change for step in group.steps if verb(step.change) in UPDATES]
            found.update((kind_of(group, change)[0], group.way) for change in updates)
    return dict(sorted(found.items()))


def _places(group: Group, limits: Mapping[str, Limits]) -> list[Place]:
    """The account and kind of each update of the group, in accounts that know several ways."""
    updates = [kind_of(group, step.change) for step in group.steps if verb(step.change) in UPDATES]
    return [place for place in updates if place[0] in limits and limits[place[0]].ways]


def _bulk(group: Group, places: Sequence[Place], writes: Writes, counts: Mapping[Place, int]) -> bool:
    checks = {name.partition(":")[0] for name in group.check.split("+")}

    def may(place: Place) -> bool:
        return any(
            rule.kind in ("", place[1]) and ({rule.check} >= checks or not rule.check) and counts[place] > rule.above
            for rule in writes.bulk
        )

    return writes.default == "bulk" or all(may(place) for place in places)

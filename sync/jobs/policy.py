"""What may be applied with nobody there: rules by check, kind, band, grade, score and count; without a rule nothing."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field

from hygiene.check import Band, Finding
from sync.plan.model import Grade, Group

GRADES = tuple(Grade)
BANDS = (Band.AUTO, Band.REVIEW)


class Rule(BaseModel):
    """One sort of group that a scheduled run may apply, and how many of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: str = Field(description="The check that asks for it.")
    kind: str = Field("", description="The kind of its first record; any where none is named.")
    band: Band = Field(Band.AUTO, description="`review` also allows what was in doubt until a person said yes.")
    grade: Grade = Field(Grade.REVERSIBLE, description="The worst grade that is allowed.")
    score: float = Field(0.0, ge=0, le=1, description="The least score of its findings.")
    most: int = Field(ge=0, description="How many groups one run may apply by this rule.")

    def covers(self, check: str, group: Group, findings: Iterable[Finding]) -> bool:
        """Whether it allows what this check asks of the group, as far as one group can tell."""
        return (
            self.check == check
            and self.kind in ("", group.refs[0].kind)
            and GRADES.index(group.grade) <= GRADES.index(self.grade)
            and all(BANDS.index(item.band) <= BANDS.index(self.band) and item.score >= self.score for item in findings)
        )


class Running(BaseModel):
    """How the scheduled job runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_minutes: float = Field(60.0, gt=0, description="After so long it stops in good order and goes on next time.")
    policy: tuple[Rule, ...] = Field((), description="What it may apply with nobody there; by default nothing.")


def divide(
    groups: Sequence[Group], rules: Sequence[Rule], findings: Iterable[Finding]
) -> tuple[tuple[Group, ...], tuple[Group, ...]]:
    """The groups that the rules allow and those that wait for a person, each in the order given.

    A group that several checks ask for needs a rule for each of them, and counts against each. A group waits with
    any group that it comes `after`, and where its finding is not among `findings`: then nothing vouches for it.
    """
    by_check: dict[str, list[Finding]] = {}
    for finding in findings:
        by_check.setdefault(finding.check, []).append(finding)
    found = {check: _by_record(items) for check, items in by_check.items()}
    used = [0] * len(rules)
    allowed: dict[str, Group] = {}
    for group in _ordered(groups):
        places = _places(group, rules, used, found)
        if places and all(name in allowed for name in group.after):
            for place in places:
                used[place] += 1
            allowed[group.id] = group
    yes = tuple(group for group in groups if group.id in allowed)
    return yes, tuple(group for group in groups if group.id not in allowed)


def _by_record(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        for ref in finding.refs:
            found.setdefault(str(ref), []).append(finding)
    return found


def _ordered(groups: Sequence[Group]) -> list[Group]:
    """Each group after those that it depends on; one whose dependencies are missing or go round in a circle is left
    out, and so waits."""
    done: dict[str, Group] = {}
    rest = list(groups)
    while ready := [group for group in rest if set(group.after) <= done.keys()]:
        done |= {group.id: group for group in ready}
        rest = [group for group in rest if group.id not in done]
    return list(done.values())


def _places(
    group: Group, rules: Sequence[Rule], used: Sequence[int], found: Mapping[str, Mapping[str, list[Finding]]]
) -> list[int]:
    """The rule, by its place, that allows the group for each check that asks for it; none unless all are allowed."""
    places: list[int] = []
    for label in group.check.split("+"):
        asked = [item for item in found.get(label, {}).get(str(group.refs[0]), ()) if item.changes]
        check = label.partition(":")[0]
        fits = (
            place
            for place, rule in enumerate(rules)
            if used[place] + places.count(place) < rule.most and asked and rule.covers(check, group, asked)
        )
        place = next(fits, None)
        if place is None:
            return []
        places.append(place)
    return places

"""Findings -> groups: each proposal becomes steps, and no two groups of a plan touch one record."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from connectors.base import Limits
from connectors.changes import Archive, Change, Connect, Merge, Set, parties
from connectors.records import Record, Ref
from connectors.values import frozen, same
from hygiene.check import Band, Finding
from sync.plan.caps import beyond
from sync.plan.impact import with_impact
from sync.plan.model import Expectation, Grade, Group, Source, Step, Unplannable
from sync.plan.required import Required, refused
from sync.plan.strategy import Recipe, Strategy, archived, expand, expectation

KINDS = ("owner", "company", "contact", "lead", "deal", "task")
GRADES = tuple(Grade)


@dataclass(frozen=True, slots=True)
class Left:
    """A finding whose proposal is not in the plan, and why."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What the team decided: the merge strategy by workspace and kind; the limits of each workspace's CRM; and what a
    portal requires of its own."""

    strategy: Callable[[str, str], Strategy]
    limits: Mapping[str, Limits]
    required: tuple[Required, ...] = ()


def build(findings: Iterable[Finding], source: Source, policy: Policy) -> tuple[tuple[Group, ...], tuple[Left, ...]]:
    """The groups in the order of review, and what was left out.

    Only findings in the auto band are planned. Where two set one field of a record to different values, both are
    left: a person decides. Sets that agree become one group.
    """
    groups: list[Group] = []
    left: list[Left] = []
    sets: dict[Ref, list[Finding]] = {}
    ties: list[Finding] = []
    proposals = sorted(
        (item for item in findings if item.changes and item.band is Band.AUTO), key=lambda item: item.key
    )
    for finding in proposals:
        targets = {change.ref for change in _sets([finding])}
        if len(targets) == 1 and len(_sets([finding])) == len(finding.changes):
            ref = next(iter(targets))
            if isinstance(ref, Ref):
                sets.setdefault(ref, []).append(finding)
                continue
        if all(isinstance(change, Connect) for change in finding.changes):
            ties.append(finding)
            continue
        try:
            groups.append(_group(finding, _recipe(finding, source, policy)))
        except Unplannable as reason:
            left.append(Left(finding, str(reason)))
    kept, clashes = _apart(groups, {finding.key: finding for finding in proposals})
    taken = {ref for group in kept for ref in group.refs}
    for ref, asked in sets.items():
        if ref in taken:
            left += [
                Left(finding, "the record is part of a merge in this plan; it is checked again afterwards")
                for finding in asked
            ]
        elif clash := _clash(asked):
            left += [Left(finding, f"checks disagree about {clash}: a person decides") for finding in asked]
        else:
            kept.append(_one_set(ref, asked, source))
    for finding in ties:
        if taken.intersection(party for change in finding.changes for party in parties(change)):
            left.append(
                Left(finding, "a record of the tie is part of a merge in this plan; it is looked at afterwards")
            )
        else:
            kept.append(_tied(finding, source))
    told = with_impact(sorted(kept, key=_order), source)
    held = _held(told, {finding.key: finding for finding in proposals}, policy, source)
    return tuple(group for group in told if group.id not in held), (*left, *clashes, *held.values())


def _held(groups: Iterable[Group], findings: Mapping[str, Finding], policy: Policy, source: Source) -> dict[str, Left]:
    """The groups whose merge would go beyond what the CRM allows, or that write what a portal refuses."""
    reasons = ((group, beyond(group, policy.limits) or refused(group, policy.required, source)) for group in groups)
    return {group.id: Left(findings[group.finding], why) for group, why in reasons if why}


def _recipe(finding: Finding, source: Source, policy: Policy) -> Recipe:
    if len(finding.changes) == 1 and isinstance(archive := finding.changes[0], Archive):
        return archived(archive.ref, source)
    if len(finding.changes) != 1 or not isinstance(merge := finding.changes[0], Merge):
        raise Unplannable("its changes are of kinds that cannot be planned together")
    ref = finding.refs[0]
    return expand(merge, source, policy.strategy(ref.workspace, ref.kind), policy.limits[ref.workspace])


def _group(finding: Finding, recipe: Recipe) -> Group:
    return Group(
        id=f"g-{finding.key[:12]}",
        check=finding.check,
        finding=finding.key,
        title=finding.message,
        grade=recipe.grade,
        steps=recipe.steps,
        expects=recipe.expects,
        evidence=finding.evidence,
        why=finding.why,
    )


def _apart(groups: Sequence[Group], findings: Mapping[str, Finding]) -> tuple[list[Group], list[Left]]:
    """Groups of which no two share a record: the first in the order of keys stays, the next plan sees the rest."""
    taken: set[Ref] = set()
    kept, left = [], []
    for group in groups:
        about = {item.ref for item in group.expects}
        if taken & about:
            left.append(Left(findings[group.finding], "another group of this plan changes the same record"))
            continue
        taken |= about
        kept.append(group)
    return kept, left


def _clash(findings: Sequence[Finding]) -> str:
    """The first field that two findings want to set to different values."""
    wanted: dict[str, object] = {}
    for change in _sets(findings):
        for name, value in change.after.items():
            if name in wanted and not same(wanted[name], value):  # type: ignore[arg-type]
                return name
            wanted[name] = value
    return ""


def _one_set(ref: Ref, findings: Sequence[Finding], source: Source) -> Group:
    """One write for all that is asked of a record."""
    record = source.get(ref)
    names = sorted({name for change in _sets(findings) for name in change.after})
    after = frozen({name: value for change in _sets(findings) for name, value in change.after.items()})
    before = frozen({name: record.get(name) if record else None for name in names})
    first = findings[0]
    return Group(
        id=f"g-{first.key[:12]}",
        check="+".join(sorted({finding.check for finding in findings})),
        finding=first.key,
        title="; ".join(finding.message for finding in findings),
        grade=Grade.REVERSIBLE,
        steps=(Step("1", Set(ref, after, before)),),
        expects=(expectation(record, names),) if record else (),
        evidence=tuple(item for finding in findings for item in finding.evidence),
        why=MappingProxyType({name: why for finding in findings for name, why in finding.why.items()}),
    )


def _tied(finding: Finding, source: Source) -> Group:
    """The ties that a finding asks for, in one group."""
    steps = tuple(Step(str(at), change) for at, change in enumerate(finding.changes, 1))
    refs = dict.fromkeys(change.ref for change in finding.changes if isinstance(change, Connect))
    records = [record for ref in refs if isinstance(ref, Ref) and (record := source.get(ref))]
    kinds = {change.link.to.kind for change in finding.changes if isinstance(change, Connect)}
    expects = tuple(_untouched(record, kinds, source) for record in records)
    return _group(finding, Recipe(steps, expects, Grade.REVERSIBLE))


def _untouched(record: Record, kinds: Iterable[str], source: Source) -> Expectation:
    """That nobody has tied the record to anything more of these kinds, or cut a tie, since it was pulled."""
    others = {link.to if holder == record.ref else holder for holder, link in source.ties(record.ref)}
    ids = {kind: tuple(sorted(other.id for other in others if other.kind == kind)) for kind in sorted(kinds)}
    return Expectation(record.ref, links=MappingProxyType(ids))


def _sets(findings: Sequence[Finding]) -> list[Set]:
    changes: list[Change] = [change for finding in findings for change in finding.changes]
    return [change for change in changes if isinstance(change, Set)]


def _order(group: Group) -> tuple[int, int, str, str]:
    ref = group.refs[0]
    place = KINDS.index(ref.kind) if ref.kind in KINDS else len(KINDS)
    return GRADES.index(group.grade), place, ref.workspace, group.id

"""A plan in words, for a review: what, why, how far back, with personal values masked unless told otherwise."""

from collections.abc import Callable, Iterator, Sequence

from connectors.changes import (
    Archive,
    Change,
    Connect,
    Create,
    Merge,
    Restore,
    Set,
    Settle,
    Survivor,
    Target,
    Unlink,
    Way,
)
from connectors.values import Fields, Value
from sync.plan.build import Left
from sync.plan.model import Grade, Group, Plan
from sync.plan.ways import tally
from sync.render import impact
from sync.render import mask as mask_
from sync.render.md import escape

HEADINGS = {
    Grade.REVERSIBLE: "Can be undone",
    Grade.NEW_ID: "Can be undone, under a new id",
    Grade.IRREVERSIBLE: "Cannot be undone",
}
WAYS = {
    Way.GUARDED: "guarded (refused where the record was modified after it was read, to the second)",
    Way.BULK: "in bulk (200 a call; an edit between the read and the write is lost)",
    Way.JOB: "as a bulk load (a job; an edit between the read and the end of the job is lost)",
}
Show = Callable[[str, Value], str]


def markdown(plan: Plan, plan_hash: str, left: Sequence[Left] = (), reveal: bool = False) -> str:
    """The whole plan, the irreversible groups last."""
    show: Show = mask_.reveal if reveal else mask_.mask
    return "\n".join((*_head(plan, plan_hash), *_groups(plan, show), *_left(left))).rstrip() + "\n"


def _head(plan: Plan, plan_hash: str) -> Iterator[str]:
    yield f"# Plan {plan_hash[:12]}"
    yield ""
    if not plan.groups:
        yield "Nothing to do."
        yield ""
    counts = plan.counts()
    yield f"- {counts['groups']} groups, {counts['steps']} steps, {counts['merged_for_good']} records merged for good"
    if moved := impact.summary(plan.groups):
        yield f"- merges: {escape(moved)}"
    yield f"- forecast: {plan.calls} API calls"
    for name, item in plan.workspaces.items():
        kind = "PRODUCTION" if item.production else "not production"
        yield f"- {name} ({kind}, API {item.api_version}): {sum(item.calls.values())} calls"
    for (name, way), updates in tally(plan.groups).items():
        yield f"- {name}: {updates} field updates go {WAYS[way]}"
    yield f"- made {plan.made_at:%Y-%m-%d %H:%M} UTC, expires {plan.expires_at:%Y-%m-%d %H:%M} UTC, rules {plan.config}"
    yield f"- hash {plan_hash}"
    if plan.undoes:
        yield f"- undoes run {plan.undoes}"
    yield ""


def _groups(plan: Plan, show: Show) -> Iterator[str]:
    for grade in Grade:
        groups = [group for group in plan.groups if group.grade is grade]
        if groups:
            yield f"## {HEADINGS[grade]} ({len(groups)})"
            yield ""
        for group in groups:
            yield from _group(group, show)


def _group(group: Group, show: Show) -> Iterator[str]:
    yield f"### {group.id}: {escape(group.title)}"
    yield ""
    for item in group.evidence:
        values = f" ({' / '.join(escape(show(item.about, value)) for value in item.values)})" if item.values else ""
        yield f"- {'for' if item.weight >= 0 else 'against'}: {escape(item.text)}{values}"
    for step in group.steps:
        yield f"{step.id}. {describe(step.change, show)}"
    for name, why in group.why.items():
        yield f"- `{name}`: {escape(why)}"
    yield from impact.table(group.impact, show)
    yield ""


def describe(change: Change, show: Show = mask_.mask) -> str:
    """One step in words."""
    match change:
        case Set():
            return f"set on {_on(change.ref)}: {_fields(change.after, change.before, show)}"
        case Settle():
            return f"make sure of {_on(change.ref)}: {_fields(change.after, {}, show)}"
        case Merge():
            carry = f", carrying {_fields(change.carry, {}, show)}" if change.carry else ""
            return f"MERGE {', '.join(map(str, change.merged))} into {_on(change.survivor)}{carry}"
        case Create():
            return f"create a {change.kind} in {change.workspace}: {_fields(change.fields, {}, show)}"
        case Connect() | Unlink():
            verb = "tie" if isinstance(change, Connect) else "untie"
            return f"{verb} {_on(change.ref)} and {change.link.to}" + (
                f" as {change.link.label}" if change.link.label else ""
            )
        case Archive() | Restore():
            return f"{'archive' if isinstance(change, Archive) else 'restore'} {change.ref}"


def _left(left: Sequence[Left]) -> Iterator[str]:
    if left:
        yield f"## Not in this plan ({len(left)})"
        yield ""
    for item in left:
        yield f"- {', '.join(map(str, item.finding.refs))}: {escape(item.reason)}"


def _fields(after: Fields, before: Fields, show: Show) -> str:
    parts = []
    for name, value in after.items():
        old = f"{escape(show(name, before[name]))} → " if name in before else ""
        parts.append(f"`{name}` {old}{escape(show(name, value))}")
    return ", ".join(parts)


def _on(ref: Target) -> str:
    return f"the survivor of step {ref.step}" if isinstance(ref, Survivor) else str(ref)

"""What a gate may do by itself: put a deal back to where it stood, or only ask its owner, with a task that says why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from connectors.changes import Change, Connect, Create, Set, Survivor
from connectors.records import Link, ObjectSpec, Record, Ref
from connectors.values import Fields, Value, empty, frozen
from hygiene.check import Evidence
from sync.plan.model import Expectation, Grade, Group, Step, Unplannable
from sync.plan.unmerge import KEY

CHECK = "gate"
"""The check that groups of the gate name; `apply --queue` takes no others."""
SUBJECT = 255
"""Characters of a task's subject: Salesforce's limit, the smaller one."""
BY_SUBJECT = frozenset({"salesforce"})
"""CRMs whose reads filter by a task's subject, so that it may bear the key where there is no field for one."""
VERBS = {"revert": ("set", "create", "link"), "task": ("create", "link")}


@dataclass(frozen=True, slots=True)
class Notice:
    """One move that a gate objects to: its name, the deal as it stands, and what to say in words without values."""

    move: str
    deal: Record
    text: str
    at: datetime
    rules: Sequence[str] = ()


def revert(notice: Notice, back: Fields, task: ObjectSpec | None) -> Group:
    """The deal's stage (and pipeline) as `back` says, then a task tied to it. Nothing is done to a deal that stands
    elsewhere by then."""
    deal = notice.deal
    before = frozen({name: deal.get(name) for name in back})
    return _group(notice, [Set(deal.ref, back, before), *_note(notice, task, 2)], before)


def ask(notice: Notice, task: ObjectSpec | None) -> Group:
    """Only the task, as long as the deal still stands where it was moved to."""
    return _group(notice, _note(notice, task, 1), frozen({"stage": notice.deal.get("stage")}))


def is_ours(group: Group, verbs: Sequence[str]) -> bool:
    """Whether a group is just what a gate may queue: these verbs in this order, on one deal and a new task."""
    shape = tuple(type(step.change) for step in group.steps)
    wanted = {("set", "create", "link"): (Set, Create, Connect), ("create", "link"): (Create, Connect)}[tuple(verbs)]
    fields = {name for step in group.steps if isinstance(step.change, Set) for name in step.change.after}
    made = {step.change.kind for step in group.steps if isinstance(step.change, Create)}
    deals = {ref for ref in group.refs if ref.kind == "deal"}
    return (
        group.check == CHECK
        and shape == wanted
        and fields <= {"stage", "pipeline"}
        and made == {"task"}
        and len(deals) == len(group.refs) == 1
        and any("stage" in item.fields for item in group.expects)
    )


def _note(notice: Notice, spec: ObjectSpec | None, place: int) -> list[Change]:
    """A task for the deal's owner, then its tie to the deal; `Unplannable` where a lost answer could not be settled."""
    deal = notice.deal.ref
    if spec is None:
        raise Unplannable("tasks are not pulled: add `task` to `kinds`")
    text, keyed = notice.text, spec.field(KEY) is not None
    name = f"gate-{notice.move[:16]}"
    if not keyed and deal.crm not in BY_SUBJECT:
        raise Unplannable(f"a task has no field {KEY} to find it again by: `revops-sync doctor --add-fields`")
    fields: dict[str, Value] = {"due_at": notice.at.date() if _dated(spec) else notice.at}
    if not empty(notice.deal.get("owner")):
        fields["owner"] = notice.deal.get("owner")
    if keyed:
        made = Create(deal.workspace, "task", name, frozen({**fields, "subject": _cut(text, SUBJECT)}), KEY)
    else:
        subject = f"{_cut(text, SUBJECT - len(name) - 3)} [{name}]"
        made = Create(deal.workspace, "task", subject, frozen(fields), "subject")
    direction = "out" if deal.crm in BY_SUBJECT else "both"
    return [made, Connect(Survivor(str(place)), Link(deal, "", direction))]


def _group(notice: Notice, changes: Sequence[Change], expected: Fields) -> Group:
    return Group(
        id=f"g-{notice.move[:12]}",
        check=CHECK,
        finding=notice.move[:24],
        title=notice.text,
        grade=Grade.REVERSIBLE,
        steps=tuple(Step(str(place), change) for place, change in enumerate(changes, 1)),
        expects=(Expectation(notice.deal.ref, expected),),
        evidence=tuple(Evidence(rule, "the gate's rule says no") for rule in notice.rules),
        why=_why(expected, notice.rules),
    )


def _why(names: Mapping[str, Value], rules: Sequence[str]) -> Mapping[str, str]:
    return MappingProxyType({name: f"as it stood before the move that {', '.join(rules)} forbids" for name in names})


def _dated(spec: ObjectSpec) -> bool:
    found = spec.field("due_at")
    return found is not None and found.type == "date"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def subject(ref: Ref, words: str) -> str:
    """What the owner of a deal reads first: what happened, why, and where to ask for more."""
    return f"revops-sync: {words}. Ask `revops-sync explain {ref}`"

"""What a portal itself requires of a record that is written: a change that HubSpot would refuse is held beforehand."""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field

from connectors.changes import Create, Merge, Set, Settle, Survivor, Target
from connectors.records import Ref
from connectors.values import Value, empty
from sync.plan.model import Group, Source, Unplannable, kind_of, produces

ENFORCED = "from its API 2026-09 on it refuses a write that leaves it out"
"""HubSpot's changelog, CRM API write validation enforcement: the rules cannot be skipped, and no API tells them."""


class Required(BaseModel):
    """A conditional property of a portal, or without `field` what its form for new records asks for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    field: str = Field("", description="The field that the rule hangs on.")
    values: tuple[str, ...] = Field((), description="Its values for which the rule holds.")
    required: tuple[str, ...] = Field(min_length=1, description="The fields that must then say something.")


def refused(group: Group, rules: Sequence[Required], source: Source) -> str:
    """Why HubSpot would refuse a write of the group, blank where it would not.

    A rule binds a write that touches one of its fields, and looks at what the record holds after it; the form for new
    records binds creates.
    """
    for workspace, kind, after, touched, new in _writes(group, source):
        for rule in rules if workspace.startswith("hubspot:") else ():
            asked = new if not rule.field else _binds(rule, after, touched)
            lacks = [name for name in rule.required if empty(after.get(name))]
            if rule.kind == kind and asked and lacks:
                where = f"a {kind} by its rule on {rule.field}" if rule.field else f"a new {kind}"
                return f"HubSpot requires {', '.join(lacks)} of {where}, and {ENFORCED}: a person fills it in first"
    return ""


def _binds(rule: Required, after: Mapping[str, Value], touched: Mapping[str, Value]) -> bool:
    held = _text(after.get(rule.field)) in {value.casefold() for value in rule.values}
    return held and not touched.keys().isdisjoint({rule.field, *rule.required})


def _text(value: Value) -> str:
    return str(value).casefold() if value is not None else ""


Write = tuple[str, str, Mapping[str, Value], Mapping[str, Value], bool]


def _writes(group: Group, source: Source) -> Iterator[Write]:
    """Each write of fields: the account, the kind, what the record holds then, what is written, whether it is new."""
    held: dict[Target, Mapping[str, Value]] = {}
    for step in group.steps:
        change = step.change
        if isinstance(change, Create):
            held[Survivor(step.id)] = change.fields
            yield change.workspace, change.kind, change.fields, change.fields, True
        elif isinstance(change, Set | Settle):
            on = _root(group, change.ref)
            before = held[on] if on in held else _fields(on, source)
            held[on] = {**before, **change.after}
            yield (*kind_of(group, change), held[on], change.after, False)


def _root(group: Group, on: Target) -> Target:
    """The record behind a pointer to what a merge left, or the pointer itself where a create made it."""
    while isinstance(on, Survivor) and isinstance(made := produces(group, on).change, Merge):
        on = made.survivor
    return on


def _fields(on: Target, source: Source) -> Mapping[str, Value]:
    record = source.get(on) if isinstance(on, Ref) else None
    if record is None:
        raise Unplannable("a record that is written is not in the mirror")
    return record.fields

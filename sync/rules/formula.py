"""Builds the formulas of Salesforce's validation rules: conditions on an opportunity, as text.

The functions are those of Salesforce's reference "Formula Operators and Functions": a picklist is compared by ISPICKVAL
or CASE and made text by TEXT, PRIORVALUE holds what a field held before the save, ISNEW is true while it is created.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from connectors.records import FieldSpec, Pipeline, Stage
from hygiene.blank import PLACEHOLDERS, ZERO
from hygiene.criterion import Criterion

LONGEST = 3900
"""Characters that a formula may have."""
STAGE, BEFORE = "StageName", "PRIORVALUE(StageName)"
CHANGED = f"OR(ISNEW(), ISCHANGED({STAGE}))"
ACCOUNT = "AccountId"
TEXTS = frozenset({"string", "phone", "url", "email", "textarea"})
NUMBERS = frozenset({"currency", "double", "percent", "int"})
DATES = frozenset({"date", "datetime"})
SHORT = 255
"""A formula reads no text area that may be longer."""


class Unsayable(Exception):
    """A condition that no formula can state; its text says why."""


def both(*conditions: str) -> str:
    """All of them hold."""
    return _joined("AND", conditions)


def either(conditions: Iterable[str]) -> str:
    """At least one holds."""
    return _joined("OR", tuple(conditions))


def stands_in(stages: Iterable[Stage]) -> str:
    """The deal is saved into one of these stages."""
    return either(f"ISPICKVAL({STAGE}, {_quoted(stage.id)})" for stage in stages)


def ahead(pipeline: Pipeline) -> str:
    """The move is none back: not from an open stage to an earlier one."""
    places = {stage: number for number, stage in enumerate(_open(pipeline), 1)}
    return f"{numbered(STAGE, places, len(places) + 1)} >= {numbered(BEFORE, places, 0)}"


def back(pipeline: Pipeline, least: int) -> str:
    """The move leads from an open stage to one so many places before it."""
    places = {stage: number for number, stage in enumerate(_open(pipeline), 1)}
    return f"{numbered(BEFORE, places, 0)} - {numbered(STAGE, places, len(places) + 1)} >= {least}"


def passed(pipeline: Pipeline, held: Collection[Stage], ends: Collection[Stage]) -> str:
    """The move leads over one of the stages that are held to, from an open stage to a later one or to one of `ends`.

    Counted are those up to a stage: up to the one that was left, and before the one that is reached.
    """
    stages = _open(pipeline)
    upto = {stage: sum(other in held for other in stages[:number]) for number, stage in enumerate(stages, 1)}
    before = {stage: count - (stage in held) for stage, count in upto.items()} | dict.fromkeys(ends, len(held))
    return f"{numbered(STAGE, before, 0)} > {numbered(BEFORE, upto, len(held))}"


def numbered(of: str, numbers: Mapping[Stage, int], otherwise: int) -> str:
    """The number of the stage that a value names."""
    return (
        f"CASE({of}, {', '.join(f'{_quoted(stage.id)}, {number}' for stage, number in numbers.items())}, {otherwise})"
    )


def blank(spec: FieldSpec | None, texts: Collection[str] = PLACEHOLDERS, none: Collection[Decimal] = ZERO) -> str:
    """The field is empty or holds what counts as empty; `Unsayable` for a type of which no formula can tell."""
    if spec is None:
        raise Unsayable("the credential sees no such field of an opportunity")
    empty = f"ISBLANK({spec.native})"
    if spec.type in NUMBERS:
        return either([empty, *(f"{spec.native} = {number:f}" for number in sorted(set(none)))])
    if spec.type in DATES or spec.type == "reference":
        return empty
    shown = text(spec)
    return either([empty if spec.type != "picklist" else f"ISBLANK({shown})", *among(shown, texts)])


def among(shown: str, values: Collection[str]) -> list[str]:
    """A condition that a text is one of these in any case; none where there are no values."""
    cells = ", ".join(f"{_quoted(value)}, 1" for value in sorted({value.casefold() for value in values}))
    return [f"CASE(LOWER(TRIM({shown})), {cells}, 0) = 1"] if cells else []


def text(spec: FieldSpec) -> str:
    """A field as text."""
    if spec.type == "picklist":
        return f"TEXT({spec.native})"
    if spec.type not in TEXTS or (spec.length or 0) > SHORT:
        raise Unsayable(f"a formula cannot read {spec.native}, a {spec.type} of {spec.length or 'any'} characters")
    return spec.native


def met(item: Criterion, fields: dict[str, FieldSpec]) -> str:
    """The deal meets a criterion; `Unsayable` where it hangs on other records than the deal and its account."""
    if item.active_days is not None:
        raise Unsayable("a formula does not see the day of the last activity")
    if item.tied and (item.tied != "company" or item.label or item.where or item.count > 1):
        raise Unsayable(f"a formula does not see which {item.tied} records are tied to the deal")
    parts = [f"NOT({blank(fields.get(name))})" for name in item.filled]
    parts += [either(among(text(_known(fields, name)), values)) for name, values in item.one_of.items()]
    for name, least in item.at_least.items():
        native = _known(fields, name).native
        parts.append(both(f"NOT(ISBLANK({native}))", f"{native} >= {least:f}"))
    parts += [f"NOT(ISBLANK({ACCOUNT}))"] if item.tied else []
    parts += [either(met(other, fields) for other in item.any)] if item.any else []
    return both(*parts)


def _known(fields: dict[str, FieldSpec], name: str) -> FieldSpec:
    if name not in fields:
        raise Unsayable(f"the credential sees no {name} of an opportunity")
    return fields[name]


def _open(pipeline: Pipeline) -> list[Stage]:
    return [stage for stage in pipeline.stages if not stage.closed]


def _joined(word: str, conditions: Sequence[str]) -> str:
    return conditions[0] if len(conditions) == 1 else f"{word}({', '.join(conditions)})"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

"""What a write must satisfy before it is made: values, stages, and from 2026-09 on the rules of administrators."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.hubspot import definitions, property_rules
from sandbox.hubspot.call import Call
from sandbox.hubspot.catalog import Property
from sandbox.hubspot.errors import Issue, Refusal, not_valid
from sandbox.hubspot.object_types import ObjectType
from sandbox.hubspot.times import DAY_MS, day, parse
from sandbox.hubspot.values import checked
from sandbox.hubspot.writing import refuse_foreign_stage, refuse_incomplete
from sandbox.store import Row

ENFORCING = ("2026-09",)  # versions that hold API writes to the rules of the interface (documented)
Values = Mapping[str, str | None]


def read(call: Call, item: ObjectType, given: object) -> dict[str, str]:
    """The values of a write in kept form; refuses with every issue at once. 2026-09 takes odd dates."""
    odd = {name: kept for name, _, kept in _odd_dates(call, item, given)}
    plain = {**given, **odd} if isinstance(given, dict) else given
    values = checked(call.store, item, plain, call.setting("portal_id"))
    broken = property_rules.issues(call.store, item.kind, values)
    if broken:
        raise not_valid(broken)
    return values


def warned(call: Call, item: ObjectType, given: object) -> dict[str, Any]:
    """The `warnings` that go with a record: dates that were not at midnight and now are."""
    found = [
        {
            "category": "PROPERTY_VALUE_NORMALIZED",
            "message": f"The value of {name} was normalized from {raw} to {kept}",
            "context": {"propertyName": [name], "rawValue": [raw], "normalizedValue": [kept]},
        }
        for name, raw, kept in _odd_dates(call, item, given)
    ]
    return {"warnings": found} if found else {}


def _odd_dates(call: Call, item: ObjectType, given: object) -> Iterator[tuple[str, str, str]]:
    """(name, value given, value kept) for every date that is no date alone."""
    if call.version not in ENFORCING or not isinstance(given, dict):
        return
    known = definitions.properties(call.store, item.kind)
    for name, value in given.items():
        spec = known.get(str(name).lower())
        kept = _midnight(spec, str(value)) if spec is not None and value is not None else None
        if kept is not None:
            yield name, str(value), kept


def _midnight(spec: Property, text: str) -> str | None:
    moment = parse(text.strip()) if spec.type == "date" else None
    return day(moment) if moment is not None and moment % DAY_MS else None


def refuse_create(call: Call, item: ObjectType, values: Values) -> None:
    """400 where a new record lacks what its type, its stage or a rule asks for."""
    refuse_incomplete(item, {name: value or "" for name, value in values.items()})
    default = {"pipeline": "default"} if item.kind == "deal" else {}
    refuse_foreign_stage(call.store, item.kind, {**default, **values})
    if call.version not in ENFORCING:
        return
    form = call.setting("create_form").get(item.kind, ())
    missing = [
        Issue(name, "MISSING_REQUIRED_PROPERTY", f"A value for {name} must be provided")
        for name in form
        if not values.get(name)
    ]
    _refuse(missing + _conditional(call, item, values, frozenset(values)))


def refuse_change(call: Call, item: ObjectType, row: Row, values: Values) -> None:
    """400 where a changed record would stand in a foreign stage or break a rule."""
    after = {**row.fields, **values}
    refuse_foreign_stage(call.store, item.kind, after)
    if call.version in ENFORCING:
        _refuse(_conditional(call, item, after, frozenset(values)))


def _conditional(call: Call, item: ObjectType, after: Values, touched: frozenset[str]) -> list[Issue]:
    """What the rules miss in the values that a write leaves; rules that the write does not touch are left alone."""
    found: dict[str, Issue] = {}
    for rule in call.setting("conditional_required").get(item.kind, ()):
        by, values, required = rule["property"], rule["values"], rule["required"]
        if after.get(by) not in values or touched.isdisjoint({by, *required}):
            continue
        text = f"is required because of a conditional property rule based on [{by}]"
        missing = [name for name in required if not after.get(name)]
        found |= {name: Issue(name, "MISSING_CONDITIONAL_REQUIRED_PROPERTY", f"{name} {text}") for name in missing}
    return list(found.values())


def _refuse(issues: list[Issue]) -> None:
    """400 in the documented form, which unlike that for values does not embed the list in its message."""
    if not issues:
        return
    rows = [{"code": item.code, "message": item.message, "context": {"propertyName": [item.name]}} for item in issues]
    raise Refusal(400, "The property values provided are invalid", "VALIDATION_ERROR", errors=rows)


def refuse_association(call: Call) -> None:
    """400 where the user for whom an OAuth app acts may not associate records (2026-09; private apps have no user)."""
    if call.version in ENFORCING and call.by_user() and not call.setting("user_edits_associations"):
        raise Refusal(400, "Missing 'Edit Associations' permission.", "VALIDATION_ERROR")

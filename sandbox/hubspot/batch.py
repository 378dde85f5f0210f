"""The batch endpoints: up to 100 records a call, 207 where some of them fail."""

from collections.abc import Callable, Iterable
from typing import Any

from sandbox.hubspot import bodies, objects, records, validation
from sandbox.hubspot.call import Call
from sandbox.hubspot.errors import Refusal, invalid, together
from sandbox.hubspot.object_types import ObjectType
from sandbox.hubspot.records import Shape
from sandbox.hubspot.times import iso
from sandbox.store import Row
from sandbox.wire import Response

LIMIT, LIMIT_WITH_HISTORY = 100, 50
Inputs = list[dict[str, Any]]


def envelope(call: Call, status: int, results: list[Any], errors: list[dict[str, Any]]) -> Response:
    """The frame of every batch answer; any error makes it a 207."""
    times = {"startedAt": iso(call.now), "completedAt": iso(call.now)}
    failed = {"errors": errors, "numErrors": len(errors)} if errors else {}
    return call.reply(207 if errors else status, {"status": "COMPLETE", "results": results, **failed, **times})


def missing(item: ObjectType, ids: list[str]) -> dict[str, Any]:
    """The one entry of a 207 that names every id that was not found."""
    text = (
        f"Could not get some {item.name.upper()} objects, they may be deleted or not exist. Check that ids are valid."
    )
    return Refusal(404, text, "OBJECT_NOT_FOUND", context={"ids": ids}).row()


def read(call: Call) -> Response:
    """Records by id or unique value, each once, in the order of the ids; the ones not found are one error."""
    item, body, inputs = call.kind(), call.body(), call.inputs(LIMIT)
    wanted = Shape(bodies.names(body.get("properties")), bodies.names(body.get("propertiesWithHistory")))
    if wanted.history and len(inputs) > LIMIT_WITH_HISTORY:
        text = (
            f"The maximum number of inputs supported in a batch request for property histories is {LIMIT_WITH_HISTORY}."
        )
        raise invalid(f"{text} Please reduce the number of items and try again")
    keys = list(dict.fromkeys(str(part.get("id", "")) for part in inputs))
    id_property = body.get("idProperty")
    found = {key: _live(call, item, key, id_property, call.flag("archived")) for key in keys}
    lost = [key for key, row in found.items() if row is None]
    rows = {row.id: row for row in found.values() if row is not None}
    draw = objects.drawing(call, item)
    results = [draw.asked(row, wanted) for row in sorted(rows.values(), key=lambda row: row.seq)]
    return envelope(call, 200, results, [missing(item, lost)] if lost else [])


def _live(call: Call, item: ObjectType, key: str, id_property: str | None, archived: bool = False) -> Row | None:
    """A record that a batch may touch: whether it follows merged-away ids is a setting, updates never do."""
    if id_property is None and call.setting("batch_read_merged") != "follow":
        row = call.store.get("hubspot", item.kind, key)
        row = None if row is not None and row.merged_into is not None else row
    else:
        row = records.lookup(call.store, item, key, id_property)
    return row if row is not None and row.archived == archived else None


def create(call: Call) -> Response:
    """201; all or nothing unless every input has a trace id of its own, then a 207 says which ones failed."""
    item, inputs = call.kind(), call.inputs(LIMIT)

    def one(part: dict[str, Any]) -> Row:
        values = validation.read(call, item, part.get("properties"))
        joins = objects.associations_of(call, item, part)
        row = objects.make(call, item, values)
        objects.join(call, row, joins)
        return call.store.get("hubspot", item.kind, row.id) or row

    if not traced(inputs):
        _refuse_any(call, item, inputs)
    draw = objects.drawing(call, item)
    return _each(call, 201, inputs, lambda part: draw.full(one(part)))


def traced(inputs: Inputs) -> bool:
    """Whether every input can be told from the others in an answer."""
    marks = [part.get("objectWriteTraceId") for part in inputs]
    return all(isinstance(mark, str) and mark for mark in marks) and len(set(marks)) == len(marks)


def _refuse_any(call: Call, item: ObjectType, inputs: Inputs) -> None:
    """Without trace ids one bad row fails all: refuse before anything is written."""
    valid = _all_checked(call, item, inputs)
    emails = [values["email"] for values in valid if item.kind == "contact" and values.get("email")]
    if len(emails) != len(set(emails)):
        raise Refusal(409, "Contact already exists", "CONFLICT")
    for part, values in zip(inputs, valid, strict=True):
        validation.refuse_create(call, item, values)
        objects.associations_of(call, item, part)
        try:
            objects.writer(call).refuse_taken(item.kind, values, None)
        except Refusal as refusal:
            # The id of the contact that is in the way is told only where a row of its own can tell it (recorded).
            raise Refusal(409, "Contact already exists", "CONFLICT") if refusal.status == 409 else refusal from refusal


def _all_checked(call: Call, item: ObjectType, inputs: Inputs) -> list[dict[str, str]]:
    """The values of every row; refuses with the issues of all rows at once."""
    valid, bad = [], []
    for part in inputs:
        try:
            valid.append(validation.read(call, item, part.get("properties")))
        except Refusal as refusal:
            bad.append(refusal)
    if bad:
        raise together(bad)
    return valid


def _each(call: Call, status: int, inputs: Inputs, do: Callable[[dict[str, Any]], dict[str, Any]]) -> Response:
    """Do one input after the other; refusals become errors that carry the input's trace id."""
    results: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for part in inputs:
        mark = part.get("objectWriteTraceId")
        trace = {"objectWriteTraceId": mark} if isinstance(mark, str) else {}
        try:
            with call.store.transaction():
                shown = do(part)
            told = {**(trace if call.setting("batch_results_traced") else {}), **_warned(call, part)}
            results.append({**shown, **told})
        except Refusal as refusal:
            errors.append(refusal.row(**{name: [value] for name, value in trace.items()}))
    return envelope(call, status, results, errors)


def _warned(call: Call, part: dict[str, Any]) -> dict[str, Any]:
    return validation.warned(call, call.kind(), part.get("properties"))


def refuse_twice(keys: Iterable[str]) -> None:
    """400 where two inputs name the same record."""
    every = list(keys)
    twice = sorted({key for key in every if every.count(key) > 1})
    if twice:
        raise invalid(f"Duplicate IDs found in batch input: [{', '.join(twice)}]. IDs must be unique", ids=twice)


def update(call: Call) -> Response:
    """200, or 207 naming the ids not found; a bad value in any row refuses all unless every input has a trace id."""
    item, inputs = call.kind(), call.inputs(LIMIT)
    refuse_twice(str(part.get("id", "")) for part in inputs)
    by_trace = traced(inputs)
    if not by_trace:
        _refuse_any_change(call, item, inputs)
    found = [(part, _target(call, item, part)) for part in inputs]
    lost = [str(part.get("id", "")) for part, row in found if row is None]

    def one(part: dict[str, Any]) -> dict[str, Any]:
        row = _target(call, item, part)
        if row is None:
            raise Refusal(
                404, missing(item, [])["message"], "OBJECT_NOT_FOUND", context={"ids": [str(part.get("id", ""))]}
            )
        values = validation.read(call, item, part.get("properties"))
        validation.refuse_change(call, item, row, values)
        return objects.drawing(call, item).changed(objects.writer(call).change(row, values), values)

    if by_trace:
        return _each(call, 200, inputs, one)
    results = [{**one(part), **_warned(call, part)} for part, row in found if row is not None]
    return envelope(call, 200, results, [missing(item, lost)] if lost else [])


def _target(call: Call, item: ObjectType, part: dict[str, Any]) -> Row | None:
    """The record an update names: never by a merged-away id (documented)."""
    key, id_property = str(part.get("id", "")), part.get("idProperty")
    row = (
        records.lookup(call.store, item, key, id_property) if id_property else call.store.get("hubspot", item.kind, key)
    )
    return row if row is not None and not row.archived and row.merged_into is None else None


def _refuse_any_change(call: Call, item: ObjectType, inputs: Inputs) -> None:
    bad: list[Refusal] = []
    for part in inputs:
        try:
            values = validation.read(call, item, part.get("properties"))
            row = _target(call, item, part)
            if row is not None:
                validation.refuse_change(call, item, row, values)
                objects.writer(call).refuse_taken(item.kind, values, row)
        except Refusal as refusal:
            bad.append(refusal)
    if bad:
        raise together(bad)


def upsert(call: Call) -> Response:
    """200 with `new` on each result; found by `idProperty` (a unique property, or the id where none is named).

    One bad row refuses all unless every input has a trace id.
    """
    item, inputs = call.kind(), call.inputs(LIMIT)
    refuse_twice(f"{part.get('idProperty') or ''} {part.get('id')}".strip() for part in inputs)
    whole = not traced(inputs) or _by_email(call, inputs)

    def one(part: dict[str, Any]) -> dict[str, Any]:
        key, id_property = str(part.get("id", "")), part.get("idProperty")
        values = validation.read(call, item, part.get("properties"))
        row = records.lookup(call.store, item, key, id_property)
        if row is not None and not row.archived:
            validation.refuse_change(call, item, row, values)
            return {
                **objects.drawing(call, item).changed(objects.writer(call).change(row, values), values),
                "new": False,
            }
        if id_property is None:
            raise Refusal(404, missing(item, [])["message"], "OBJECT_NOT_FOUND", context={"ids": [key]})
        named = validation.read(call, item, {id_property: key})
        return {**objects.drawing(call, item).full(objects.make(call, item, {**named, **values})), "new": True}

    if whole:
        return envelope(call, 200, [{**one(part), **_warned(call, part)} for part in inputs], [])
    return _each(call, 200, inputs, one)


def _by_email(call: Call, inputs: Inputs) -> bool:
    """Upserts by e-mail are all or nothing ("partial upserts are not supported"), which is one reading of it."""
    by_email = any(part.get("idProperty") == "email" for part in inputs)
    return by_email and call.setting("upsert_by_email") == "whole"


def archive(call: Call) -> Response:
    """204 whatever the state of the records."""
    item = call.kind()
    for part in call.inputs(LIMIT):
        row = call.store.get("hubspot", item.kind, str(part.get("id", "")))
        if row is not None and row.merged_into is None:
            objects.writer(call).archive(row)
    return call.done()

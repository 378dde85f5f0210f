"""Create, update and delete of one record, with everything the vendor checks and keeps up to date."""

from collections.abc import Mapping
from typing import Any

from sandbox.salesforce import deals, history, persons
from sandbox.salesforce.errors import ApiError, bad_reference, deleted, read_only
from sandbox.salesforce.ids import normalize
from sandbox.salesforce.recordtypes import check_record_type, default_record_type
from sandbox.salesforce.rows import CRM, below, last_modified, new_row, save, transaction
from sandbox.salesforce.rules import assignment, duplicates, locks, validation
from sandbox.salesforce.schema import Field, SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.times import stamp
from sandbox.salesforce.values import check_references, check_unique, holders, stored
from sandbox.store import Row

# The record whose deletion took this one along, in its fields: only with that one does it come back.
TAKEN_BY = "_DeletedWith"
STAMPS = frozenset({"LastModifiedById", "LastModifiedDate"})


def create(call: Call, sobject: SObject, values: Mapping[str, Any]) -> Row:
    """Make a record and answer it as saved."""
    able(call, sobject, "createable")
    given = accepted(call, sobject, values, creating=True)
    missing = [field.name for field in sobject.fields.values() if field.required and given.get(field.name) is None]
    if missing:
        raise _missing(missing)
    check_references(call, sobject, given)
    check_record_type(call, sobject, given)
    kind = persons.check(call, sobject, given, None)
    fields = {**_defaults(call, sobject), **{name: value for name, value in given.items() if value is not None}, **kind}
    fields.update(assignment.owner_of(call, sobject), CreatedById=call.session.user_id)
    fields["LastModifiedById"] = call.session.user_id
    with transaction(call.store):
        row = new_row(call.store, sobject, fields, call.now)
        _name(sobject, row)
        _derive(call, row, given)
        _pass(call, sobject, row, None)
        check_unique(call.store, sobject, given, None)
        duplicates.check(call, sobject, row, None)
        call.trace.made.add(row.id)
        _keep(call, sobject, row, {})
        note(call, "create", row, dict(fields), {})
    return row


def _name(sobject: SObject, row: Row) -> None:
    """A custom record without a name is named by its id (recorded)."""
    name = sobject.field("Name")
    if name and name.createable and "d" in name.flags and row.fields.get("Name") is None:
        row.fields["Name"] = row.id[:15]


def update(call: Call, sobject: SObject, id18: str, values: Mapping[str, Any]) -> Row:
    """Change a live record and answer it as saved; saving equal values still moves its time stamps."""
    able(call, sobject, "updateable")
    row = live(call, sobject, id18)
    if row.kind == "lead" and row.fields.get("IsConverted"):
        raise ApiError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", ())
    given = accepted(call, sobject, values, creating=False)
    emptied = [name for name, value in given.items() if value is None and not sobject.fields[name.lower()].nillable]
    if emptied:
        raise _missing(emptied)
    changed = {name: value for name, value in given.items() if row.fields.get(name) != value}
    check_references(call, sobject, changed)
    check_record_type(call, sobject, changed)
    persons.check(call, sobject, given, row.fields)
    with transaction(call.store):
        before = _set(call, row, changed)
        _pass(call, sobject, row, before)
        check_unique(call.store, sobject, changed, row.id)
        duplicates.check(call, sobject, row, before)
        _change(call, row, before)
    return row


def _pass(call: Call, sobject: SObject, row: Row, before: dict[str, Any] | None) -> None:
    """Take the row locks that a save needs and pass the validation rules."""
    versions = (row.fields,) if before is None else (row.fields, before)
    locks.acquire(call, sobject, None if before is None else row.id, *versions)
    validation.check(call, sobject, row.fields, before)


def apply(call: Call, row: Row, changed: dict[str, Any]) -> None:
    """Set the fields of a record, unchecked, with all that follows from them."""
    _change(call, row, _set(call, row, changed))


def _set(call: Call, row: Row, changed: dict[str, Any]) -> dict[str, Any]:
    """Set fields and what follows from them, not yet saved; answers what stood there before."""
    before = dict(row.fields)
    row.fields.update(changed, LastModifiedById=call.session.user_id, LastModifiedDate=stamp(call.now))
    row.modified = row.visible = call.now
    _derive(call, row, changed)
    return before


def _change(call: Call, row: Row, before: dict[str, Any]) -> None:
    _keep(call, call.whole.by_kind[row.kind], row, before)
    after = {name: value for name, value in row.fields.items() if before.get(name) != value and name not in STAMPS}
    note(call, "update", row, after, {name: before.get(name) for name in after})


def _keep(call: Call, sobject: SObject, row: Row, before: dict[str, Any]) -> None:
    """Save a record with its histories; `before` is empty for a new one."""
    if row.kind == "deal":
        deals.record(call, row, before)
    persons.mirror(call, row)
    save(call.store, row)
    history.record(call, sobject, row, before)


def accepted(call: Call, sobject: SObject, values: Mapping[str, Any], creating: bool) -> dict[str, Any]:
    """The values under their proper names and in their stored form; refuses unknown and read-only fields."""
    given: dict[str, Any] = {}
    for name, value in values.items():
        if name == "attributes":
            continue
        if isinstance(value, Mapping):
            field, value = _by_foreign_key(call, sobject, name, value)
        else:
            field = _field(sobject, name)
        if creating and field.name == "Id":
            raise ApiError("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ("Id",))
        if not (field.createable if creating else field.updateable):
            raise _not_writable(field)
        given[field.name] = stored(field, value, call.options.truncate)
    return given


def _field(sobject: SObject, name: str) -> Field:
    field = sobject.field(name)
    if field is None:
        raise ApiError("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}")
    return field


def _not_writable(field: Field) -> ApiError:
    message = f"Unable to create/update fields: {field.name}. Please check the security settings of this field"
    message += " and verify that it is read/write for your profile or permission set."
    return ApiError("INVALID_FIELD_FOR_INSERT_UPDATE", message, (field.name,))


def _missing(names: list[str]) -> ApiError:
    return ApiError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(names)}]", tuple(names))


def _by_foreign_key(call: Call, sobject: SObject, name: str, key: Mapping[str, Any]) -> tuple[Field, str]:
    """A reference given as `{"Account": {"External__c": "7"}}`."""
    relation = sobject.relation(name)
    pairs = [(part, value) for part, value in key.items() if part != "attributes"]
    target = call.schema.get(relation.refers_to[0]) if relation else None
    if relation is None or target is None or len(pairs) != 1:
        raise ApiError("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}")
    field = _field(target, pairs[0][0])
    found = holders(call.store, target, field.name, pairs[0][1])
    if len(found) != 1:
        message = f"Foreign key external ID: {pairs[0][1]} not found for field {field.name} in entity {target.name}"
        raise ApiError("INVALID_FIELD", message, ())
    return relation, found[0].id


def delete(call: Call, sobject: SObject, id18: str) -> None:
    """Move a record to the recycle bin with everything that hangs below it."""
    able(call, sobject, "deletable")
    row = live(call, sobject, id18)
    persons.check_delete(row)
    locks.acquire(call, sobject, row.id, row.fields)
    with transaction(call.store):
        bury(call, sobject, row, {})


def bury(call: Call, sobject: SObject, row: Row, reason: dict[str, Any]) -> None:
    """Archive a live record and, through references that cascade, its children."""
    row.archived, row.modified, row.visible = True, call.now, call.now
    if "parent" in reason:
        row.fields[TAKEN_BY] = reason["parent"]
    save(call.store, row)
    note(call, "delete", row, {}, {}, **reason)
    for child in call.whole.children(sobject):
        if child.field.cascades:
            for below_it in below(call.store, child.sobject.kind, child.field.name, [row.id]):
                bury(call, child.sobject, below_it, {"reason": "cascade", "parent": row.id})


def live(call: Call, sobject: SObject, id18: str) -> Row:
    """The record of this id; ENTITY_IS_DELETED or INVALID_CROSS_REFERENCE_KEY otherwise."""
    row = call.store.get(CRM, sobject.kind, id18)
    if row is None:
        raise bad_reference()
    if row.archived:
        raise deleted()
    return row


def dml_id(call: Call, sobject: SObject | None, text: Any) -> tuple[SObject, str]:
    """The type and 18-character id of a row in a collection or SOAP call; MALFORMED_ID for what is no id."""
    found = normalize(text) if isinstance(text, str) else None
    if sobject is not None and (found is None or found[:3] != sobject.prefix):
        raise wrong_id(sobject, text)
    if found is None:
        raise ApiError("MALFORMED_ID", f"bad id {text}", ())
    kind = sobject or call.schema.of_id(found)
    if kind is None:
        raise bad_reference()
    return kind, found


def wrong_id(sobject: SObject, text: Any) -> ApiError:
    """The refusal of an id that is none of this type."""
    return ApiError("MALFORMED_ID", f"{sobject.fields['id'].label}: id value of incorrect type: {text}", ("Id",))


def move(call: Call, row: Row, field: Field, target: str | None, reason: str = "merge") -> None:
    """Hang a record below another one as a merge does: an automated change, so LastModifiedDate stays."""
    before = row.fields.get(field.name)
    row.fields["LastModifiedDate"] = stamp(last_modified(row))
    row.fields[field.name] = target
    row.modified = row.visible = call.now
    save(call.store, row)
    note(call, "update", row, {field.name: target}, {field.name: before}, reason=reason)


def note(call: Call, verb: str, row: Row, fields: dict[str, Any], before: dict[str, Any], **more: Any) -> None:
    """Write one mutation to the ledger."""
    detail = {"actor": call.session.client_id, "fields": fields, "before": before, **more}
    call.store.note(call.now, CRM, verb, row.kind, row.id, detail)


def able(call: Call, sobject: SObject, ability: str) -> None:
    """Refuse what the caller's profile or the type itself does not allow."""
    call.must_write()
    if ability in sobject.abilities:
        return
    if ability == "createable":
        message = f"entity type cannot be inserted: {sobject.label}"
        raise ApiError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message, ())
    if ability in call.whole.by_kind[sobject.kind].abilities:
        raise read_only()
    verb = {"updateable": "update", "deletable": "delete", "mergeable": "merge"}.get(ability, "undelete")
    raise ApiError("INVALID_TYPE_FOR_OPERATION", f"entity type {sobject.name} does not support {verb}", ())


def _defaults(call: Call, sobject: SObject) -> dict[str, Any]:
    fields: dict[str, Any] = {field.name: field.default for field in sobject.fields.values() if field.default}
    fields.update({field.name: False for field in sobject.fields.values() if field.type == "boolean"})
    fields.pop("IsDeleted", None)
    fields.update(default_record_type(call, sobject))
    return {**fields, "OwnerId": call.session.user_id} if sobject.field("OwnerId") else fields


def _derive(call: Call, row: Row, given: dict[str, Any]) -> None:
    if row.kind == "deal":
        deals.derive(call.store, row.fields, given, call.now)
    elif row.kind in ("task", "event"):
        deals.task_facts(call.store, call.whole, row.fields)
    persons.derive(row)

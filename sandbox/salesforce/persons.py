"""Person accounts: an account and its contact that are one person, where the switch `person_accounts` turns them on."""

from collections.abc import Mapping
from typing import Any

from sandbox.salesforce.catalog.person import TWINS
from sandbox.salesforce.errors import ApiError, read_only
from sandbox.salesforce.rows import CRM, full_name, new_row, save
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.switches import switch
from sandbox.salesforce.times import stamp
from sandbox.store import Row

NAMES = ("LastName", "FirstName", "Salutation")


def is_person(fields: Mapping[str, Any]) -> bool:
    """Whether a record is a person account, or the contact of one."""
    return bool(fields.get("IsPersonAccount"))


def check(call: Call, sobject: SObject, given: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a save of an account makes of it: `IsPersonAccount` for one that is made with a last name.

    Persons have a last name instead of a name, companies the reverse. Contacts of persons are changed through their
    account alone: INSUFFICIENT_ACCESS_OR_READONLY, as the help article on their record type shows.
    """
    if sobject.kind == "contact" and before is not None and is_person(before):
        raise read_only()
    if sobject.kind != "company" or not switch(call.store, "person_accounts"):
        return {}
    person = given.get("LastName") is not None if before is None else is_person(before)
    wrong = [name for name in (("Name",) if person else NAMES) if given.get(name) is not None]
    if wrong:
        message = f"Account: bad field names on insert/update call: {', '.join(wrong)}"
        raise ApiError("INVALID_FIELD_FOR_INSERT_UPDATE", message, tuple(wrong))
    needed = "LastName" if person else "Name"
    if (before is None or needed in given) and given.get(needed) is None:
        raise ApiError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{needed}]", (needed,))
    return {"IsPersonAccount": True} if person and before is None else {}


def derive(row: Row) -> None:
    """A person account is called what its person is called."""
    if row.kind == "company" and is_person(row.fields):
        row.fields["Name"] = full_name(row.fields)


def mirror(call: Call, row: Row) -> None:
    """Make or change the contact of a person account that is about to be saved."""
    if row.kind != "company" or not is_person(row.fields):
        return
    contact = call.store.get(CRM, "contact", row.fields.get("PersonContactId") or "")
    shared = {theirs: row.fields.get(own) for own, theirs in TWINS.items() if own in row.fields}
    facts = {**shared, "AccountId": row.id, "OwnerId": row.fields.get("OwnerId"), "IsPersonAccount": True}
    if contact is None:
        made = {"CreatedById": call.session.user_id, "LastModifiedById": call.session.user_id}
        contact = new_row(call.store, call.whole.by_kind["contact"], {**facts, **made}, call.now)
        row.fields["PersonContactId"] = contact.id
    else:
        contact.fields.update(facts, LastModifiedById=call.session.user_id, LastModifiedDate=stamp(call.now))
        contact.modified = contact.visible = call.now
    save(call.store, contact)


def check_delete(row: Row) -> None:
    """The contact of a person cannot be deleted without its account."""
    if row.kind == "contact" and is_person(row.fields):
        message = "the contact of a person account is deleted with its account"
        raise ApiError("INVALID_PERSON_ACCOUNT_OPERATION", message, ())


def check_merge(rows: list[Row]) -> None:
    """Persons are merged with persons only, and as accounts."""
    persons = [is_person(row.fields) for row in rows]
    if any(persons) and (rows[0].kind == "contact" or not all(persons)):
        message = "person accounts can be merged with person accounts only"
        raise ApiError("INVALID_PERSON_ACCOUNT_OPERATION", message, ())


def contacts_of(call: Call, rows: list[Row]) -> list[Row]:
    """The contacts of those records that are person accounts, in their order."""
    ids = [str(row.fields.get("PersonContactId")) for row in rows if row.kind == "company" and is_person(row.fields)]
    found = (call.store.get(CRM, "contact", id18) for id18 in ids)
    return [contact for contact in found if contact is not None]

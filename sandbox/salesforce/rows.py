"""Reading a record's field values and writing records inside transactions that can be rolled back."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sandbox.salesforce.ids import make_id
from sandbox.salesforce.schema import DECIMAL, Field, SObject
from sandbox.salesforce.times import parse_datetime, stamp
from sandbox.store import COLUMNS, Row, Store

CRM = "salesforce"
ADDRESS = ("City", "Country", "GeocodeAccuracy", "Latitude", "Longitude", "PostalCode", "State", "Street")
# The plus keeps SQLite from walking the whole index of `seq` when a better one finds the rows.
ORDER = "+seq"
PERSONS = frozenset({"contact", "lead", "user"})


@contextmanager
def transaction(store: Store) -> Iterator[None]:
    """All or nothing, and nestable: an exception undoes what was done inside and goes on."""
    store.db.execute("SAVEPOINT salesforce")
    try:
        yield
    except BaseException:
        store.db.execute("ROLLBACK TO salesforce")
        raise
    finally:
        store.db.execute("RELEASE salesforce")


def save(store: Store, row: Row) -> None:
    """Insert or replace one record; unlike `Store.put` it leaves the transaction open."""
    head = (row.crm, row.kind, row.id, row.seq, row.created, row.modified, row.visible)
    cells = (*head, int(row.archived), row.merged_into, json.dumps(row.fields, ensure_ascii=False))
    store.db.execute(f"INSERT OR REPLACE INTO record ({COLUMNS}) VALUES ({marks(cells)})", cells)  # noqa: S608


def new_row(store: Store, sobject: SObject, fields: dict[str, Any], now: int) -> Row:
    """A record with the next free id of its type, not yet saved."""
    seq = store.next_seq(CRM, sobject.kind)
    id18 = make_id(sobject.prefix, seq)
    while store.get(CRM, sobject.kind, id18):
        seq += 1
        id18 = make_id(sobject.prefix, seq)
    return Row(CRM, sobject.kind, id18, seq, now, now, now, False, None, fields)


def fetch(store: Store, kind: str, ids: list[str]) -> dict[str, Row]:
    """The records of these ids that exist, by id."""
    where = "crm='salesforce' AND kind=? AND id IN (SELECT value FROM json_each(?))"
    return {row.id: row for row in store.rows(where, (kind, json.dumps(ids)), order=ORDER)}


def below(store: Store, kind: str, field: str, ids: list[str], archived: bool | None = False) -> list[Row]:
    """The records of a kind whose reference field holds one of the ids, in order of creation."""
    expression = looked_up(store, kind, field)
    where = f"crm='salesforce' AND kind='{kind}' AND {expression} IN ({marks(ids)})"
    if archived is not None:
        where += f" AND archived={int(archived)}"
    return store.rows(where, tuple(ids), order=ORDER)


def marks(values: Sequence[object]) -> str:
    """A mark for each value: unlike for a sub-select, SQLite then trusts the index on the other side."""
    return ",".join("?" * len(values))


def looked_up(store: Store, kind: str, field: str) -> str:
    """The SQL expression of a field, with an index on it."""
    # Partial indexes are used only when the query repeats their condition as literals, as `below` does.
    store.db.execute(
        f"CREATE INDEX IF NOT EXISTS salesforce_{kind}_{field} ON record (json_extract(data, '$.{field}'))"
        f" WHERE crm='salesforce' AND kind='{kind}'"
    )
    return f"json_extract(data, '$.{field}')"


def value_of(row: Row, field: Field) -> Any:
    """The JSON value of one field as the API shows it."""
    match field.name:
        case "Id":
            return row.id
        case "IsDeleted":
            return row.archived
        case "MasterRecordId":
            return row.merged_into
        case "CreatedDate":
            return stamp(row.created)
        case "SystemModstamp":
            return stamp(row.modified)
        case "LastModifiedDate":
            return stamp(last_modified(row))
        case "Name" if row.kind in PERSONS:
            return full_name(row.fields)
    if field.type == "address":
        return _address(row, field.name.removesuffix("Address"))
    return shown(row.fields.get(field.name), field.type)


def shown(value: Any, kind: str) -> Any:
    """A stored value in the form its field type has on the wire."""
    if kind == "boolean":
        return bool(value)
    if value is None or value == "":
        return None
    if kind in DECIMAL:
        return float(value)
    return stamp(parse_datetime(value)) if kind == "datetime" else value


def last_modified(row: Row) -> int:
    """When a user last changed the record: automated changes move only SystemModstamp."""
    own = row.fields.get("LastModifiedDate")
    return parse_datetime(own) if own else row.modified


def full_name(fields: dict[str, Any]) -> str:
    """First and last name in one string, as the Name field of persons has them."""
    return " ".join(part for part in (fields.get("FirstName"), fields.get("LastName")) if part)


def _address(row: Row, prefix: str) -> dict[str, Any] | None:
    parts = {part[0].lower() + part[1:]: row.fields.get(prefix + part) for part in ADDRESS}
    return parts if any(value is not None for value in parts.values()) else None

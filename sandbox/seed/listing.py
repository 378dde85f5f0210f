"""Loads a CSV of companies or contacts, and what is known of its duplicates, into a CRM of the sandbox."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.salesforce.ids import KEY_PREFIXES, make_id
from sandbox.seed.pen import Pen
from sandbox.seed.properties import object_id
from sandbox.store import Row, Store

# target -> (HubSpot property, Salesforce field), by kind
TARGETS: dict[str, dict[str, tuple[str, str]]] = {
    "company": {
        "name": ("name", "Name"),
        "domain": ("domain", "Website"),
        "website": ("website", "Website"),
        "phone": ("phone", "Phone"),
        "street": ("address", "BillingStreet"),
        "city": ("city", "BillingCity"),
        "state": ("state", "BillingState"),
        "postcode": ("zip", "BillingPostalCode"),
        "country": ("country", "BillingCountry"),
    },
    "contact": {
        "first_name": ("firstname", "FirstName"),
        "last_name": ("lastname", "LastName"),
        "email": ("email", "Email"),
        "phone": ("phone", "Phone"),
        "mobile": ("mobilephone", "MobilePhone"),
        "company": ("company", "Description"),
        "title": ("jobtitle", "Title"),
        "street": ("address", "MailingStreet"),
        "city": ("city", "MailingCity"),
        "state": ("state", "MailingState"),
        "postcode": ("zip", "MailingPostalCode"),
        "country": ("country", "MailingCountry"),
    },
}
IDENTITY = {"company": ("name", "domain"), "contact": ("email", "first_name", "last_name")}
REQUIRED = {"company": "Name", "contact": "LastName"}
LISTED = "listed: "


class ListingError(ValueError):
    """A file that cannot be loaded; the message names the file, the line and what to do."""

    def __init__(self, path: Path, line: int, problem: str, fix: str) -> None:
        super().__init__(f"{path}, line {line}: {problem}. {fix}")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a CSV: the number of its (last) line in the file, and its cells by column."""

    number: int
    cells: Mapping[str, str]


def load_csv(store: Store, crm: str, kind: str, path: Path, columns: Mapping[str, str], now_ms: int) -> int:
    """Load a CSV as companies or contacts of "hubspot" or "salesforce"; how many it was.

    `columns` says which column fills which target (see `TARGETS`). Each row is an entity of its own until `load_truth`
    says otherwise; a column `id`, mapped or not, is what the truth file refers to. Contacts of HubSpot cannot share an
    address: the later one keeps it in `work_email`. Salesforce's required names are filled with "[not provided]".
    """
    _check_targets(path, kind, columns)
    pen, seq, taken = Pen(store), store.next_seq(crm, kind), _addresses(store, crm, kind)
    count = -1
    for count, line in enumerate(_identified(path, kind, columns)):
        values, key = _values(line, columns), line.cells.get(columns.get("id", "id"))
        fields = _hubspot(kind, values, taken) if crm == "hubspot" else _salesforce(kind, values)
        number = seq + count
        record_id = object_id(number) if crm == "hubspot" else make_id(KEY_PREFIXES[kind], number)
        row = Row(crm, kind, record_id, number, now_ms, now_ms, now_ms, False, None, fields)
        pen.add(row, f"{path.stem}-{key or line.number}", "" if key is None else LISTED + key)
    pen.flush()
    return count + 1


def load_truth(store: Store, path: Path) -> int:
    """Say of loaded rows which are the same: columns `id` and `cluster_id`; how many were told."""
    sql = "SELECT note, crm, kind, id FROM truth WHERE note LIKE ?"
    found = {note.removeprefix(LISTED): tuple(key) for note, *key in store.db.execute(sql, (LISTED + "%",))}
    told = []
    for line in _lines(path, {"id", "cluster_id"}):
        key = found.get(line.cells["id"])
        if key is None:
            raise ListingError(path, line.number, f"no loaded row has id {line.cells['id']}", "Load its CSV first")
        told.append((f"{path.stem}-cluster-{line.cells['cluster_id']}", *key))
    store.db.execute("BEGIN")
    store.db.executemany("UPDATE truth SET entity=? WHERE crm=? AND kind=? AND id=?", told)
    store.db.execute("COMMIT")
    return len(told)


def _check_targets(path: Path, kind: str, columns: Mapping[str, str]) -> None:
    known = TARGETS.get(kind)
    if known is None:
        raise ListingError(path, 1, f"a {kind} cannot be loaded", f"Choose one of: {', '.join(TARGETS)}")
    wrong = sorted(set(columns) - {*known, "id"})
    if wrong:
        raise ListingError(path, 1, f"a {kind} has no {', '.join(wrong)}", f"Map one of: {', '.join(known)}")


def _values(line: Line, columns: Mapping[str, str]) -> dict[str, str]:
    return {target: line.cells[column].strip() for target, column in columns.items() if target != "id"}


def _identified(path: Path, kind: str, columns: Mapping[str, str]) -> Iterator[Line]:
    """The rows of a CSV, each with a name or the like and with an id of its own, where there are ids."""
    seen: set[str] = set()
    for line in _lines(path, set(columns.values())):
        values = _values(line, columns)
        if not any(values.get(name) for name in IDENTITY[kind]):
            names = " or ".join(IDENTITY[kind])
            raise ListingError(path, line.number, f"the row has no {names}", "Fill one of them or delete the row")
        key = line.cells.get(columns.get("id", "id"))
        if key in seen:
            raise ListingError(path, line.number, f"id {key} stands on an earlier line too", "Give every row its own")
        if key is not None:
            seen.add(key)
        yield line


def _addresses(store: Store, crm: str, kind: str) -> set[str]:
    """The contacts' addresses that HubSpot has already."""
    if (crm, kind) != ("hubspot", "contact"):
        return set()
    cell = "json_extract(data, '$.email')"
    sql = f"SELECT lower({cell}) FROM record WHERE crm=? AND kind=? AND {cell} IS NOT NULL"  # noqa: S608
    return {email for (email,) in store.db.execute(sql, (crm, kind))}


def _hubspot(kind: str, values: Mapping[str, str], taken: set[str]) -> dict[str, Any]:
    fields = {TARGETS[kind][target][0]: value for target, value in values.items() if value}
    if "email" in fields:
        fields["email"] = fields["email"].lower()
        if fields["email"] in taken:
            fields["work_email"] = fields.pop("email")
        else:
            taken.add(fields["email"])
    source = {"hs_object_source": "IMPORT", "hs_object_source_label": "IMPORT"}
    return {**fields, "lifecyclestage": "lead", **source}


def _salesforce(kind: str, values: Mapping[str, str]) -> dict[str, Any]:
    # A web site goes before a bare domain, since both go into one field.
    ordered = sorted(values, key=lambda target: target == "website")
    fields: dict[str, Any] = {TARGETS[kind][target][1]: values[target] for target in ordered if values[target]}
    fields.setdefault(REQUIRED[kind], "[not provided]")
    user = make_id(KEY_PREFIXES["user"], 1)
    return {**fields, "OwnerId": user, "CreatedById": user, "LastModifiedById": user}


def _lines(path: Path, wanted: set[str]) -> Iterator[Line]:
    """The rows of a CSV that has the wanted columns."""
    reader = csv.reader(_decoded(path), strict=True)
    try:
        header = next(reader, None)
        if header is None:
            raise ListingError(path, 1, "the file is empty", "The first line names the columns")
        _check_header(path, header, wanted)
        for cells in reader:
            if cells and len(cells) != len(header):
                problem = f"{len(cells)} cells where the header has {len(header)}"
                raise ListingError(path, reader.line_num, problem, "Put values with commas in double quotes")
            if cells:
                yield Line(reader.line_num, dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        raise ListingError(
            path, reader.line_num, f"not CSV: {error}", "Check the double quotes on this line"
        ) from error


def _check_header(path: Path, header: list[str], wanted: set[str]) -> None:
    missing = sorted(wanted - set(header))
    if missing:
        raise ListingError(path, 1, f"no column {', '.join(missing)}", f"The columns are: {', '.join(header)}")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise ListingError(path, 1, f"column {', '.join(twice)} stands there twice", "Rename one of them")


def _decoded(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            if number == 1 and raw.startswith(b"\xef\xbb\xbf"):
                raise ListingError(path, 1, "the file starts with a byte order mark", "Save it as UTF-8 without BOM")
            try:
                yield raw.decode("utf-8")
            except UnicodeDecodeError as error:
                problem = f"byte {raw[error.start]:#04x} is not UTF-8"
                raise ListingError(path, number, problem, "Save the file as UTF-8") from error

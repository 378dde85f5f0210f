"""Search: filters, sorts and paging over what the index knows, which is behind what was written."""

import fnmatch
import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.hubspot import bodies, definitions, kinds, objects
from sandbox.hubspot.call import Call
from sandbox.hubspot.catalog import Property
from sandbox.hubspot.errors import Refusal, invalid
from sandbox.hubspot.object_types import ObjectType
from sandbox.hubspot.records import Shape
from sandbox.hubspot.times import parse
from sandbox.store import Row, Store
from sandbox.wire import Response, counts

MAX_GROUPS, MAX_FILTERS, MAX_ALL, PAGE, CAP, MAX_QUERY = 5, 6, 18, 200, 10_000, 3000
COMPARISONS = {"EQ": "=", "NEQ": "<>", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}
SEARCHABLE: Mapping[str, tuple[str, ...]] = {
    "contact": ("firstname", "lastname", "email", "phone", "hs_additional_emails", "fax", "mobilephone", "company"),
    "company": ("website", "phone", "name", "domain"),
    "deal": ("dealname", "pipeline", "dealstage", "description", "dealtype"),
    "ticket": ("subject", "content", "hs_pipeline_stage", "hs_ticket_id"),
    "lead": ("hs_lead_name",),
    "note": ("hs_note_body",),
    "task": ("hs_task_body", "hs_task_subject"),
    "call": ("hs_call_title", "hs_body_preview"),
    "meeting": ("hs_meeting_title", "hs_meeting_body"),
    "email": ("hs_email_subject",),
}
Clause = tuple[str, tuple[Any, ...]]


def search(call: Call) -> Response:
    """A page of matches with their total; nothing beyond the 10,000th can be paged to."""
    item, body = call.kind(), call.body()
    limit, after = _count(body, "limit", 10), _count(body, "after", 0)
    if not 1 <= limit <= PAGE:
        raise invalid(f"Invalid limit: {limit}. The limit must be between 1 and {PAGE}")
    if after + limit > CAP:
        raise Refusal(400, "There was a problem with the request.", "VALIDATION_ERROR")
    call.store.db.create_function("has_token", 2, has_token, deterministic=True)
    query = Query(call.store, item)
    page = query.order(body.get("sorts")), limit, after
    total, rows = call.store.indexed("hubspot", item.kind, call.now, query.where(body), page)
    draw = objects.drawing(call, item)
    wanted = Shape(bodies.names(body.get("properties")))
    found: dict[str, Any] = {
        "total": total,
        "results": [draw.asked(row, wanted) for row in _now(call, item.kind, rows)],
    }
    if after + len(rows) < min(total, CAP) and rows:
        found["paging"] = {"next": {"after": str(after + len(rows))}}
    return call.reply(200, found)


def _now(call: Call, kind: str, found: list[Row]) -> list[Row]:
    """The rows as they are now: the index finds by what it knew, the answer tells present values and leaves out what
    has been archived since (both recorded). What has been merged away since is told as the index knew it (unverified).
    """
    late = call.store.db.execute("SELECT 1 FROM shadow WHERE crm='hubspot' AND kind=? LIMIT 1", (kind,)).fetchone()
    if late is None:
        return found
    live = call.store.get_many("hubspot", kind, [row.id for row in found])
    rows = [row if live[row.id].merged_into is not None else live[row.id] for row in found]
    return [row for row in rows if not row.archived]


def _count(body: Mapping[str, Any], name: str, default: int) -> int:
    text = str(body.get(name) or default)
    if not counts(text):
        raise invalid(f"Invalid {name}: {text}")
    return int(text)


class Query:
    """Translates a search body about one type into SQL over the store's records."""

    def __init__(self, store: Store, item: ObjectType) -> None:
        self.store, self.item = store, item
        self.known = definitions.properties(store, item.kind)

    def where(self, body: Mapping[str, Any]) -> Clause:
        """Groups are alternatives, the filters of a group hold together; 400 above the documented limits."""
        given = [
            *([{"filters": body["filters"]}] if body.get("filters") else []),
            *bodies.many(body.get("filterGroups")),
        ]
        groups = [bodies.many(group.get("filters")) for group in given]
        sizes = [len(group) for group in groups]
        if len(sizes) > MAX_GROUPS or sum(sizes) > MAX_ALL or any(size > MAX_FILTERS for size in sizes):
            text = f"at most {MAX_GROUPS} filterGroups, {MAX_FILTERS} filters in each and {MAX_ALL} in total"
            raise invalid(f"There was a problem with the request: {text} are allowed")
        any_of = [_joined(" AND ", [self.clause(part) for part in group]) for group in groups]
        both = [_joined(" OR ", any_of), self.words(body.get("query"))]
        return _joined(" AND ", [clause for clause in both if clause[0]])

    def words(self, query: object) -> Clause:
        """`query` finds its text anywhere in the searchable properties of the type."""
        if not query:
            return "", ()
        text = str(query)
        if len(text) > MAX_QUERY:
            raise invalid(f"The query must be at most {MAX_QUERY} characters long")
        names = self.item.searched or SEARCHABLE.get(self.item.kind, ())
        parts = [(f"instr(lower({_cell(name)}), lower(?)) > 0", (text,)) for name in names]
        return _joined(" OR ", parts)

    def clause(self, part: Mapping[str, Any]) -> Clause:
        """One filter; properties without a value match NOT_HAS_PROPERTY and NOT_IN alone (NEQ: unverified)."""
        name, operator = str(part.get("propertyName", "")), str(part.get("operator", ""))
        if name.startswith("associations."):
            return self.linked(name.partition(".")[2], operator, part)
        spec = self.known.get(name.lower())
        if spec is None:
            raise Refusal(
                400, "There was a problem with the request.", "VALIDATION_ERROR", context={"propertyName": [name]}
            )
        column, convert = self.column(spec)
        if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
            return (f"coalesce({column}, '') {'<>' if operator[0] == 'H' else '='} ''", ())
        if operator in COMPARISONS:
            return self.compared(spec, operator, _value(part, "value"))
        if operator == "BETWEEN":
            bounds = (convert(_value(part, "value")), convert(_value(part, "highValue")))
            return f"{column} BETWEEN ? AND ?", bounds
        if operator in ("IN", "NOT_IN"):
            return self.among(spec, operator, part.get("values"))
        if operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
            wanted = int(operator == "CONTAINS_TOKEN")
            return f"has_token({_cell(spec.name)}, ?) = {wanted}", (_value(part, "value"),)
        raise invalid(f'Invalid input JSON on line 1, column 1: "{operator}" is not a known operator')

    def compared(self, spec: Property, operator: str, value: str) -> Clause:
        """A comparison in the order of the property's type; on ids the index finds the start."""
        column, convert = self.column(spec)
        clause = f"{column} {COMPARISONS[operator]} ?"
        if spec.name == "hs_object_id" and operator in ("GT", "GTE"):
            step = ">" if operator == "GT" else ">="
            here = f"crm='hubspot' AND kind='{self.item.kind}' AND id=?"
            start = f"coalesce((SELECT seq FROM record WHERE {here}), -1)"  # noqa: S608
            return f"{clause} AND seq {step} {start}", (convert(value), value)
        if operator == "NEQ":
            return f"({clause} AND coalesce({column}, '') <> '')", (convert(value),)
        return f"({clause} AND {column} <> '')", (convert(value),)

    def among(self, spec: Property, operator: str, values: object) -> Clause:
        """IN and NOT_IN; values for text must be in lower case to match (documented), so they are not folded."""
        if not isinstance(values, list) or not values:
            raise invalid("values must be a list with at least one entry")
        column, convert = self.column(spec)
        numbers = spec.type in ("number", "datetime", "date")
        bound = tuple(convert(str(value)) if numbers else str(value) for value in values)
        marks = ",".join("?" * len(bound))
        among = f"{column} IN ({marks})"
        return (among if operator == "IN" else f"({column} IS NULL OR NOT {among})"), bound

    def linked(self, name: str, operator: str, part: Mapping[str, Any]) -> Clause:
        """The pseudo-property `associations.<type>`: linked to these ids."""
        other = kinds.object_type(self.store, name)
        if other is None:
            raise Refusal(400, f"Unable to infer object type from: {name}")
        values = [*bodies.names(part.get("values")), *([str(part["value"])] if "value" in part else [])]
        some = f" AND to_id IN ({','.join('?' * len(values))})" if values else ""
        ends = f"crm='hubspot' AND from_kind='{self.item.kind}' AND to_kind='{other.kind}'"
        clause = f"id IN (SELECT from_id FROM link WHERE {ends}{some})"  # noqa: S608
        return (f"NOT ({clause})" if operator.startswith("N") else clause), tuple(values)

    def column(self, spec: Property) -> tuple[str, Callable[[str], Any]]:
        """The SQL expression of a property and how a filter's value becomes comparable with it."""
        fixed = {self.item.created: "created", self.item.modified: "modified"}.get(spec.name)
        if fixed:
            return fixed, _moment
        if spec.name == "hs_object_id":
            return "CAST(id AS INTEGER)", _number
        cell = _cell(spec.name)
        if spec.type == "number":
            return f"CAST(nullif({cell}, '') AS REAL)", _number
        if spec.type in ("datetime", "date"):
            return f"CAST(round((julianday(nullif({cell}, '')) - 2440587.5) * 86400000) AS INTEGER)", _moment
        if spec.type in ("enumeration", "bool"):
            return f"nullif({cell}, '')", str
        return f"lower(nullif({cell}, ''))", str.lower

    def order(self, sorts: object) -> str:
        """One sort at most; ties, and no sort at all, go by the age of the record."""
        if not sorts:
            return "seq"
        if not isinstance(sorts, list) or len(sorts) > 1:
            raise invalid("Only one sort is allowed")
        first = sorts[0] if isinstance(sorts[0], dict) else _named(str(sorts[0]))
        spec = self.known.get(str(first.get("propertyName")))
        if spec is None:
            raise Refusal(400, "There was a problem with the request.", "VALIDATION_ERROR")
        way = "DESC" if str(first.get("direction", "ASCENDING")).upper().startswith("DESC") else "ASC"
        return f"seq {way}" if spec.name == "hs_object_id" else f"{self.column(spec)[0]} {way}, seq"


def _named(sort: str) -> dict[str, str]:
    """A sort given as a bare name, descending with a minus before it, as the README of the Node client has it."""
    return {"propertyName": sort.removeprefix("-"), "direction": "DESCENDING" if sort[:1] == "-" else "ASCENDING"}


def _cell(name: str) -> str:
    """A property in the stored JSON; names come from definitions, never from the caller."""
    return f"json_extract(data, '$.\"{name}\"')"


def _joined(word: str, clauses: list[Clause]) -> Clause:
    """Clauses joined and set in brackets; none at all is no condition."""
    if not clauses:
        return "1", ()
    return "(" + word.join(sql for sql, _ in clauses) + ")", tuple(value for _, values in clauses for value in values)


def _value(part: Mapping[str, Any], name: str) -> str:
    if part.get(name) is None:
        raise invalid(f"{name} is required for the operator {part.get('operator')}")
    return str(part[name])


def _number(text: str) -> float | int:
    try:
        return int(text) if re.fullmatch(r"-?\d+", text) else float(text)
    except ValueError as wrong:
        raise invalid(f"{text} was not a valid number.") from wrong


def _moment(text: str) -> int:
    found = parse(text)
    if found is None:
        raise invalid(f"{text} was not a valid long.")
    return found


def has_token(text: str | None, pattern: str) -> int | None:
    """Whether some word of the text is the pattern, in which `*` stands for anything; None where there is no text."""
    if not text:
        return None
    words = re.split(r"[^\w*]+", pattern.lower().strip())
    tokens = [*re.split(r"\W+", text.lower()), text.lower()]
    wanted = [pattern.lower()] if "*" in pattern else [word for word in words if word]
    return int(all(any(fnmatch.fnmatchcase(token, word) for token in tokens) for word in wanted))

"""Fields as SQL: the expression of each, its way through joins, and how its values compare."""

import sqlite3
from dataclasses import dataclass, replace

from sandbox.salesforce.rows import PERSONS
from sandbox.salesforce.schema import DECIMAL, KEYS, Field, Schema, SObject
from sandbox.salesforce.soql.functions import (
    AGGREGATES,
    COUNTS,
    ONE_CURRENCY,
    PARTS,
    RADIUS,
    SHOWN,
    TIMES_ONLY,
    install,
)
from sandbox.salesforce.soql.names import Names, Resolved, target
from sandbox.salesforce.soql.tree import Distance, Function, Operand, Path

ISO = "strftime('%Y-%m-%dT%H:%M:%S', {}/1000, 'unixepoch')"


@dataclass(frozen=True, slots=True)
class Column:
    """An SQL expression and the `form` of its values.

    Forms: text, key (an id), number, int, boolean, date (`2026-01-31`), clock (`2026-01-31T12:00:00`) and instant
    (epoch milliseconds). `indexed` texts have an index that ignores the case of ASCII letters.
    """

    sql: str
    form: str
    field: Field
    indexed: bool = False

    @property
    def iso(self) -> str:
        """A date or time as text."""
        return ISO.format(self.sql) if self.form == "instant" else self.sql

    @property
    def sortable(self) -> str:
        """The expression to sort by."""
        if self.form == "instant":
            return f"{self.sql}/1000"
        return f"sf_fold({self.sql})" if self.form == "text" else self.sql


class Columns:
    """The columns of one SELECT and the joins that they need; `root` is the SQL alias of its own records."""

    def __init__(self, names: Names, db: sqlite3.Connection, root: str):
        self.names = names
        self.db = db
        self.root = root
        self.joins: dict[tuple[str, ...], tuple[str, str]] = {}
        install(db)

    @property
    def source(self) -> str:
        """The FROM part: the records of the type and the records they refer to."""
        own = f"record {self.root}"
        return " ".join([own, *(sql for _, sql in self.joins.values())])

    @property
    def own(self) -> str:
        """The condition that keeps the records of the type; literals, so that partial indexes apply."""
        return f"{self.root}.crm='salesforce' AND {self.root}.kind='{self.names.sobject.kind}'"

    def column(self, operand: Operand) -> Column:
        """The column of a field, of a function of one, or of a distance."""
        if isinstance(operand, Path):
            return self._path(operand)
        if isinstance(operand, Distance):
            return self._distance(operand)
        if operand.name in AGGREGATES:
            return self._aggregate(operand)
        if operand.argument is None or operand.name not in (*PARTS, *SHOWN):
            raise self.names.refuse("MALFORMED_QUERY", f"unexpected token: '{operand.name}'", operand.at)
        if operand.name in PARTS:
            return self._part(operand, operand.argument)
        inner = self.column(operand.argument)
        if operand.name == "TOLABEL":
            return inner
        return self._shown(operand, inner)

    def _part(self, function: Function, argument: Path | Function) -> Column:
        """A part of a date; convertTimezone changes nothing, since the user's time zone is UTC."""
        if isinstance(argument, Function) and argument.name == "CONVERTTIMEZONE" and argument.argument:
            argument = argument.argument
        inner = self.column(argument)
        wanted = ("clock", "instant") if function.name in TIMES_ONLY else ("date", "clock", "instant")
        if inner.form not in wanted:
            message = f"field {inner.field.name} does not support function {function.name}"
            raise self.names.refuse("INVALID_FIELD", message, function.at)
        form = "date" if function.name == "DAY_ONLY" else "int"
        return Column(PARTS[function.name].format(inner.iso), form, replace(inner.field, name=function.name, type=form))

    def _shown(self, function: Function, inner: Column) -> Column:
        """FORMAT answers a text; amounts cannot be converted where the organization has one currency."""
        if function.name == "CONVERTCURRENCY":
            raise self.names.refuse("MALFORMED_QUERY", ONE_CURRENCY, function.at)
        sql = f"sf_format({inner.iso}, '{inner.field.type}')"
        return Column(sql, "text", replace(inner.field, type="string"))

    def _distance(self, distance: Distance) -> Column:
        """How far a compound address lies from a place."""
        unit = distance.unit.strip("'").lower()
        if unit not in RADIUS:
            message = f"Invalid distance unit: {distance.unit}. Valid unit: 'mi', 'km'"
            raise self.names.refuse("MALFORMED_QUERY", message, distance.at)
        way = self.names.resolve(distance.field)
        if way.field.type != "address":
            message = f"field {way.field.name} does not support function DISTANCE"
            raise self.names.refuse("INVALID_FIELD", message, distance.field.at)
        alias = self._join(way)
        prefix = way.field.name.removesuffix("Address")
        place = [f"json_extract({alias}.data, '$.{prefix}{part}')" for part in ("Latitude", "Longitude")]
        sql = f"sf_distance({place[0]}, {place[1]}, {distance.latitude!r}, {distance.longitude!r}, '{unit}')"
        return Column(sql, "number", Field("DISTANCE", "double", "Distance"))

    def _aggregate(self, function: Function) -> Column:
        if function.argument is None:
            return Column("count(*)", "int", Field("count", "int", "count"))
        inner = self.column(function.argument)
        if isinstance(function.argument, Function) and is_aggregate(function.argument):
            raise self.names.refuse("MALFORMED_QUERY", f"unexpected token: '{function.name}'", function.at)
        if function.name in COUNTS:
            distinct = "DISTINCT " if function.name == "COUNT_DISTINCT" else ""
            value = inner.sortable if distinct else inner.sql
            return Column(f"count({distinct}{value})", "int", Field(function.name, "int", function.name))
        summed = function.name in ("SUM", "AVG")
        if inner.form in ("boolean", "address") or (summed and inner.form not in ("number", "int")):
            message = f"field {inner.field.name} does not support aggregate operator {function.name}"
            raise self.names.refuse("INVALID_FIELD", message, function.at)
        own = replace(inner.field, type="double") if function.name == "AVG" else inner.field
        form = "number" if function.name == "AVG" else inner.form
        return replace(inner, sql=f"{function.name.lower()}({inner.sql})", form=form, field=own, indexed=False)

    def _path(self, path: Path) -> Column:
        way = self.names.resolve(path)
        alias = self._join(way)
        sobject = target(self.names.schema, way.relations[-1]) if way.relations else self.names.sobject
        return self._own(alias, sobject, way.field)

    def _join(self, way: Resolved) -> str:
        alias, sobject = self.root, self.names.sobject
        key: tuple[str, ...] = ()
        for relation in way.relations:
            key = (*key, relation.name)
            if key not in self.joins:
                name = f"{self.root}{len(self.joins) + 1}"
                self.joins[key] = (name, self._joined(name, relation, self._own(alias, sobject, relation).sql))
            alias, sobject = self.joins[key][0], target(self.names.schema, relation)
        return alias

    def _joined(self, name: str, relation: Field, reference: str) -> str:
        kinds = [found.kind for found in map(self.names.schema.get, relation.refers_to) if found]
        listed = ",".join(f"'{kind}'" for kind in kinds)
        own = f"{name}.crm='salesforce' AND {name}.kind IN ({listed})"
        return f"LEFT JOIN record {name} ON {own} AND {name}.id={reference}"

    def _own(self, alias: str, sobject: SObject, field: Field) -> Column:
        if special := SPECIAL.get(field.name):
            return Column(special[0].format(alias), special[1], field)
        if field.name == "Name" and (sobject.kind in PERSONS or not sobject.kind):
            return Column(_full_name(alias, bool(sobject.kind)), "text", field)
        if field.name == "Type" and not sobject.kind:
            return Column(_type_name(alias, self.names.schema), "text", field)
        sql = f"json_extract({alias}.data, '$.{field.name}')"
        if field.type == "boolean":
            return Column(f"coalesce({sql}, 0)", "boolean", field)
        if field.type == "datetime":
            return Column(f"substr({sql}, 1, 19)", "clock", field)
        indexed = alias == self.root and bool({"x", "l"} & set(field.flags)) and self._index(sobject.kind, field.name)
        return Column(sql, form_of(field), field, indexed)

    def _index(self, kind: str, name: str) -> bool:
        self.db.execute(
            f"CREATE INDEX IF NOT EXISTS salesforce_{kind}_{name}_nocase ON record"
            f" (json_extract(data, '$.{name}') COLLATE NOCASE) WHERE crm='salesforce' AND kind='{kind}'"
        )
        return True


SPECIAL = {
    "Id": ("{0}.id", "key"),
    "IsDeleted": ("{0}.archived", "boolean"),
    "MasterRecordId": ("{0}.merged_into", "key"),
    "CreatedDate": ("{0}.created", "instant"),
    "SystemModstamp": ("{0}.modified", "instant"),
    "LastModifiedDate": (
        "coalesce(substr(json_extract({0}.data, '$.LastModifiedDate'), 1, 19), " + ISO.format("{0}.modified") + ")",
        "clock",
    ),
}


def form_of(field: Field) -> str:
    """The form of the values of a field that is kept in the record's JSON."""
    if field.type in KEYS:
        return "key"
    if field.type in DECIMAL:
        return "number"
    return field.type if field.type in ("int", "date", "address", "multipicklist") else "text"


def _full_name(alias: str, person: bool) -> str:
    first = f"coalesce(json_extract({alias}.data, '$.FirstName') || ' ', '')"
    last = f"coalesce(json_extract({alias}.data, '$.LastName'), '')"
    full = f"nullif(trim({first} || {last}), '')"
    return full if person else f"coalesce(json_extract({alias}.data, '$.Name'), {full})"


def _type_name(alias: str, schema: Schema) -> str:
    cases = " ".join(f"WHEN '{kind}' THEN '{sobject.name}'" for kind, sobject in schema.by_kind.items())
    return f"CASE {alias}.kind {cases} END"


def is_aggregate(item: object) -> bool:
    """Whether an item of a SELECT is an aggregate function, or shows one."""
    if not isinstance(item, Function):
        return False
    return item.name in AGGREGATES or is_aggregate(item.argument)


def refuse_long(column: Column, names: Names, at: int, verb: str) -> None:
    """Long text areas and compound fields can be selected only."""
    long = column.field.type == "textarea" and column.field.size > 255
    # Old and new values of histories can be sorted by (object reference) and nothing else.
    if long or column.form == "address" or (column.field.type == "anyType" and verb != "sorted"):
        message = f"field '{column.field.name}' can not be {verb} in a query call"
        raise names.refuse("INVALID_FIELD", message, at)

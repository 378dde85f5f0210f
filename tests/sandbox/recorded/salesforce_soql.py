"""What a recorded query presumes: the fields that it names, the records that it found and what its conditions ask."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.soql.lexer import unquoted
from sandbox.salesforce.soql.parser import parse
from sandbox.salesforce.soql.tree import Among, Compare, Condition, Function, Literal, Logic, Operand, Path, Query
from sandbox.salesforce.times import DAY, SECOND, parse_date, parse_datetime, stamp
from tests.sandbox.recorded.salesforce_world import World

MOST_ROWS = 5000
# Whether every record of a group may have the value that the group shows.
OVER_ALL = {"SUM": False, "MIN": True, "MAX": True, "AVG": True}


def queried(world: World, soql: str, answer: Any) -> None:
    """The state in which a query gives its recorded answer; a refused one names what is not there."""
    try:
        query = parse(soql)
    except ApiError:
        return
    if isinstance(answer, list):
        unless = " ".join(str(error.get("message", "")) for error in answer if isinstance(error, dict))
        if f"sObject type '{query.source}'" not in unless:
            reader = Reader(world, query, unless)
            # A refusal that names no field leaves none of them to be there.
            if "'" in unless:
                reader.name_all()
        return
    reader = Reader(world, query)
    records = answer.get("records", [])
    if records and (records[0].get("attributes") or {}).get("type") == "AggregateResult":
        reader.name_all()
        reader.groups(records)
        return
    ids = [reader.found(record) for record in records]
    reader.name_all()
    for id18, (name, _) in world.rows.items():
        # Parents of the same type are seen through their children alone.
        if name == reader.name and id18 not in ids:
            world.archived[id18] = None
    total = int(answer.get("totalSize", len(records)))
    reader.fill(records[-1] if records else {}, ids, min(total, MOST_ROWS))
    if not answer.get("done", True) and records:
        world.switches["batch_size"] = len(records)


class Reader:
    """Reads one query for what it presumes; names that stand in `unless` are the ones that are not there."""

    def __init__(self, world: World, query: Query, unless: str = ""):
        self.world = world
        self.query = query
        self.unless = unless
        self.name = world.type(query.source).name

    def name_all(self) -> None:
        """Every field that the query names is there."""
        for item in self.query.select:
            if isinstance(item, Query):
                child = self.world.child(self.name, item.source, None)[0]
                nested = Reader(self.world, item, self.unless)
                nested.name = child
                nested.name_all()
            elif isinstance(item, Path | Function):
                self.operand(item)
        for operand in (*self.query.group, *(each.operand for each in self.query.order)):
            self.operand(operand)
        if self.query.where:
            self.condition(self.query.where)

    def condition(self, condition: Condition) -> None:
        """The fields of a condition are there, with a value that they are compared with."""
        if isinstance(condition, Logic):
            for part in condition.parts:
                self.condition(part)
            return
        literals: tuple[Any, ...] = ()
        if isinstance(condition, Compare):
            literals = (condition.value,)
        elif isinstance(condition.values, Query):
            Reader(self.world, condition.values, self.unless).name_all()
        else:
            literals = condition.values
        self.operand(condition.operand, next((plain(each) for each in literals), None))

    def operand(self, operand: Operand, value: Any = None) -> None:
        """A field is there, behind the relationships that lead to it."""
        path = operand.argument if isinstance(operand, Function) else operand
        if not isinstance(path, Path) or (isinstance(operand, Function) and operand.name == "FIELDS"):
            return
        name, field = self.owner(path)
        if f"'{field}'" not in self.unless:
            self.world.saw(name, field, value)

    def owner(self, path: Path) -> tuple[str, str]:
        """(type, field) of a path."""
        names = list(path.names)
        if len(names) > 1 and names[0].lower() in {self.query.source.lower(), (self.query.alias or "").lower()}:
            names.pop(0)
        name = self.name
        for relation in names[:-1]:
            if f"'{relation}'" in self.unless:
                break
            field = self.world.reference(name, relation, None)
            name = self.world.known_target(name, field) or self.world.saw(name, field).target or field
        return name, names[-1]

    # records

    def found(self, record: Mapping[str, Any]) -> str:
        """A record of the answer exists and meets the conditions."""
        empty = {item.source.lower() for item in self.query.select if isinstance(item, Query)}
        empty |= {item.names[0].lower() for item in self.query.select if isinstance(item, Path) and len(item.names) > 1}
        shown = {name: value for name, value in record.items() if value is not None or name.lower() not in empty}
        id18 = self.world.record({"attributes": {"type": self.name}, **shown})
        if self.query.where:
            self.meet(id18, self.query.where)
        return id18

    def fill(self, like: Mapping[str, Any], ids: list[str], total: int) -> None:
        """As many more records like this one as the total says."""
        plain_values = {name: value for name, value in like.items() if name not in ("attributes", "Id")}
        for _ in range(total - len(ids)):
            self.found({name: value for name, value in plain_values.items() if not isinstance(value, dict)})

    def groups(self, records: list[Mapping[str, Any]]) -> None:
        """Records that make the groups of the answer, each as often as the group counts."""
        for record in records:
            values, copies = self.of_group(record)
            for number in range(min(copies, MOST_ROWS)):
                only_once = {name: value for name, (value, every) in values.items() if every or number == 0}
                self.found({"attributes": {"type": self.name}, **only_once})

    def of_group(self, record: Mapping[str, Any]) -> tuple[dict[str, tuple[Any, bool]], int]:
        """Field values (value, whether every record of the group has it) and the number of records of a group."""
        values: dict[str, tuple[Any, bool]] = {}
        copies, unnamed = 1, 0
        for item in self.query.select:
            if isinstance(item, Path):
                values[item.names[-1]] = (record.get(item.alias or item.names[-1]), True)
            elif isinstance(item, Function):
                value = record.get(item.alias or f"expr{unnamed}")
                unnamed += not item.alias
                if item.name == "COUNT":
                    copies = int(value or 0)
                elif (
                    isinstance(item.argument, Path) and value is not None and item.name in ("SUM", "MIN", "MAX", "AVG")
                ):
                    values[item.argument.names[-1]] = (value, item.name in ("MIN", "MAX", "AVG"))
        return values, copies

    def meet(self, id18: str, condition: Condition) -> None:
        """Give a record the values that a condition asks, where the answer does not show them."""
        if isinstance(condition, Compare):
            self.put(id18, condition.operand, meeting(self.world, condition.op, condition.value))
        elif isinstance(condition, Among):
            self.among(id18, condition)
        elif condition.op == "AND":
            for part in condition.parts:
                self.meet(id18, part)
        elif condition.op == "OR":
            self.meet(id18, condition.parts[0])

    def among(self, id18: str, among: Among) -> None:
        """A record is one of the listed ones, or of those that a sub-select finds."""
        if among.op not in ("IN", "INCLUDES"):
            return
        if not isinstance(among.values, Query):
            self.put(id18, among.operand, plain(among.values[0]))
            return
        inner = Reader(self.world, among.values)
        other = inner.found({"attributes": {"type": inner.name}})
        selected = among.values.select[0]
        if isinstance(selected, Path) and selected.text.lower() == "id":
            self.put(id18, among.operand, other)
        elif isinstance(selected, Path):
            self.world.rows[other][1][selected.names[-1]] = id18

    def put(self, id18: str, operand: Operand, value: Any) -> None:
        """A record holds a value, unless the answer shows another."""
        if not isinstance(operand, Path) or value is None or operand.names[-1].lower() == "id":
            return
        names = list(operand.names)
        if len(names) > 1 and names[0].lower() in {self.query.source.lower(), (self.query.alias or "").lower()}:
            names.pop(0)
        name, values = self.world.rows[id18]
        for relation in names[:-1]:
            field = self.world.reference(name, relation, None)
            target = self.world.known_target(name, field) or self.world.saw(name, field).target or field
            if values.get(field) is None:
                values[field] = self.world.row(target, None, {})
            name, values = self.world.rows.setdefault(str(values[field]), (self.world.type(target).name, {}))
        known_field = self.world.known_field(name, names[-1])
        if known_field and known_field.type == "date":
            value = str(value)[:10]
        have = {known.lower() for known, held in values.items() if held is not None}
        if names[-1].lower() not in have:
            values[names[-1]] = value


def plain(literal: Literal) -> Any:
    """The value of a literal in the form that a record holds it; None for null and for periods."""
    match literal.kind:
        case "string":
            return unquoted(literal.value)
        case "number":
            return float(literal.value) if "." in literal.value else int(literal.value)
        case "boolean":
            return literal.value.upper() == "TRUE"
        case "datetime":
            return stamp(parse_datetime(literal.value))
        case "date":
            return literal.value
    return None


def meeting(world: World, op: str, literal: Literal) -> Any:
    """A value for which `op literal` holds; None where any or an empty one does."""
    value = plain(literal)
    if op == "LIKE":
        return str(value).replace("%", "").replace("_", "x")
    if op == "!=":
        return "x" if literal.kind == "null" else None
    step = {"<": -1, ">": 1}.get(op, 0)
    if literal.kind == "datetime":
        return stamp(parse_datetime(literal.value) + step * SECOND)
    if literal.kind == "period":
        return stamp(world.sandbox.clock.now_ms() + step * 800 * DAY)
    if literal.kind == "date":
        return (parse_date(literal.value) + timedelta(days=step)).isoformat()
    return value + step if isinstance(value, int | float) and not isinstance(value, bool) else value

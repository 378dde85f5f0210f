"""What the vendor refuses in a SELECT that is well-formed: semi joins, groups, aliases and limits."""

from collections.abc import Iterator

from sandbox.salesforce.soql.columns import is_aggregate
from sandbox.salesforce.soql.names import Names
from sandbox.salesforce.soql.tree import Among, Compare, Condition, Distance, Function, Logic, Path, Query

MOST_OFFSET = 2000
MOST_SEMI_JOINS = 2
MOST_CHILDREN = 20
MOST_CHILD_LEVELS = {False: 1, True: 4}
DEEP_CHILDREN_SINCE = 58.0
SCOPES = frozenset(
    {"everything", "mine", "mine_and_my_groups", "my_territory", "my_team_territory", "team", "delegated"}
)
MODES = frozenset({"SECURITY_ENFORCED", "USER_MODE", "SYSTEM_MODE"})
SEMI = "emi join sub-selects"


def check(names: Names, version: float) -> None:
    """Refuse what the grammar allows and the vendor does not."""
    query = names.query
    names.check_joined()
    _limits(names)
    _clauses(names)
    _children(names, version)
    _semi_joins(names)
    if not _grouped(query):
        _plain(names)


def _grouped(query: Query) -> bool:
    return bool(query.group) or any(is_aggregate(item) for item in query.select)


def _limits(names: Names) -> None:
    query = names.query
    if query.offset > MOST_OFFSET:
        raise names.refuse("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {MOST_OFFSET}", 0)
    if query.offset < 0 or (query.limit or 0) < 0:
        raise names.refuse("MALFORMED_QUERY", "Limit and offset must not be negative", 0)


def _clauses(names: Names) -> None:
    query = names.query
    aliases = [query.alias, *(each.alias for each in query.joined), *(getattr(i, "alias", None) for i in query.select)]
    if dotted := next((alias for alias in aliases if alias and "." in alias), None):
        raise names.refuse("MALFORMED_QUERY", f"unexpected token: '{dotted}'", query.source_at)
    if query.scope and query.scope.text.lower() not in SCOPES:
        raise names.refuse("MALFORMED_QUERY", f"Invalid scope: {query.scope.text}", query.scope.at)
    if query.mode and query.mode.text.upper() not in MODES:
        raise names.refuse("MALFORMED_QUERY", f"unexpected token: '{query.mode.text}'", query.mode.at)
    for operand in query.group:
        if is_aggregate(operand):
            raise names.refuse("MALFORMED_QUERY", "Aggregate functions cannot be grouped", operand.at)


def _children(names: Names, version: float) -> None:
    found = [item for item in names.query.select if isinstance(item, Query)]
    if len(found) > MOST_CHILDREN:
        message = f"Too many sub-selects: {len(found)}, the limit is {MOST_CHILDREN}"
        raise names.refuse("MALFORMED_QUERY", message, found[MOST_CHILDREN].source_at)
    most = MOST_CHILD_LEVELS[version >= DEEP_CHILDREN_SINCE]
    for child in found:
        if _depth(child) > most:
            message = f"Only {most} level{'s' if most > 1 else ''} of child relationship queries supported"
            raise names.refuse("MALFORMED_QUERY", message, child.source_at)
        if _grouped(child):
            message = "aggregate functions and groups are not allowed in a child relationship query"
            raise names.refuse("MALFORMED_QUERY", message, child.source_at)


def _depth(query: Query) -> int:
    return 1 + max((_depth(item) for item in query.select if isinstance(item, Query)), default=0)


def _semi_joins(names: Names) -> None:
    where = names.query.where
    found = list(_joins(where)) if where else []
    if not found:
        return
    top = where.parts if isinstance(where, Logic) and where.op == "AND" else (where,)
    for among, op in found:
        if op == "OR":
            raise names.refuse("MALFORMED_QUERY", f"S{SEMI} are not allowed with the 'OR' operator", among.operand.at)
        if among not in top:
            message = f"S{SEMI} are only allowed at the top level WHERE expressions"
            raise names.refuse("MALFORMED_QUERY", message, among.operand.at)
    if len(found) > MOST_SEMI_JOINS:
        message = f"Maximum {MOST_SEMI_JOINS} s{SEMI} are allowed"
        raise names.refuse("MALFORMED_QUERY", message, found[MOST_SEMI_JOINS][0].operand.at)
    for among, _ in found:
        _inner(names, among)


def _joins(condition: Condition, op: str = "") -> Iterator[tuple[Among, str]]:
    """The semi joins of a condition, with the operator that joins each to its neighbors."""
    if isinstance(condition, Among) and isinstance(condition.values, Query):
        yield condition, op
    elif isinstance(condition, Logic):
        for part in condition.parts:
            yield from _joins(part, condition.op)


def _inner(names: Names, among: Among) -> None:
    inner = among.values
    assert isinstance(inner, Query)
    if inner.where and any(_joins(inner.where)):
        raise names.refuse("MALFORMED_QUERY", f"Nesting of s{SEMI} is not supported", inner.source_at)
    if inner.source.lower() == names.sobject.name.lower():
        message = "The inner and outer selects should not be on the same object type"
        raise names.refuse("MALFORMED_QUERY", message, inner.source_at)
    chosen = inner.select[0]
    if not isinstance(chosen, Path):
        at = inner.source_at if isinstance(chosen, Query) else chosen.at
        raise names.refuse("MALFORMED_QUERY", f"S{SEMI} can only query id fields", at)


def _plain(names: Names) -> None:
    """A SELECT of records: fields have no aliases and stand once, and nothing can be grouped."""
    seen: set[tuple[str, ...]] = set()
    for item in names.query.select:
        if isinstance(item, Path):
            if item.alias:
                raise names.refuse("MALFORMED_QUERY", "only aggregate expressions use field aliasing", item.at)
            key = tuple(name.lower() for name in names.rooted(item))
            if key in seen:
                raise names.refuse("INVALID_FIELD", f"duplicate field selected: {item.text}", item.at)
            seen.add(key)
    for order in names.query.order:
        if is_aggregate(order.operand):
            message = "Ordered field must be grouped or aggregated"
            raise names.refuse("MALFORMED_QUERY", message, order.operand.at)


def operands(condition: Condition) -> Iterator[Path | Function | Distance]:
    """The fields and functions of a condition."""
    if isinstance(condition, Logic):
        for part in condition.parts:
            yield from operands(part)
    elif isinstance(condition, Compare | Among):
        yield condition.operand

"""What a query finds is what a plain reading of its condition in Python finds."""

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.salesforce.times import stamp
from tests.sandbox.salesforce_org import NOW, Org

DAY = 86_400_000
NAMES = ["acme", "Acme", "ÄCME", "äcme x", "50% off", "under_score", "O'Brien", "b\\c"]
INDUSTRIES = [None, "Energy", "energy", "Retail"]
SIZES = [None, 0, 5, 10]
DATES = [None, "2026-02-27", "2026-03-01", "2026-03-05"]
Row = dict[str, Any]
Test = Callable[[Row], bool]


def organization() -> tuple[Org, list[Row]]:
    """Accounts in many combinations of values, with every third one below the one before."""
    org = Org()
    rows: list[Row] = []
    values = itertools.product(NAMES, INDUSTRIES, SIZES, (True, False))
    for number, (name, industry, size, old) in enumerate(values, 1):
        at = NOW - DAY * 40 if old else NOW - number
        row = {"Name": name, "Industry": industry, "NumberOfEmployees": size}
        row["ParentId"] = rows[-1]["Id"] if number % 3 == 0 else None
        rows.append({**row, "Id": org.put("company", number, at=at, **row), "at": at // 1000 * 1000, "number": number})
        org.put("contact", number, LastName=name, AccountId=rows[-1]["Id"])
    return org, rows


ORG, ROWS = organization()
BY_ID = {row["Id"]: row for row in ROWS}


def found(condition: str) -> set[str]:
    return set(ORG.ids(f"SELECT Id FROM Account WHERE {condition} LIMIT 2000"))


def expected(test: Test) -> set[str]:
    return {row["Id"] for row in ROWS if test(row)}


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def same(first: str | None, second: str) -> bool:
    return first is not None and first.casefold() == second.casefold()


def order(op: str, left: Any, right: Any) -> bool:
    outcome = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}
    return bool(outcome[op])


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, Test]:
    field = draw(st.sampled_from(["Name", "Industry"]))
    value = draw(st.sampled_from([*NAMES, "Energy", "retail", "nothing"]))
    if draw(st.booleans()):
        return f"{field} = {quoted(value)}", lambda row: same(row[field], value)
    return f"{field} != {quoted(value)}", lambda row: not same(row[field], value)


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, Test]:
    op, value = draw(st.sampled_from(["<", "<=", ">", ">="])), draw(st.sampled_from([0, 5, 7.5, 10]))
    size = "NumberOfEmployees"
    return f"{size} {op} {value}", lambda row: row[size] is not None and order(op, row[size], value)


@st.composite
def moments(draw: st.DrawFn) -> tuple[str, Test]:
    op, at = draw(st.sampled_from(["<", "<=", ">", ">="])), draw(st.sampled_from([row["at"] for row in ROWS[:9]]))
    field = draw(st.sampled_from(["CreatedDate", "SystemModstamp", "LastModifiedDate"]))
    literal = stamp(at).replace("+0000", "Z")
    return f"{field} {op} {literal}", lambda row: order(op, row["at"], at)


@st.composite
def empties(draw: st.DrawFn) -> tuple[str, Test]:
    field = draw(st.sampled_from(["Industry", "NumberOfEmployees", "ParentId"]))
    if draw(st.booleans()):
        return f"{field} = null", lambda row: row[field] is None
    return f"{field} != null", lambda row: row[field] is not None


@st.composite
def lists(draw: st.DrawFn) -> tuple[str, Test]:
    chosen = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3))
    listed = ", ".join(map(quoted, chosen))
    if draw(st.booleans()):
        return f"Name IN ({listed})", lambda row: any(same(row["Name"], each) for each in chosen)
    return f"Name NOT IN ({listed})", lambda row: not any(same(row["Name"], each) for each in chosen)


@st.composite
def parents(draw: st.DrawFn) -> tuple[str, Test]:
    value = draw(st.sampled_from(NAMES))

    def test(row: Row) -> bool:
        return row["ParentId"] is not None and same(BY_ID[row["ParentId"]]["Name"], value)

    return f"Parent.Name = {quoted(value)}", test


def joined(pairs: Iterable[tuple[str, Test]], op: str) -> tuple[str, Test]:
    parts = list(pairs)
    tests = [test for _, test in parts]
    text = "(" + f" {op} ".join(text for text, _ in parts) + ")"
    if op == "AND":
        return text, lambda row: all(test(row) for test in tests)
    return text, lambda row: any(test(row) for test in tests)


def negated(pair: tuple[str, Test]) -> tuple[str, Test]:
    return f"(NOT {pair[0]})", lambda row: not pair[1](row)


ATOMS = st.one_of(texts(), numbers(), moments(), empties(), lists(), parents())
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds(joined, st.lists(inner, min_size=2, max_size=3), st.sampled_from(["AND", "OR"])),
        st.builds(negated, inner),
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(CONDITIONS)
def test_conditions_find_what_they_say(pair: tuple[str, Test]) -> None:
    condition, test = pair
    assert found(condition) == expected(test)


@pytest.mark.parametrize("value", NAMES)
@pytest.mark.parametrize("op", ["IN", "NOT IN"])
def test_semi_and_anti_joins_look_at_other_records(op: str, value: str) -> None:
    named = {row["Id"] for row in ROWS if same(row["Name"], value)}
    semi = f"ParentId {op} (SELECT AccountId FROM Contact WHERE LastName = {quoted(value)})"
    assert found(semi) == expected(lambda row: (row["ParentId"] in named) == (op == "IN"))


LIKE = [
    ("acme", lambda name: name in ("acme", "Acme")),
    ("äcme%", lambda name: name in ("ÄCME", "äcme x")),
    ("_cme", lambda name: name in ("acme", "Acme", "ÄCME")),
    ("%\\%%", lambda name: name == "50% off"),
    ("%\\_%", lambda name: name == "under_score"),
    ("O\\'B%", lambda name: name == "O'Brien"),
    ("b\\\\c", lambda name: name == "b\\c"),
    ("", lambda name: False),
]


@pytest.mark.parametrize(("pattern", "test"), LIKE)
def test_like_knows_wildcards_and_escapes(pattern: str, test: Callable[[str], bool]) -> None:
    assert found(f"Name LIKE '{pattern}'") == expected(lambda row: test(row["Name"]))


@pytest.mark.parametrize("direction", ["", "DESC"])
@pytest.mark.parametrize(("nulls", "first"), [("", True), ("NULLS FIRST", True), ("NULLS LAST", False)])
def test_empty_values_come_first_unless_said_otherwise(direction: str, nulls: str, first: bool) -> None:
    ids = ORG.ids(f"SELECT Id FROM Account ORDER BY NumberOfEmployees {direction} {nulls}, Id LIMIT 2000")
    values = [BY_ID[each]["NumberOfEmployees"] for each in ids]
    filled = [value for value in values if value is not None]
    empty = [None] * (len(values) - len(filled))
    assert filled == sorted(filled, reverse=bool(direction))
    assert values == ([*empty, *filled] if first else [*filled, *empty])


def test_limit_and_offset_cut_the_order() -> None:
    whole = ORG.ids("SELECT Id FROM Account ORDER BY Id LIMIT 2000")
    assert ORG.ids("SELECT Id FROM Account ORDER BY Id LIMIT 7 OFFSET 5") == whole[5:12]
    assert ORG.query("SELECT COUNT() FROM Account LIMIT 7")["totalSize"] == 7


def test_groups_agree_with_the_rows() -> None:
    answer = ORG.query(
        "SELECT Industry i, COUNT(Id), SUM(NumberOfEmployees), MIN(CreatedDate) FROM Account GROUP BY Industry"
    )
    for record in answer["records"]:
        rows = [row for row in ROWS if row["Industry"] == record["i"]]
        assert record["attributes"] == {"type": "AggregateResult"}
        sizes = sum(row["NumberOfEmployees"] or 0 for row in rows)
        oldest = stamp(min(row["at"] for row in rows))
        assert (record["expr0"], record["expr1"], record["expr2"]) == (len(rows), sizes, oldest)
    assert answer["totalSize"] == len(INDUSTRIES)


def test_having_keeps_the_groups_it_says() -> None:
    answer = ORG.query(
        "SELECT Name, COUNT(Id) n FROM Account WHERE Industry = null GROUP BY Name HAVING COUNT(Id) > 99"
    )
    assert (answer["totalSize"], answer["records"]) == (0, [])


@pytest.mark.parametrize(
    ("period", "count"), [("TODAY", len(ROWS) // 2), ("LAST_N_DAYS:30", len(ROWS) // 2), ("LAST_MONTH", 0)]
)
def test_periods_select_by_day(period: str, count: int) -> None:
    assert len(found(f"CreatedDate = {period}")) == count

"""What the functions and clauses of SOQL answer: dates, groups, rollups, TYPEOF, distances, formats and scopes."""

from typing import Any

import pytest

from tests.sandbox.salesforce_org import Org

Record = dict[str, Any]


def rows(org: Org, soql: str) -> list[Record]:
    answer = org.query(soql)
    assert "records" in answer, answer
    return [{name: value for name, value in each.items() if name != "attributes"} for each in answer["records"]]


def deals() -> Org:
    org = Org()
    org.put("company", 1, Name="A", BillingLatitude=52.52, BillingLongitude=13.405, AnnualRevenue=1234.5)
    org.put("company", 2, Name="B", BillingLatitude=48.137, BillingLongitude=11.575)
    org.put("company", 3, Name="C")
    table = [("Web", "Energy", 10), ("Web", "Retail", 20), ("Phone", "Energy", 40)]
    for number, (source, kind, amount) in enumerate(table, 1):
        org.put(
            "deal", number, Name=f"D{number}", LeadSource=source, Type=kind, Amount=amount, CloseDate="2026-02-15",
            StageName="Prospecting",
        )  # fmt: skip
    return org


PARTS = [
    ("CALENDAR_YEAR", 2026), ("CALENDAR_QUARTER", 1), ("CALENDAR_MONTH", 2), ("DAY_IN_MONTH", 15), ("DAY_IN_WEEK", 1),
    ("DAY_IN_YEAR", 46), ("WEEK_IN_MONTH", 3), ("WEEK_IN_YEAR", 7), ("FISCAL_YEAR", 2026), ("FISCAL_QUARTER", 1),
    ("FISCAL_MONTH", 2),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), PARTS)
def test_parts_of_dates_group_and_filter(name: str, value: int) -> None:
    org = deals()
    part = f"{name}(CloseDate)"
    assert rows(org, f"SELECT {part} p, COUNT(Id) n FROM Opportunity GROUP BY {part}") == [{"p": value, "n": 3}]
    assert len(org.ids(f"SELECT Id FROM Opportunity WHERE {part} = {value}")) == 3


def test_time_zones_change_nothing_for_a_user_in_utc() -> None:
    soql = "SELECT HOUR_IN_DAY(convertTimezone(CreatedDate)), COUNT(Id) FROM Account"
    assert rows(deals(), f"{soql} GROUP BY HOUR_IN_DAY(convertTimezone(CreatedDate))") == [{"expr0": 12, "expr1": 3}]


GROUPED = "SELECT LeadSource s, Type t, SUM(Amount) a, GROUPING(LeadSource) g FROM Opportunity GROUP BY"
ROLLUP = [
    ("Phone", "Energy", 40, 0), ("Phone", None, 40, 0), ("Web", "Energy", 10, 0), ("Web", "Retail", 20, 0),
    ("Web", None, 30, 0), (None, None, 70, 1),
]  # fmt: skip


def test_rollup_adds_subtotals_after_their_groups() -> None:
    found = rows(deals(), f"{GROUPED} ROLLUP(LeadSource, Type)")
    assert [(row["s"], row["t"], row["a"], row["g"]) for row in found] == ROLLUP


def test_cube_adds_every_subtotal() -> None:
    found = {(row["s"], row["t"], row["a"], row["g"]) for row in rows(deals(), f"{GROUPED} CUBE(LeadSource, Type)")}
    assert found == {*ROLLUP, (None, "Energy", 50, 1), (None, "Retail", 20, 1)}


def test_having_and_order_choose_among_groups() -> None:
    soql = "SELECT LeadSource, SUM(Amount) FROM Opportunity GROUP BY LeadSource HAVING COUNT(Id) > 0"
    found = rows(deals(), f"{soql} ORDER BY SUM(Amount) DESC LIMIT 1")
    assert found == [{"LeadSource": "Phone", "expr0": 40.0}]
    assert rows(deals(), f"{soql} AND SUM(Amount) < 35") == [{"LeadSource": "Web", "expr0": 30.0}]


def test_typeof_chooses_fields_by_type() -> None:
    org = Org()
    lead, contact = org.create("Lead", LastName="L", Company="C"), org.create("Contact", LastName="M", Title="T")
    for who in (lead, contact, None):
        org.create("Task", WhoId=who)
    typeof = "TYPEOF Who WHEN Lead THEN Company, Owner.Name WHEN Contact THEN Title END"
    first, second, third = rows(org, f"SELECT {typeof} FROM Task ORDER BY Id")
    assert (first["Who"]["attributes"]["type"], first["Who"]["Company"]) == ("Lead", "C")
    assert first["Who"]["Owner"]["Name"] == "Robot" and second["Who"]["Title"] == "T" and third["Who"] is None


def test_typeof_has_an_else_and_may_leave_types_out() -> None:
    org = Org()
    org.create("Task", WhoId=org.create("Lead", LastName="L", Company="C"))
    assert rows(org, "SELECT TYPEOF Who WHEN Contact THEN Title END FROM Task") == [{"Who": None}]
    [row] = rows(org, "SELECT TYPEOF Who WHEN Contact THEN Title ELSE Name, Type END FROM Task")
    assert (row["Who"]["Name"], row["Who"]["Type"]) == ("L", "Lead")


MUNICH = "DISTANCE(BillingAddress, GEOLOCATION(48.137, 11.575), 'km')"


def test_distances_filter_and_sort() -> None:
    org = deals()
    near = [row["Name"] for row in rows(org, f"SELECT Name FROM Account WHERE {MUNICH} < 100")]
    far = [row["Name"] for row in rows(org, f"SELECT Name FROM Account ORDER BY {MUNICH} DESC NULLS LAST")]
    assert (near, far) == (["B"], ["A", "B", "C"])
    [row] = rows(org, f"SELECT {MUNICH} d FROM Account WHERE Name = 'A'")
    assert 500 < row["d"] < 510


def test_format_writes_values_as_the_locale_does() -> None:
    soql = "SELECT FORMAT(AnnualRevenue) r, FORMAT(CreatedDate) c, toLabel(Name) FROM Account WHERE Name = 'A'"
    assert rows(deals(), soql) == [{"r": "$1,234.50", "c": "3/1/2026, 12:00 PM", "Name": "A"}]
    assert rows(deals(), "SELECT FORMAT(MIN(CloseDate)) d FROM Opportunity") == [{"d": "2/15/2026"}]


def test_scopes_and_aliases_of_from() -> None:
    org = deals()
    mine = org.create("Account", Name="Mine")
    assert org.ids("SELECT Id FROM Account USING SCOPE mine") == [mine]
    [row] = rows(org, "SELECT a.Name, o.Name FROM Account AS a, a.Owner o WHERE o.Name = 'Robot'")
    assert (row["Name"], row["Owner"]["Name"]) == ("Mine", "Robot")
    assert rows(org, "SELECT Name, (SELECT Id FROM a.Contacts) FROM Account a LIMIT 1") == [
        {"Name": "A", "Contacts": None}
    ]


@pytest.mark.parametrize("clause", ["WITH USER_MODE", "WITH SYSTEM_MODE", "WITH SECURITY_ENFORCED", "FOR VIEW",
    "FOR REFERENCE", "UPDATE TRACKING", "FOR VIEW UPDATE VIEWSTAT, TRACKING"])  # fmt: skip
def test_some_clauses_change_nothing(clause: str) -> None:
    assert len(deals().ids(f"SELECT Id FROM Account {clause}")) == 3


REFUSED = [
    ("SELECT Name n FROM Account", "only aggregate expressions use field aliasing"),
    ("SELECT Id, Name, id FROM Account", "duplicate field selected: id"),
    ("SELECT CALENDAR_YEAR(CloseDate) FROM Opportunity", "Field must be grouped or aggregated: CloseDate"),
    ("SELECT Name FROM Account GROUP BY Name ORDER BY Site", "Ordered field must be grouped or aggregated: Site"),
    ("SELECT Name FROM Account GROUP BY Name HAVING Site = 'x'", "Field must be grouped or aggregated: Site"),
    ("SELECT Name, GROUPING(Name) FROM Account GROUP BY Name", "GROUPING() can only be used"),
    ("SELECT Id FROM Account WHERE COUNT(Id) > 1", "Aggregate functions are not allowed in WHERE"),
    ("SELECT SUM(MIN(Amount)) FROM Opportunity", "unexpected token: 'SUM'"),
    ("SELECT convertCurrency(Amount) FROM Opportunity", "multiple currencies"),
    ("SELECT TYPEOF Owner WHEN User THEN Name END FROM Account", "polymorphic relationship"),
    ("SELECT TYPEOF Who WHEN Account THEN Name END FROM Task", "'Account' is not supported in TYPEOF Who"),
    ("SELECT Id FROM Account USING SCOPE nowhere", "Invalid scope: nowhere"),
    ("SELECT Id FROM Account WITH NOTHING", "unexpected token: 'NOTHING'"),
    ("SELECT Id FROM Account, Contact", "A driving SObject type has already been set"),
    ("SELECT Id FROM Account ALL ROWS", "ALL ROWS not allowed in this context"),
    ("SELECT Id FROM Account FOR UPDATE", "unexpected token: 'UPDATE'"),
    ("SELECT Id FROM Account LIMIT -1", "must not be negative"),
    ("SELECT Id FROM Account WHERE Name = 'a\\q'", "Invalid Escape Character"),
    (f"SELECT Id FROM Account WHERE {MUNICH.replace('km', 'ly')} < 1", "Invalid distance unit: 'ly'"),
    ("SELECT (SELECT COUNT(Id) FROM Contacts) FROM Account", "not allowed in a child relationship query"),
]
SEMI = "SELECT Id FROM Account WHERE"
JOIN = "Id IN (SELECT AccountId FROM Contact)"
JOINS = [
    (f"{SEMI} {JOIN} OR Name = 'a'", "Semi join sub-selects are not allowed with the 'OR' operator"),
    (f"{SEMI} Name = 'a' AND (NOT {JOIN})", "only allowed at the top level WHERE expressions"),
    (f"{SEMI} {JOIN} AND {JOIN} AND {JOIN}", "Maximum 2 semi join sub-selects are allowed"),
    (f"{SEMI} Id IN (SELECT AccountId FROM Contact WHERE Id IN (SELECT WhoId FROM Task))", "Nesting of semi join"),
    (f"{SEMI} Id IN (SELECT ParentId FROM Account)", "should not be on the same object type"),
]


@pytest.mark.parametrize(("soql", "message"), REFUSED + JOINS)
def test_what_the_grammar_allows_may_still_be_refused(soql: str, message: str) -> None:
    [error] = Org().query(soql)
    assert error["errorCode"] in ("MALFORMED_QUERY", "INVALID_FIELD", "INVALID_TYPE") and message in error["message"]

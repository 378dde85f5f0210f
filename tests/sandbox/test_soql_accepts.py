"""Which SOQL texts are understood, and in which words the others are refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.soql.parser import parse
from sandbox.salesforce.soql.periods import span
from tests.sandbox.salesforce_org import Org

ACCEPTED = [
    "SELECT Id FROM Account",
    "select id, name from account",
    "SELECT a.Id, a.Owner.Name FROM Account a WHERE a.Name = 'x'",
    "SELECT Account.Name FROM Account",
    "SELECT COUNT() FROM Contact",
    "SELECT COUNT(Id), MAX(CreatedDate) newest FROM Contact",
    "SELECT Industry, SUM(AnnualRevenue) FROM Account GROUP BY Industry HAVING COUNT(Id) > 1 ORDER BY COUNT(Id) DESC",
    "SELECT Account.Industry, COUNT(Id) n FROM Contact GROUP BY Account.Industry",
    "SELECT CALENDAR_YEAR(CloseDate), COUNT(Id) FROM Opportunity GROUP BY CALENDAR_YEAR(CloseDate)",
    "SELECT Id, (SELECT Id, Name FROM Contacts WHERE Email != null ORDER BY Name LIMIT 5) FROM Account",
    "SELECT Id FROM Contact WHERE (Email LIKE '%@x.example' OR Email = null) AND (NOT FirstName = 'A')",
    "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Opportunity WHERE IsWon = true) AND Type NOT IN ('a')",
    r"SELECT Id FROM Account WHERE Name = 'O\'Brien \\ Co' OR Name LIKE '50\%'",
    "SELECT Id FROM Opportunity WHERE CloseDate = LAST_N_DAYS:30 AND Amount >= 1000.50",
    "SELECT Id FROM Opportunity WHERE CloseDate > 2026-01-01 AND CreatedDate < 2026-01-01T00:00:00+01:00",
    "SELECT Id FROM Account ORDER BY Name ASC NULLS LAST, CreatedDate DESC LIMIT 10 OFFSET 20",
    "SELECT Id FROM Account USING SCOPE everything WHERE Name = 'a' FOR VIEW",
    "SELECT toLabel(Industry) FROM Account WHERE Id > '001000000000000' FOR REFERENCE",
    "SELECT\n  Id\nFROM\n  Account\nWHERE\n  NumberOfEmployees = -5",
]
REFUSED = [
    ("", "MALFORMED_QUERY", 1, 1, "unexpected token: '<EOF>'"),
    ("SELECT FROM Account", "MALFORMED_QUERY", 1, 8, "unexpected token: 'FROM'"),
    ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY", 1, 29, "unexpected token: '<EOF>'"),
    ("SELECT Id FROM Account WHER Name = 'a'", "MALFORMED_QUERY", 1, 29, "unexpected token: 'Name'"),
    ("SELECT Id FROM Account WHERE Name = 'a' AND Site = 'b' OR Site = 'c'", "MALFORMED_QUERY", 1, 56, "token: 'OR'"),
    ("SELECT Id FROM Account WHERE Name = a", "MALFORMED_QUERY", 1, 37, "unexpected token: 'a'"),
    ("SELECT Id FROM Account WHERE Name = 'a", "MALFORMED_QUERY", 1, 37, "no viable alternative"),
    ("SELECT Id FROM Account LIMIT x", "MALFORMED_QUERY", 1, 30, "unexpected token: 'x'"),
    ("SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", 1, 1, "offset allowed is 2000"),
    ("SELECT Id\nFROM Account\nWHERE Nope = 1", "INVALID_FIELD", 3, 7, "No such column 'Nope' on entity 'Account'"),
    ("SELECT Nope FROM Account", "INVALID_FIELD", 1, 8, "No such column 'Nope'"),
    ("SELECT Nope.Id FROM Account", "INVALID_FIELD", 1, 8, "Didn't understand relationship 'Nope' in field path"),
    ("SELECT Id FROM Nope", "INVALID_TYPE", 1, 16, "sObject type 'Nope' is not supported"),
    ("SELECT (SELECT Id FROM Nope) FROM Account", "INVALID_TYPE", 1, 24, "Didn't understand relationship 'Nope'"),
    (
        "SELECT Id FROM Account WHERE NumberOfEmployees = '5'",
        "INVALID_FIELD",
        1,
        50,
        "should not be enclosed in quotes",
    ),
    ("SELECT Id FROM Account WHERE Name = 5", "INVALID_FIELD", 1, 37, "must be of type string and should be enclosed"),
    ("SELECT Id FROM Account WHERE CreatedDate > 2026-01-01", "INVALID_FIELD", 1, 44, "must be of type dateTime"),
    ("SELECT Id FROM Account WHERE Id = 'nope'", "INVALID_QUERY_FILTER_OPERATOR", 1, 35, "invalid ID field: nope"),
    ("SELECT Id FROM Account WHERE Id LIKE '001%'", "INVALID_QUERY_FILTER_OPERATOR", 1, 38, "invalid operator"),
    ("SELECT Id FROM Account WHERE Name INCLUDES ('a')", "INVALID_QUERY_FILTER_OPERATOR", 1, 30, "invalid operator"),
    ("SELECT Id FROM Account WHERE Description = 'a'", "INVALID_FIELD", 1, 30, "can not be filtered"),
    ("SELECT Id FROM Account ORDER BY Description", "INVALID_FIELD", 1, 33, "can not be sorted"),
    ("SELECT Name, COUNT(Id) FROM Account", "MALFORMED_QUERY", 1, 8, "Field must be grouped or aggregated: Name"),
    ("SELECT SUM(Name) FROM Account", "INVALID_FIELD", 1, 8, "does not support aggregate operator SUM"),
    ("SELECT FIELDS(ALL) FROM Account", "MALFORMED_QUERY", 1, 8, "must have a LIMIT of at most 200"),
    ("SELECT Id FROM Account WHERE Id IN (SELECT Name FROM Contact)", "MALFORMED_QUERY", 1, 44, "cannot use: 'Name'"),
    ("SELECT Id FROM Account WHERE CreatedDate = LAST_N_SPAMS:3", "MALFORMED_QUERY", 1, 44, "unexpected token"),
    ("SELECT Id FROM Account WHERE Name NOT LIKE 'a'", "MALFORMED_QUERY", 1, 35, "unexpected token: 'NOT'"),
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_understood(text: str) -> None:
    assert "totalSize" in Org().query(text)


@pytest.mark.parametrize(("text", "code", "row", "column", "message"), REFUSED)
def test_refused_with_a_drawing(text: str, code: str, row: int, column: int, message: str) -> None:
    [error] = Org().query(text)
    drawing = error["message"].split("\n")
    assert error["errorCode"] == code and message in drawing[4]
    assert drawing[1:4] == [
        text.split("\n")[row - 1], " " * (column - 1) + "^", f"ERROR at Row:{row}:Column:{column}"]  # fmt: skip


@given(st.text(st.sampled_from(list("SELECT FROM Id,()'=<>!.%_\\0123456789abc:-")), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse(f"SELECT Id FROM Account WHERE {text}")
    except ApiError as error:
        assert error.code == "MALFORMED_QUERY"


WEDNESDAY = date(2026, 5, 20)
PERIODS = [
    ("TODAY", "2026-05-20", "2026-05-21"),
    ("YESTERDAY", "2026-05-19", "2026-05-20"),
    ("TOMORROW", "2026-05-21", "2026-05-22"),
    ("THIS_WEEK", "2026-05-17", "2026-05-24"),
    ("LAST_WEEK", "2026-05-10", "2026-05-17"),
    ("NEXT_MONTH", "2026-06-01", "2026-07-01"),
    ("THIS_QUARTER", "2026-04-01", "2026-07-01"),
    ("LAST_FISCAL_QUARTER", "2026-01-01", "2026-04-01"),
    ("LAST_YEAR", "2025-01-01", "2026-01-01"),
    ("LAST_90_DAYS", "2026-02-19", "2026-05-21"),
    ("LAST_N_DAYS:3", "2026-05-17", "2026-05-21"),
    ("NEXT_N_DAYS:3", "2026-05-21", "2026-05-24"),
    ("LAST_N_MONTHS:2", "2026-03-01", "2026-05-01"),
    ("NEXT_N_QUARTERS:2", "2026-07-01", "2027-01-01"),
    ("LAST_N_FISCAL_YEARS:1", "2025-01-01", "2026-01-01"),
    ("N_DAYS_AGO:2", "2026-05-18", "2026-05-19"),
    ("N_MONTHS_AGO:5", "2025-12-01", "2026-01-01"),
]


@pytest.mark.parametrize(("word", "first", "after"), PERIODS)
def test_date_literals_are_spans(word: str, first: str, after: str) -> None:
    assert [day.isoformat() for day in span(word, WEDNESDAY)] == [first, after]


@pytest.mark.parametrize("word", ["LAST", "THIS_DAY", "LAST_N_DAYS", "LAST_WEEK:2", "NEXT_N_YEARS"])
def test_other_words_are_no_date_literals(word: str) -> None:
    with pytest.raises(ValueError, match=word):
        span(word, WEDNESDAY)

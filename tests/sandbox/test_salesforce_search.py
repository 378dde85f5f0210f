"""SOSL finds records by their words, and is refused in the vendor's recorded words."""

from functools import cache
from typing import Any

import pytest

from tests.sandbox.salesforce_org import DATA, HOST, NOW, Org


@cache
def org() -> Org:
    made = Org()
    for number, name in enumerate(("Acme Corp", "Acme-Widgets 42", "Zulu"), 1):
        made.put("company", number, Name=name, Phone="415 555 0100", Website="https://acme.example")
    made.put("contact", 1, FirstName="Marie-Pier", LastName="Martin", Email="m.martin@acme.example")
    made.put("lead", 1, LastName="Zulu", Company="Acme", Email="z@zulu.example")
    return made


def asked(path: str, **params: Any) -> Any:
    headers = {"Authorization": f"Bearer {org().tokens['reader']}"}
    return org().http.get(f"{HOST}{path}", params=params, headers=headers).json()


def found(sosl: str) -> list[str]:
    records = asked(f"{DATA}/search", q=sosl)["searchRecords"]
    return [record.get("Name") or record["attributes"]["type"] for record in records]


@pytest.mark.parametrize(
    ("sosl", "names"),
    [
        ("FIND {acme}", ["Account", "Account", "Account", "Contact", "Lead"]),
        ("FIND {acme} IN NAME FIELDS", ["Account", "Account"]),
        ("FIND {acme} IN NAME FIELDS RETURNING Account(Name), Contact", ["Acme Corp", "Acme-Widgets 42"]),
        ("FIND {martin} IN EMAIL FIELDS RETURNING Contact(Name)", ["Marie-Pier Martin"]),
        ("find {415 0100} in phone fields returning Account(Name limit 1)", ["Acme Corp"]),
        ("FIND {zul*} RETURNING Account(Name), Lead(Name)", ["Zulu", "Zulu"]),
        ("FIND {z?lu} IN NAME FIELDS RETURNING Account(Name)", ["Zulu"]),
        ("FIND {\"acme corp\" OR zulu} IN NAME FIELDS RETURNING Account(Name)", ["Acme Corp", "Zulu"]),
        ("FIND {(acme OR zulu) 42} RETURNING Account(Name)", ["Acme-Widgets 42"]),
        ("FIND {acme AND NOT widgets} IN NAME FIELDS RETURNING Account(Name)", ["Acme Corp"]),
        ("FIND {Marie\\-Pier} RETURNING Contact(Name)", ["Marie-Pier Martin"]),
        ("FIND {\"corp acme\"} RETURNING Account(Name)", []),
        (
            "FIND {acme} IN NAME FIELDS RETURNING Account(Name WHERE Name LIKE '%(%' OR Name LIKE '%42' ORDER BY Name)",
            ["Acme-Widgets 42"],
        ),
        (
            "FIND {acme} RETURNING Account(Name ORDER BY Name DESC OFFSET 1), Contact(Name) LIMIT 2",
            ["Acme-Widgets 42", "Acme Corp"],
        ),
    ],
)  # fmt: skip
def test_records_are_found_by_their_words(sosl: str, names: list[str]) -> None:
    assert found(sosl) == names


@pytest.mark.parametrize(
    ("sosl", "message"),
    [
        (
            "FIND {John|jane_gray@uoa.edu} RETURNING Contact",
            "\nFIND {John|jane_gray@uoa.edu} RETURNING Contact\n         ^\nERROR at Row:1:Column:10\n"
            "line 1:10 mismatched character '|' expecting '}'",
        ),
        (
            "FIND {Marie-Pier Martin}",
            "\nFIND {Marie-Pier Martin}\n          ^\nERROR at Row:1:Column:11\n"
            "line 1:11 mismatched character '-' expecting '}'",
        ),
        (
            "FIND {name} IN ALL TYPE RETURNING Account(name)",
            "\nFIND {name} IN ALL TYPE RETURNING Account(name)\n                  ^\nERROR at Row:1:Column:19\n"
            "Malformed search token: TYPE",
        ),
        ("FIND {a}", "search term must be longer than one character: a"),
        ("FIND acme", "No search term found. The search term must be enclosed in braces."),
    ],
)
def test_malformed_searches_are_refused_as_recorded(sosl: str, message: str) -> None:
    assert asked(f"{DATA}/search", q=sosl) == [{"message": message, "errorCode": "MALFORMED_SEARCH"}]


@pytest.mark.parametrize(
    "sosl", ["FIND {(acme}", "FIND {acme)}", "FIND {acme} RETURNING", "FIND {acme} RETURNING Account(Name"]
)
def test_unfinished_searches_are_refused(sosl: str) -> None:
    assert asked(f"{DATA}/search", q=sosl)[0]["errorCode"] == "MALFORMED_SEARCH"


def test_unknown_types_and_fields_are_refused() -> None:
    codes = [
        asked(f"{DATA}/search", q=f"FIND {{acme}} RETURNING {it}")[0]["errorCode"] for it in ("No(Id)", "Account(No)")
    ]
    assert codes == ["INVALID_TYPE", "INVALID_FIELD"]


def test_parameters_do_what_a_statement_does() -> None:
    chosen = {"sobject": "Account", "Account.fields": "id,name", "Account.limit": "1", "in": "NAME"}
    [record] = asked(f"{DATA}/parameterizedSearch", q="acme", **chosen)["searchRecords"]
    assert record["Name"] == "Acme Corp"
    body = {"q": "marie-pier", "fields": ["name"], "sobjects": [{"name": "Contact"}, {"name": "Lead"}]}
    [record] = org().call("POST", "/parameterizedSearch", body).json()["searchRecords"]
    assert record["Name"] == "Marie-Pier Martin"


def test_old_versions_answer_the_bare_list() -> None:
    assert isinstance(asked("/services/data/v36.0/search", q="FIND {zulu}"), list)


def test_the_index_may_lag_behind_the_records() -> None:
    org().store.set("salesforce", "search_lag_seconds", 60)
    org().put("company", 9, at=NOW - 30_000, Name="Fresh")
    assert found("FIND {fresh} RETURNING Account(Name)") == []
    org().store.set("salesforce", "search_lag_seconds", 0)
    assert found("FIND {fresh} RETURNING Account(Name)") == ["Fresh"]

"""Rules for the form of a property's values are kept, shown and held to, whatever the version."""

import pytest

from tests.sandbox.hubspot_desk import Desk

PATHS = ("/crm/v3/property-validations/0-1", "/crm/property-validations/2026-03/0-1")


def rule(desk: Desk, name: str, kind: str, *arguments: str) -> int:
    body = {"ruleArguments": list(arguments), "shouldApplyNormalization": False}
    return desk.call("PUT", f"{PATHS[1]}/{name}/rule-type/{kind}", body).status_code


@pytest.mark.parametrize(
    ("name", "kind", "argument", "good", "bad"),
    [
        ("zip", "ALPHANUMERIC", "NUMERIC_ONLY", "10115", "SW1A"),
        ("zip", "ALPHANUMERIC", "ALPHA_ONLY", "abc", "a1"),
        ("city", "MAX_LENGTH", "4", "Rome", "Berlin"),
        ("city", "MIN_LENGTH", "3", "Ulm", "Y"),
        ("city", "REGEX", "[A-Z].*", "Rome", "rome"),
    ],
)
def test_a_rule_is_held_to(name: str, kind: str, argument: str, good: str, bad: str) -> None:
    desk = Desk()
    assert rule(desk, name, kind, argument) == 204
    contact = desk.make("contacts", email="a@example.com", **{name: good})
    refused = desk.set("contacts", contact, **{name: bad})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["context"]["propertyName"] == [name]
    assert desk.set("contacts", contact, **{name: ""}).status_code == 200


def test_the_code_known_from_the_wire_is_the_one_given() -> None:
    desk = Desk()
    rule(desk, "zip", "ALPHANUMERIC", "NUMERIC_ONLY")
    refused = desk.call("POST", "contacts", {"properties": {"email": "a@example.com", "zip": "x"}})
    assert refused.json()["errors"][0]["code"] == "INVALID_ALPHA"


@pytest.mark.parametrize("path", PATHS)
def test_rules_are_shown(path: str) -> None:
    desk = Desk()
    rule(desk, "zip", "ALPHANUMERIC", "NUMERIC_ONLY")
    kept = {"ruleType": "ALPHANUMERIC", "ruleArguments": ["NUMERIC_ONLY"], "shouldApplyNormalization": False}
    assert desk.call("GET", path).json()["results"] == [{"propertyName": "zip", "propertyValidationRules": [kept]}]
    assert desk.call("GET", f"{path}/zip").json() == {"results": [kept]}
    assert desk.call("GET", f"{path}/zip/rule-type/ALPHANUMERIC").json() == kept
    assert desk.call("GET", f"{path}/zip/rule-type/REGEX").status_code == 404


@pytest.mark.parametrize(
    ("name", "kind", "argument", "status"),
    [
        ("zip", "MAX_NUMBER", "3", 400),
        ("zip", "MAX_LENGTH", "many", 400),
        ("zip", "REGEX", "(", 400),
        ("zip", "NO_SUCH_RULE", "3", 400),
        ("nothing", "MAX_LENGTH", "3", 404),
    ],
)
def test_a_rule_that_does_not_fit_is_refused(name: str, kind: str, argument: str, status: int) -> None:
    assert rule(Desk(), name, kind, argument) == status

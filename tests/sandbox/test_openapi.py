"""The sandbox's OpenAPI document names every operation, and every operation that it names is served."""

import re
from typing import Any

import pytest

from sandbox import control, hubspot, openapi
from sandbox.salesforce.service import DATA, PATTERNS
from sandbox.wire import Request
from tests.sandbox.hubspot_desk import WRITER, Desk
from tests.sandbox.salesforce_org import Org

PATHS = openapi.document(control.CALLS)["paths"]
FILLED = {"version": "2026-03", "sobject": "Account", "job": "750SB000000001X", "number": "66.0"}
LISTED = [(method.upper(), filled) for path in PATHS for method in PATHS[path] for filled in [path]]


def example(path: str) -> str:
    """An address that a documented path stands for."""
    values = {**FILLED, **({"version": "v66.0"} if path.startswith("/services") else {})}
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], "x1"), path)


EXAMPLES = [(method, example(path)) for method, path in LISTED]


@pytest.mark.parametrize(("method", "pattern"), [route[:2] for route in (*hubspot.ROUTES, *hubspot.OPEN_ROUTES)])
def test_every_hubspot_route_is_named(method: str, pattern: re.Pattern[str]) -> None:
    named = [path for known, path in EXAMPLES if known == method and pattern.fullmatch(hubspot._canonical(path)[0])]
    assert named


@pytest.mark.parametrize(("pattern", "methods"), PATTERNS, ids=lambda item: getattr(item, "pattern", ""))
def test_every_salesforce_route_is_named(pattern: re.Pattern[str], methods: dict[str, Any]) -> None:
    below = {(known, found[2] or "") for known, path in EXAMPLES if (found := DATA.fullmatch(path))}
    assert methods.keys() <= {known for known, path in below if pattern.fullmatch(path)}


def test_every_control_call_is_named() -> None:
    assert {(method, f"/_sandbox/{name}") for method, name in control.CALLS} <= set(LISTED)


def test_every_operation_is_served() -> None:
    desk, org = Desk(), Org()
    for method, path in EXAMPLES:
        crm = org if path.startswith(("/services", "/id")) else desk
        token = org.tokens["writer"] if crm is org else WRITER
        answer = crm.sandbox.handle(Request(method, path, headers={"authorization": f"Bearer {token}"}, body=b"{}"))
        assert answer.status != 405 and b"HTTP 404 Not Found" not in answer.body, (method, path)
        assert crm.sandbox.errors == []


def test_it_is_served_and_names_what_a_schema_needs() -> None:
    served = Desk().call("GET", "/_sandbox/openapi.json").json()
    names = [item["operationId"] for path in served["paths"].values() for item in path.values()]
    assert served["openapi"] == "3.1.0" and len(set(names)) == len(names) > 200


def test_every_parameter_of_a_path_is_described() -> None:
    for path in PATHS:
        wanted = set(re.findall(r"\{(\w+)\}", path))
        for item in PATHS[path].values():
            assert {one["name"] for one in item.get("parameters", ()) if one["in"] == "path"} == wanted

"""No request to define something, however malformed, makes the HubSpot sandbox fail instead of refusing."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sandbox.wire import Request
from tests.sandbox.hubspot_desk import WRITER, Desk

HEADERS = {"authorization": f"Bearer {WRITER}"}
APP = "/webhooks/v3/1234567"
CALLS = [
    ("POST", "/crm/v3/schemas"),
    ("POST", "/crm/v3/schemas/batch/read"),
    ("PATCH", "/crm/v3/schemas/cars"),
    ("POST", "/crm/v3/schemas/cars/associations"),
    ("POST", "/crm/v3/properties/contacts"),
    ("PATCH", "/crm/v3/properties/contacts/hs_lead_status"),
    ("POST", "/crm/v3/properties/contacts/batch/read"),
    ("POST", "/crm/v3/properties/contacts/groups"),
    ("POST", "/crm/v3/pipelines/deals"),
    ("PUT", "/crm/v3/pipelines/deals/default"),
    ("PATCH", "/crm/v3/pipelines/deals/default/stages/closedwon"),
    ("POST", "/crm/v4/associations/contacts/companies/labels"),
    ("PUT", "/crm/v4/associations/contacts/companies/labels"),
    ("POST", "/crm/v4/associations/definitions/configurations/contacts/companies/batch/create"),
    ("POST", "/crm/v3/associations/contacts/companies/batch/read"),
    ("POST", "/crm/v3/associations/contacts/companies/batch/create"),
    ("POST", "/crm/v3/associations/contacts/companies/batch/archive"),
    ("POST", "/crm/v3/objects/contacts/gdpr-delete"),
    ("PUT", f"{APP}/settings"),
    ("POST", f"{APP}/subscriptions"),
    ("POST", f"{APP}/subscriptions/batch/update"),
    ("PATCH", "/crm/objects/2026-09/contacts/501"),
]
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.sampled_from(["501", "cars", "0-1"])
WORDS = """
    name label labels singular plural properties requiredProperties searchableProperties primaryDisplayProperty
    associatedObjects inputs id from to type types options value displayOrder stages metadata probability groupName
    fieldType associationTypeId typeId maxToObjectIds objectId idProperty targetUrl throttling maxConcurrentRequests
    eventType propertyName objectTypeId active archived fromObjectTypeId toObjectTypeId createdate closedate
"""
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS.split()), inner, max_size=6),
    max_leaves=14,
)
CAR: dict[str, Any] = {"name": "cars", "labels": {}, "requiredProperties": [], "properties": []}


def account() -> Desk:
    desk = Desk()
    desk.fill("contact", {"email": "a@example.com"})
    assert desk.call("POST", "/crm/v3/schemas", CAR).status_code == 201
    return desk


@pytest.mark.parametrize(("method", "path"), CALLS)
@given(body=JSON)
@example(body={"inputs": [{"id": None, "from": {"id": 5}, "to": {"id": {}}, "type": 3, "typeId": 1}]})
@example(body={**CAR, "name": "boats", "properties": [{"name": "a", "label": "A", "options": [{"value": 1}]}]})
@example(body={"label": "A", "displayOrder": 1, "stages": [{"label": "S", "displayOrder": 0, "metadata": []}]})
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_definition_breaks_the_sandbox(method: str, path: str, body: Any) -> None:
    desk = account()
    answer = desk.sandbox.handle(Request(method, path, headers=HEADERS, body=json.dumps(body).encode()))
    assert desk.sandbox.errors == []
    assert answer.status < 500


@pytest.mark.parametrize("path", ["schemas", "properties/contacts", "pipelines/deals", "properties/contacts/groups"])
@pytest.mark.parametrize("query", [("archived", "x"), ("dataSensitivity", "'"), ("limit", "x")])
def test_no_query_breaks_a_listing(path: str, query: tuple[str, str]) -> None:
    desk = account()
    desk.sandbox.handle(Request("GET", f"/crm/v3/{path}", (query,), HEADERS))
    assert desk.sandbox.errors == []

"""No request, however malformed, makes the HubSpot sandbox fail instead of refusing."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sandbox.wire import Request
from tests.sandbox.hubspot_desk import WRITER, Desk

HEADERS = {"authorization": f"Bearer {WRITER}"}
PATHS = [
    "/crm/v3/objects/contacts",
    "/crm/v3/objects/contacts/search",
    "/crm/v3/objects/contacts/merge",
    "/crm/v3/objects/contacts/batch/read",
    "/crm/v3/objects/contacts/batch/create",
    "/crm/v3/objects/contacts/batch/update",
    "/crm/v3/objects/contacts/batch/upsert",
    "/crm/v3/objects/contacts/batch/archive",
    "/crm/v4/associations/contacts/companies/batch/read",
    "/crm/v4/associations/contacts/companies/batch/create",
    "/crm/v4/associations/contacts/companies/batch/archive",
    "/crm/v4/associations/contacts/companies/batch/labels/archive",
    "/crm/v4/associations/contacts/companies/batch/associate/default",
    "/crm/v3/properties/contacts",
    "/crm/v3/properties/contacts/batch/create",
    "/oauth/v2/private-apps/get/access-token-info",
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["501", "email", "EQ", ";", "1e999"])
)
WORDS = """
    id properties propertiesWithHistory idProperty inputs from to types associationTypeId associations
    filterGroups filters propertyName operator value values highValue sorts limit after query
    primaryObjectId objectIdToMerge objectWriteTraceId email name label type fieldType groupName options
    tokenKey
"""
KEYS = st.sampled_from(WORDS.split())
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=12
)


@pytest.mark.parametrize("path", PATHS)
@given(body=JSON)
@example(body={"inputs": [{"id": None, "properties": {"email": ["a"]}, "types": [{"associationTypeId": "x"}]}]})
@example(body={"inputs": [{"from": "1", "to": 5, "types": 7}], "filterGroups": [{"filters": {"a": 1}}], "sorts": [1]})
@example(body={"properties": {"email": "a@b.example"}, "associations": [{"to": 1, "types": "x"}], "filters": [1]})
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_body_breaks_the_sandbox(path: str, body: Any) -> None:
    desk = Desk()
    desk.fill("contact", {"email": "a@example.com"})
    answer = desk.sandbox.handle(Request("POST", path, headers=HEADERS, body=json.dumps(body).encode()))
    assert desk.sandbox.errors == []
    assert answer.status < 500


@pytest.mark.parametrize("path", ["contacts", "contacts/501", "companies/x", "owners", "0-1/501"])
@pytest.mark.parametrize(
    "query", [("limit", "x"), ("after", "x"), ("properties", ",,"), ("associations", "x"), ("idProperty", "'")]
)
def test_no_query_breaks_the_sandbox(path: str, query: tuple[str, str]) -> None:
    desk = Desk()
    desk.sandbox.handle(Request("GET", f"/crm/v3/objects/{path}", (query,), HEADERS))
    assert desk.sandbox.errors == []

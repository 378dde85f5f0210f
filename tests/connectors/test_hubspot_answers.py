"""HubSpot's error map, its budget headers and what the lists of calls leave out."""

import json
from typing import Any

import pytest

from connectors.errors import Ambiguous, Busy, CredentialError, Exhausted, Expired, Garbled, Rejected, RevopsError
from connectors.hubspot.allowed import BUDGETS, READER, WRITER
from connectors.hubspot.answers import error, learning, said
from connectors.transport import Allowed, Answer
from tests.connectors.edge import Timeless

TEN = {"message": "You have reached your ten_secondly_rolling limit.", "policyName": "TEN_SECONDLY_ROLLING"}
DAY = {"message": "You have reached your daily limit.", "policyName": "DAILY"}
SEARCH = {"message": "You have reached your secondly limit.", "category": "RATE_LIMITS"}
OLD = {"category": "EXPIRED_AUTHENTICATION", "message": "expired"}
SCOPES = {"category": "MISSING_SCOPES", "errors": [{"context": {"requiredGranularScopes": ["crm.objects.deals.read"]}}]}


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): item for name, item in headers.items()}
    return Answer(status, named, json.dumps(body).encode() if body is not None else b"<html>")


MAPPED = [
    (answer(429, TEN), Busy),
    (answer(429, SEARCH), Busy),
    (answer(429, DAY), Exhausted),
    (answer(429, {"message": "You have reached your daily limit."}), Exhausted),
    (answer(429), Busy),
    (answer(423, {}), Busy),
    (answer(477, {}, retry_after="30"), Busy),
    (answer(477, {}, retry_after="86400"), Exhausted),
    (answer(477, {}), Exhausted),
    (answer(401, OLD), Expired),
    (answer(401, {"message": "Authentication credentials not found."}), CredentialError),
    (answer(401), CredentialError),
    (answer(403, SCOPES), CredentialError),
    (answer(403, {}), CredentialError),
    (answer(530), CredentialError),
    *((answer(status, {"message": "no", "category": "X"}), Rejected) for status in (400, 404, 409, 414)),
    (answer(414), Rejected),
    *((answer(status), Garbled) for status in (400, 404, 409)),
    *((answer(status), Ambiguous) for status in (408, 500, 502, 503, 504, 521, 523, 524)),
]


@pytest.mark.parametrize(("given", "kind"), MAPPED, ids=lambda item: str(getattr(item, "status", "")))
def test_an_answer_maps_to_who_must_act(given: Answer, kind: type[RevopsError]) -> None:
    assert type(error(given)) is kind


@pytest.mark.parametrize("status", [200, 201, 204, 207])
def test_any_2xx_is_no_error(status: int) -> None:
    assert error(answer(status, {})) is None


WAITS = [
    (answer(429, TEN), 10),
    (answer(429, SEARCH), 1),
    (answer(423, {}), 2),
    (answer(429, TEN, retry_after="3"), 3),
]


@pytest.mark.parametrize(("given", "wait"), WAITS)
def test_the_wait_is_the_one_that_hubspot_means(given: Answer, wait: float) -> None:
    found = error(given)
    assert isinstance(found, Busy) and found.wait == wait


def test_a_missing_scope_is_named() -> None:
    assert "crm.objects.deals.read" in str(error(answer(403, SCOPES)))


EMBEDDED = '[{"isValid":false,"message":"\\"x1\\" is no number","error":"INVALID_LONG","name":"amount"}]'
LISTED = [{"code": "READ_ONLY_VALUE", "message": "secret", "context": {"propertyName": ["hs_x"]}}]
REASONS = [
    ({"message": "Contact already exists. Existing ID: 6001"}, "6001", ""),
    ({"message": 'Email "ann@example.com" is not valid'}, "is not valid", "ann@example.com"),
    ({"message": "ann@example.com was rejected"}, "was rejected", "ann@example.com"),
    ({"message": f"Property values were not valid: {EMBEDDED}"}, "INVALID_LONG amount", "x1"),
    ({"errors": LISTED}, "READ_ONLY_VALUE hs_x", "secret"),
]


@pytest.mark.parametrize(("body", "shown", "hidden"), REASONS)
def test_the_reason_is_told_without_any_value(body: dict[str, Any], shown: str, hidden: str) -> None:
    assert shown in said(body)
    assert not hidden or hidden not in said(body)


def test_the_budget_is_what_the_headers_say() -> None:
    pace = Timeless()
    told = {"max": "190", "remaining": "0", "daily-remaining": "5"}
    learning(pace, Answer(200, {f"x-hubspot-ratelimit-{name}": text for name, text in told.items()}, b"{}"))
    assert (pace.budgets["general"].calls, pace.daily_left) == (190, 5)
    pace.take("general")
    assert pace.waited == [1.0]


def test_a_search_answer_states_no_budget() -> None:
    pace = Timeless()
    learning(pace, answer(200, {}))
    assert (pace.budgets["general"].calls, pace.daily_left) == (10_000, None)


def permitted(listed: tuple[Allowed, ...], method: str, path: str) -> bool:
    return any(item.method == method and item.path.fullmatch(path) for item in listed)


NEVER = [
    ("POST", "/crm/objects/2026-03/contacts/gdpr-delete"),
    ("POST", "/crm/v3/objects/contacts/gdpr-delete"),
    ("POST", "/crm/objects/2026-03/contacts/batch/upsert"),
    ("DELETE", "/crm/objects/2026-03/contacts/1"),
    ("DELETE", "/crm/properties/2026-03/contacts/x"),
    ("GET", "/crm/objects/2026-03/contacts/../../owners/2026-03"),
]
OBJECTS, TIES = "/crm/objects/2026-03/companies", "/crm/associations/2026-03/deals/contacts"
WRITES = [
    *(("POST", f"{OBJECTS}/{verb}") for verb in ("batch/create", "batch/update", "batch/archive", "merge")),
    *(("POST", f"{TIES}/batch/{verb}") for verb in ("create", "archive", "labels/archive")),
    ("POST", "/crm/properties/2026-03/2-123"),
    ("PATCH", f"{OBJECTS}/1"),
]


@pytest.mark.parametrize(("method", "path"), NEVER)
def test_some_calls_are_on_no_list(method: str, path: str) -> None:
    assert not permitted(READER, method, path) and not permitted(WRITER, method, path)


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_the_reader_may_not_write(method: str, path: str) -> None:
    assert not permitted(READER, method, path)


def test_every_permitted_call_has_a_budget() -> None:
    assert {item.budget for item in (*READER, *WRITER)} <= BUDGETS.keys()

"""Interactions as a recorder would save them, made up here, that the sandbox is known to answer alike."""

from typing import Any

from tests.sandbox.recorded.recording import Recording, read

TIME = "2026-03-12T07:32:59.531Z"
ERROR = {"status": "error", "correlationId": "2dea5219-07f2-40ce-82ec-9c2e302317a4"}
DONE = {"status": "COMPLETE", "startedAt": TIME, "completedAt": TIME}


def record(key: str, **properties: str | None) -> dict[str, Any]:
    """A contact as a read answers it."""
    own = {"createdate": TIME, "hs_object_id": key, "lastmodifieddate": TIME}
    return {"id": key, "properties": {**own, **properties}, "createdAt": TIME, "updatedAt": TIME, "archived": False}


def saved(request: tuple[str, str, Any], status: int, body: Any, **more: Any) -> dict[str, Any]:
    """The content of a recording's file; `request` is method, path and body (a GET's body is its query)."""
    method, path, sent = request
    asked = {"query": sent or {}, "body": None} if method == "GET" else {"query": {}, "body": sent}
    content = {"request": {"method": method, "path": path, **asked}, "response": {"status": status, "body": body}}
    return {"kind": "recorded", "family": "made", "source": "made up", **content, **more}


CONTACTS, DATED = "/crm/v3/objects/contacts", "/crm/objects/2026-03/contacts"
FILTER = {"filters": [{"propertyName": "email", "operator": "EQ", "value": "a@example.com"}]}
TWO = {"inputs": [{"id": "71", "properties": {"lastname": "B"}}, {"id": "72", "properties": {"lastname": "C"}}]}
LOST = "Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid."
LINKED = {"toObjectId": 9, "associationTypes": [{"category": "HUBSPOT_DEFINED", "typeId": 279, "label": None}]}
MADE = {
    "read": saved(("GET", f"{CONTACTS}/71", {"properties": "email,own"}), 200, record("71", email="a@b.co", own=None)),
    "list": saved(
        ("GET", DATED, {"limit": "1", "properties": "phone"}),
        200,
        {
            "results": [record("71", phone="1")],
            "paging": {"next": {"after": "72", "link": "https://api.hubapi.com/x?after=72"}},
        },
    ),
    "create": saved(("POST", DATED, {"properties": {"lastname": "B"}}), 201, record("71", lastname="B")),
    "taken": saved(
        ("POST", CONTACTS, {"properties": {"email": "a@example.com"}}),
        409,
        {**ERROR, "message": "Contact already exists. Existing ID: 71", "category": "CONFLICT"},
    ),
    "update": saved(("PATCH", f"{CONTACTS}/71", {"properties": {"lastname": ""}}), 200, record("71", lastname="")),
    "lost": saved(
        ("POST", f"{CONTACTS}/batch/update", TWO),
        207,
        {
            **DONE,
            "results": [record("71", lastname="B")],
            "numErrors": 1,
            "errors": [
                {"status": "error", "category": "OBJECT_NOT_FOUND", "message": LOST, "context": {"ids": ["72"]}}
            ],
        },
    ),
    "search": saved(
        ("POST", f"{CONTACTS}/search", {"filterGroups": [FILTER], "properties": ["email"], "limit": 1}),
        200,
        {"total": 3, "results": [record("71", email="a@example.com")], "paging": {"next": {"after": "1"}}},
    ),
    "secondly": saved(
        ("POST", f"{CONTACTS}/search", {"filterGroups": [FILTER]}),
        429,
        {**ERROR, "message": "You have reached your secondly limit.", "category": "RATE_LIMITS"},
    ),
    "rolling": saved(
        ("GET", CONTACTS, {}),
        429,
        {
            **{**ERROR, "message": "You have reached your ten_secondly_rolling limit.", "errorType": "RATE_LIMIT"},
            **{"policyName": "TEN_SECONDLY_ROLLING", "groupName": "publicapi:private-app-api-calls-ten-secondly:1"},
        },
    ),
    "expired": saved(
        ("GET", CONTACTS, {}),
        401,
        {
            **{**ERROR, "message": "The OAuth token used to make this call expired 5 hour(s) ago."},
            **{"category": "EXPIRED_AUTHENTICATION", "context": {"expire time": [TIME]}},
        },
    ),
    "upsert": saved(
        (
            "POST",
            f"{DATED}/batch/upsert",
            {"inputs": [{"id": "a@b.co", "idProperty": "email", "properties": {"lastname": "B"}}]},
        ),
        200,
        {**DONE, "results": [{**record("71", lastname="B"), "new": False}]},
    ),
    "stale": saved(
        ("POST", f"{CONTACTS}/search", {"filterGroups": [FILTER], "properties": ["email"]}),
        200,
        {"total": 2, "results": [record("71", email="b@example.com")]},
    ),
    "linked": saved(
        ("GET", f"{CONTACTS}/71/associations/companies".replace("v3", "v4"), {}), 200, {"results": [LINKED]}
    ),
    "gone": saved(("GET", f"{CONTACTS}/71", {}), 404, {**ERROR, "message": "resource not found"}),
    "archived": saved(("DELETE", f"{CONTACTS}/71", None), 204, None),
    "custom": saved(
        ("GET", "/crm/v3/objects/2-77/5", {"properties": "size"}),
        200,
        {
            "id": "5",
            "properties": {"hs_createdate": TIME, "hs_lastmodifieddate": TIME, "hs_object_id": "5", "size": "XL"},
            "createdAt": TIME,
            "updatedAt": TIME,
            "archived": False,
        },
    ),
}


def made(name: str) -> Recording:
    """One of the interactions as a recording."""
    return read(MADE[name], f"{name}.json")

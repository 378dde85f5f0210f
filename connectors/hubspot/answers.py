"""What HubSpot's answers mean: the error map, and the call budget as the headers state it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from connectors.errors import (
    Ambiguous,
    Busy,
    CredentialError,
    Exhausted,
    Expired,
    Garbled,
    Rejected,
    RemoteError,
    RevopsError,
    UsageError,
)
from connectors.lost import CUT_OFF
from connectors.pace import Pace
from connectors.retry import PATIENCE
from connectors.transport import Answer

EMAIL = re.compile(r"[^\s@\"'<>]+@[^\s@\"'<>]+")
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
LOCKED, TEN_SECONDS, SECOND = 2.0, 10.0, 1.0
UNREAD = frozenset((414, 431))
"""Statuses of a request line or header too long to be read: whoever says so, nothing was done."""


def error(answer: Answer) -> RemoteError | UsageError | None:
    """The error an answer stands for, None for any 2xx (207 tells of rows, each for itself)."""
    if 200 <= answer.status < 300:
        return None
    body = _body(answer)
    if answer.status == 429:
        return _limited(answer, body)
    if answer.status in (401, 403, 530):
        return _refused(answer, body)
    if answer.status == 423:
        return Busy("HubSpot has locked these records", wait=LOCKED, status=423, request_id=request_id(answer, body))
    if answer.status == 477:
        return _migrating(answer, body)
    if answer.status < 500 and answer.status not in CUT_OFF | UNREAD and not body:
        return Garbled("the error is not one of HubSpot's own", status=answer.status)
    kind = Rejected if answer.status < 500 and answer.status not in CUT_OFF else Ambiguous
    return kind(said(body), status=answer.status, code=code(body), request_id=request_id(answer, body))


def learning(pace: Pace, answer: Answer) -> RemoteError | UsageError | None:
    """As `error`, and take the budget from the headers; search answers bear none."""
    allowance, left, today = (_number(answer, name) for name in ("max", "remaining", "daily-remaining"))
    if allowance is not None:
        pace.learn("general", allowance)
    if left is not None:
        pace.heard("general", left)
    if today is not None:
        pace.daily_left = today
    return error(answer)


def _number(answer: Answer, name: str) -> int | None:
    stated = answer.headers.get(f"x-hubspot-ratelimit-{name}", "")
    return int(stated) if stated.isdecimal() else None


def _limited(answer: Answer, body: Mapping[str, Any]) -> RemoteError:
    """By policy, else by message: search says only "secondly", and a day's end must not be waited for."""
    facts: dict[str, Any] = {"status": 429, "code": code(body), "request_id": request_id(answer, body)}
    words = f"{body.get('policyName', '')} {body.get('message', '')}".lower()
    if "daily" in words:
        return Exhausted("the day's calls are used up until midnight in the account's time zone", **facts)
    usual = SECOND if "secondly" in words and "ten_secondly" not in words else TEN_SECONDS
    return Busy("HubSpot's rate limit", wait=_stated_wait(answer, usual), **facts)


def _migrating(answer: Answer, body: Mapping[str, Any]) -> RemoteError:
    """477: the account is being moved, for up to a day; waited for only where that is short."""
    wait = _stated_wait(answer, 3600.0)
    if wait <= PATIENCE:
        return Busy("the account is being moved", wait=wait, status=477, request_id=request_id(answer, body))
    return Exhausted(f"the account is being moved: run again in {wait:.0f} s", status=477)


def _stated_wait(answer: Answer, usual: float) -> float:
    stated = answer.headers.get("retry-after", "")
    return float(stated) if stated.isdecimal() else usual


def _refused(answer: Answer, body: Mapping[str, Any]) -> RemoteError | UsageError:
    """401, 403 and the edge's 530 (seen for a token that is not one): nothing was processed."""
    if answer.status == 401 and body.get("category") == "EXPIRED_AUTHENTICATION":
        return Expired("the access token has expired", status=401, request_id=request_id(answer, body))
    scopes = sorted(set(_scopes(body)))
    if answer.status == 403 and scopes:
        return CredentialError(
            "HubSpot: the token may not do this", f"Give it one of these scopes: {', '.join(scopes)}"
        )
    if answer.status == 403:
        return CredentialError(f"HubSpot: the token may not do this ({code(body) or 'no reason given'})")
    return CredentialError("HubSpot does not accept the token", "Check that it is whole, and made for this account")


def _scopes(value: object) -> Iterable[str]:
    """Every scope named anywhere in the body: two shapes are known, and the names differ by age."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name in ("requiredGranularScopes", "requiredScopes") and isinstance(item, list):
                yield from (str(scope) for scope in item)
            else:
                yield from _scopes(item)
    elif isinstance(value, list):
        for item in value:
            yield from _scopes(item)


def _body(answer: Answer) -> Mapping[str, Any]:
    """The body of an error, empty where it is not a JSON object."""
    try:
        found = answer.json()
    except Garbled:
        return {}
    return found if isinstance(found, dict) else {}


def code(body: Mapping[str, Any]) -> str:
    """The first property error's code, else the category."""
    details = property_errors(body)
    return details[0][0] if details else str(body.get("category") or body.get("errorType") or "")


def said(body: Mapping[str, Any]) -> str:
    """The reason without any record's values: property errors by code and name, else the text with quotes masked."""
    details = dict.fromkeys(f"{what} {name}".strip() for what, name in property_errors(body))
    if details:
        return "HubSpot refused it: " + ", ".join(details)
    masked = QUOTED.sub("…", EMAIL.sub("…", str(body.get("message") or "no reason given")))
    return f"HubSpot: {masked[:300]}"


def property_errors(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(code, property) of each: from `errors`, else from the JSON that older bodies embed in the message."""
    found = [
        (str(item.get("code") or ""), _first((item.get("context") or {}).get("propertyName")))
        for item in body.get("errors") or ()
        if isinstance(item, Mapping) and item.get("code")
    ]
    text = str(body.get("message") or "")
    embedded = re.findall(r'"error":"([A-Z_]+)","name":"([a-z0-9_]+)"', text)
    return found or [(what, name) for what, name in embedded]


def _first(value: object) -> str:
    return str(value[0]) if isinstance(value, list) and value else ""


def request_id(answer: Answer, body: Mapping[str, Any]) -> str:
    """HubSpot's own id of the call, for its support."""
    return answer.headers.get("x-hubspot-correlation-id") or str(body.get("correlationId") or "")


def gone(fault: RevopsError) -> bool:
    """Whether an error says that no record stands under the id."""
    return isinstance(fault, Rejected) and fault.status == 404

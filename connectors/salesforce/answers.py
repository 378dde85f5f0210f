"""What Salesforce's answers mean: errors by code first, then by status."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from defusedxml.ElementTree import ParseError, fromstring

from connectors.errors import (
    Ambiguous,
    Busy,
    CredentialError,
    Exhausted,
    Expired,
    Garbled,
    Rejected,
    RemoteError,
    UsageError,
)
from connectors.lost import CUT_OFF
from connectors.pace import Pace
from connectors.transport import Answer

CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
USAGE = re.compile(r"api-usage=(\d+)/(\d+)")
CONCURRENT_WAIT = 20.0
"""Seconds after which a request counts as long-running; only long ones share the limit of 25."""

FORBIDDEN = frozenset(
    (
        "API_CURRENTLY_DISABLED",
        "API_DISABLED_FOR_ORG",
        "FUNCTIONALITY_NOT_ENABLED",
        "INSUFFICIENT_ACCESS",
        "INSUFFICIENT_ACCESS_OR_READONLY",
        "LOGIN_MUST_USE_SECURITY_TOKEN",
        "PASSWORD_LOCKOUT",
    )
)
SOAP_REFUSED = frozenset(
    (
        "Client",
        "INVALID_FIELD",
        "INVALID_ID_FIELD",
        "INVALID_TYPE",
        "INVALID_TYPE_FOR_OPERATION",
        "INVALID_TYPE_FOR_UPDATE",
        "MALFORMED_ID",
        "UNSUPPORTED_API_VERSION",
    )
)
"""SOAP faults come with status 500 whatever they mean; these are found before any record is touched."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One error: the code is the CRM's, unknown ones included; the message may hold records' values."""

    code: str = ""
    message: str = ""


def faults(content: Any) -> tuple[Fault, ...]:
    """The errors of a JSON body: an array, one object, or OAuth's pair; `statusCode` and `errorCode` are one thing."""
    items = content if isinstance(content, list) else [content]
    return tuple(_fault(item) for item in items if isinstance(item, Mapping))


def _fault(item: Mapping[str, Any]) -> Fault:
    code = item.get("errorCode") or item.get("statusCode") or item.get("exceptionCode") or item.get("error") or ""
    message = item.get("message") or item.get("exceptionMessage") or item.get("error_description") or ""
    return Fault(clean(code), str(message)[:300])


def clean(code: object) -> str:
    """An error code, blank where the text cannot be one: what comes from outside is not printed unseen."""
    text = str(code)
    return text if CODE.fullmatch(text) else ""


def faults_of(answer: Answer) -> tuple[Fault, ...]:
    """The errors that an answer of any form tells of."""
    if answer.body.lstrip()[:1] == b"<":
        return soap_fault(answer.body)
    try:
        return faults(answer.json())
    except Garbled:
        return ()


def soap_fault(content: bytes) -> tuple[Fault, ...]:
    """The fault of a SOAP or XML body; none where it is not XML (a proxy's page) or forbidden XML."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, ValueError):
        return ()
    texts = {element.tag.rpartition("}")[2]: (element.text or "").strip() for element in root.iter()}
    code = texts.get("faultcode") or texts.get("exceptionCode") or texts.get("errorCode") or ""
    message = texts.get("faultstring") or texts.get("exceptionMessage") or texts.get("message") or ""
    return (Fault(clean(code.rpartition(":")[2]), message[:300]),) if code else ()


def refusal(answer: Answer) -> RemoteError | UsageError | None:
    """The error that an answer stands for, None for success. Its text shows codes alone, never the CRM's words.

    Sources: REST API guide "Status Codes and Error Responses"; the retry classes are those of the same guide.
    """
    if 200 <= answer.status < 300:
        return None
    found = faults_of(answer)
    first = found[0] if found else Fault()
    facts = {"status": answer.status, "code": first.code, "request_id": request_id(answer)}
    return _by_code(first, facts) or _by_status(answer, first, facts)


def _by_code(fault: Fault, facts: Any) -> RemoteError | UsageError | None:
    match fault.code:
        case "INVALID_SESSION_ID" | "InvalidSessionId" | "INVALID_AUTH_HEADER":
            return Expired("the access token is no longer valid", **facts)
        case "REQUEST_LIMIT_EXCEEDED" if "TotalRequests" in fault.message or "daily" in fault.message.lower():
            return Exhausted("the day's API calls are used up", **facts)
        case "REQUEST_LIMIT_EXCEEDED":
            return Busy("too many long requests at once", wait=CONCURRENT_WAIT, **facts)
        case code if code in FORBIDDEN:
            act = "Give the integration user the permission, or use the writer's credential"
            return CredentialError(f"Salesforce does not let this credential do that ({code})", act)
        case code if code in SOAP_REFUSED:
            return Rejected("Salesforce refused the request", **facts)
    return None


SILENT_REFUSALS = frozenset((300, 304, 409, 412))
"""Refusals of Salesforce's own that carry no error code: several records match, nothing changed, a precondition."""


def _by_status(answer: Answer, fault: Fault, facts: Any) -> RemoteError | UsageError:
    status, own = answer.status, bool(faults_of(answer))
    match status:
        case 401:
            return Expired("the access token is no longer valid", **facts)
        case 403:
            return CredentialError(f"Salesforce refuses this credential ({fault.code or 'HTTP 403'})")
        case 423 | 429:
            return Busy("Salesforce asks for a pause", wait=CONCURRENT_WAIT, **facts)
        case _ if status in SILENT_REFUSALS or (300 <= status < 500 and own and status not in CUT_OFF):
            return Rejected("Salesforce refused the request", **facts)
    return Ambiguous("Salesforce failed while it worked on the request", **facts)


def request_id(answer: Answer) -> str:
    """The id by which Salesforce's support finds the call, blank where there is none."""
    found = answer.headers.get("x-sfdc-request-id", "")
    return found if CODE.fullmatch(f"r{found}".replace("-", "_")) else ""


class ErrorMap:
    """`refusal` for a transport; the pace learns how many calls are left today, the token that it is good."""

    def __init__(self, pace: Pace, good: Callable[[], None]) -> None:
        self.pace = pace
        self.good = good

    def __call__(self, answer: Answer) -> RemoteError | UsageError | None:
        """Sforce-Limit-Info counts approximately and lags; it may hold further parts, which are passed over."""
        used = USAGE.search(answer.headers.get("sforce-limit-info", ""))
        if used:
            self.pace.daily_left = max(0, int(used[2]) - int(used[1]))
        error = refusal(answer)
        if error is None:
            self.good()
        return error

"""POST /services/Soap/u/NN.0: the session in the header, one operation in the body, faults as HTTP 500."""

from dataclasses import replace

from sandbox.salesforce import limits
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.options import Options
from sandbox.salesforce.rules import locks
from sandbox.salesforce.session import Call, call_of
from sandbox.salesforce.soap.envelope import answer, child, fault, local, read, tag, tags, text
from sandbox.salesforce.soap.operations import OPERATIONS
from sandbox.salesforce.soap.results import Headers, flag
from sandbox.salesforce.soap.sessions import login
from sandbox.salesforce.switches import switch
from sandbox.store import Store
from sandbox.wire import Request, Response

OLDEST, NEWEST = 31, 66
NO_SESSION = (
    "Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing session hash. "
    "This error usually occurs after a session expires or a user logs out."
)


def serve(request: Request, store: Store, now_ms: int, version: int) -> Response:
    """Answer one SOAP call of an API version; nothing but the store changes."""
    try:
        if not OLDEST <= version <= NEWEST:
            raise ApiError("UNSUPPORTED_API_VERSION", f"API version {version}.0 is not supported")
        return _operate(request, store, now_ms, version)
    except ApiError as error:
        return fault(error)


def _operate(request: Request, store: Store, now_ms: int, version: int) -> Response:
    headers, body = read(request.body)
    name = local(body)
    if name == "login":
        return answer(name, login(store, request, body, version, now_ms), "")
    operation = OPERATIONS.get(name)
    if operation is None:
        raise ApiError("UNKNOWN_EXCEPTION", f"No operation available for request {body.tag}")
    call = _call(headers, store, now_ms, version)
    limits.admit(store, now_ms)
    try:
        results = operation(call, body, headers)
    finally:
        locks.settle(call)
    most = switch(store, "daily_limit")
    info = {"current": min(limits.used(store, now_ms), most), "limit": most, "type": "API REQUESTS"}
    return answer(name, results, tag("LimitInfoHeader", tags({"limitInfo": tags(info)})))


def _call(headers: Headers, store: Store, now_ms: int, version: int) -> Call:
    session = headers.get("SessionHeader")
    token = text(child(session, "sessionId")) if session is not None else None
    try:
        call = call_of(store, token, now_ms, f"{version}.0")
    except ApiError:
        raise ApiError("INVALID_SESSION_ID", NO_SESSION) from None
    rule = switch(store, "assignment_rules")
    header = headers.get("AssignmentRuleHeader")
    named = text(child(header, "assignmentRuleId")) if header is not None else None
    options = Options(
        allow_save=flag(headers, "DuplicateRuleHeader", "allowSave"),
        record_details=flag(headers, "DuplicateRuleHeader", "includeRecordDetails"),
        truncate=flag(headers, "AllowFieldTruncationHeader", "allowFieldTruncation"),
        assign=flag(headers, "AssignmentRuleHeader", "useDefaultRule")
        or named in {each.get("id") for each in rule.values() if named},
    )
    return replace(call, options=options)

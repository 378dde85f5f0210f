"""POST /services/Soap/u/NN.0: the session in the header, one operation in the body, faults as HTTP 500."""

from sandbox.salesforce import limits
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.session import call_of
from sandbox.salesforce.soap.envelope import answer, child, fault, local, read, tag, tags, text
from sandbox.salesforce.soap.operations import OPERATIONS
from sandbox.salesforce.switches import switch
from sandbox.store import Store
from sandbox.wire import Request, Response

OLDEST, NEWEST = 31, 66
LAST_LOGIN = 64
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
        raise _no_login(version)
    operation = OPERATIONS.get(name)
    if operation is None:
        raise ApiError("UNKNOWN_EXCEPTION", f"No operation available for request {body.tag}")
    session = headers.get("SessionHeader")
    token = text(child(session, "sessionId")) if session is not None else None
    try:
        call = call_of(store, token, now_ms, f"{version}.0")
    except ApiError:
        raise ApiError("INVALID_SESSION_ID", NO_SESSION) from None
    limits.admit(store, now_ms)
    results = operation(call, body, headers)
    most = switch(store, "daily_limit")
    info = {"current": min(limits.used(store, now_ms), most), "limit": most, "type": "API REQUESTS"}
    return answer(name, results, tag("LimitInfoHeader", tags({"limitInfo": tags(info)})))


def _no_login(version: int) -> ApiError:
    """Gone from version 65 on; before that it is off by default in new organizations, as it is here."""
    if version > LAST_LOGIN:
        return ApiError("UNSUPPORTED_API_VERSION", f"login() is not available in API version {version}.0")
    return ApiError("INVALID_LOGIN", "Invalid username, password, security token; or user locked out.")

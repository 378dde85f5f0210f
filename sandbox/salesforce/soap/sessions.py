"""SOAP operations about the session itself: login, logout, who the caller is and what time it is."""

from typing import Any
from xml.etree.ElementTree import Element

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.rows import CRM, full_name
from sandbox.salesforce.session import Call, call_of, forget, issue, origin
from sandbox.salesforce.soap import objects
from sandbox.salesforce.soap.envelope import NIL, child, tag, tags, text
from sandbox.salesforce.soap.results import Headers
from sandbox.salesforce.switches import switch
from sandbox.store import Store
from sandbox.wire import Request

LAST_LOGIN = 64
BAD_LOGIN = "Invalid username, password, security token; or user locked out."


def login(store: Store, request: Request, body: Element, version: int, now_ms: int) -> list[str]:
    """login: gone from version 65 on; before that the organization may forbid it (switch `soap_login`).

    The password is followed by the security token, of which the switch `soap_logins` knows nothing: any is taken.
    """
    if version > LAST_LOGIN:
        raise ApiError("UNSUPPORTED_API_VERSION", f"login() is not available in API version {version}.0")
    if not switch(store, "soap_login"):
        raise ApiError("INSUFFICIENT_ACCESS", "the user may not log in with login(): Use Any API Auth is missing")
    username, password = (text(child(body, name)) or "" for name in ("username", "password"))
    known = switch(store, "soap_logins").get(username.lower())
    if known is None or not password.startswith(known["password"]):
        raise ApiError("INVALID_LOGIN", BAD_LOGIN)
    token = issue(store, known["client"], known.get("user_id") or switch(store, "user_id"), now_ms)
    return [_logged_in(call_of(store, token, now_ms, f"{version}.0"), request, token)]


def _logged_in(call: Call, request: Request, token: str) -> str:
    here, org = origin(request, call.store), switch(call.store, "organization_id")[:15]
    facts = {
        "metadataServerUrl": f"{here}/services/Soap/m/{call.version}/{org}",
        "passwordExpired": False,
        "sandbox": True,
        "serverUrl": f"{here}/services/Soap/u/{call.version}/{org}",
        "sessionId": token,
        "userId": call.session.user_id,
        "userInfo": tags(_user_info(call)),
    }
    return tag("result", tags(facts))


def logout(call: Call, body: Element, headers: Headers) -> list[str]:
    """logout: ends the session for everybody who holds its id."""
    forget(call.store, text(child(headers["SessionHeader"], "sessionId")))
    return []


def server_timestamp(call: Call, body: Element, headers: Headers) -> list[str]:
    """getServerTimestamp."""
    return [tag("result", tags({"timestamp": objects.instant(call.now)}))]


def user_info(call: Call, body: Element, headers: Headers) -> list[str]:
    """getUserInfo."""
    return [tag("result", tags(_user_info(call)))]


def _user_info(call: Call) -> dict[str, Any]:
    row = call.store.get(CRM, "user", call.session.user_id)
    user: dict[str, Any] = row.fields if row else {"LastName": "Integration"}
    org_id = switch(call.store, "organization_id")
    org = call.store.get(CRM, "organization", org_id)
    return {
        "accessibilityMode": False,
        "chatterExternal": False,
        "currencySymbol": "$",
        "orgAttachmentFileSizeLimit": 5_242_880,
        "orgDefaultCurrencyIsoCode": "USD",
        "orgDefaultCurrencyLocale": "en_US",
        "orgDisallowHtmlAttachments": False,
        "orgHasPersonAccounts": switch(call.store, "person_accounts"),
        "organizationId": org_id,
        "organizationMultiCurrency": False,
        "organizationName": org.fields.get("Name", "Sandbox") if org else "Sandbox",
        "profileId": user.get("ProfileId") or "00eSB0000000001AAC",
        "roleId": NIL,
        "sessionSecondsValid": switch(call.store, "session_seconds"),
        "userDefaultCurrencyIsoCode": NIL,
        "userEmail": user.get("Email") or "integration@sandbox.example",
        "userFullName": full_name(user),
        "userId": call.session.user_id,
        "userLanguage": "en_US",
        "userLocale": "en_US",
        "userName": user.get("Username") or "integration@sandbox.example",
        "userTimeZone": user.get("TimeZoneSidKey") or "America/Los_Angeles",
        "userType": "Standard",
        "userUiSkin": "Theme3",
    }

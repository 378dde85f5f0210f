"""The token endpoint, user info and the identity document."""

import hashlib
from typing import Any

import jwt

from sandbox.salesforce.rows import CRM, full_name
from sandbox.salesforce.session import bearer, issue, origin, session_of
from sandbox.salesforce.switches import switch
from sandbox.salesforce.times import SECOND
from sandbox.store import Store
from sandbox.wire import Request, Response

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")
NO_STORE = {"Cache-Control": "no-cache, no-store"}


class Refusal(Exception):
    """An OAuth error: its code and its description."""

    def __init__(self, error: str, description: str):
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


def token(request: Request, store: Store, now_ms: int) -> Response:
    """POST /services/oauth2/token: client credentials and JWT bearer."""
    form = request.form()
    try:
        client_id, user_id = _grant(form, request, store, now_ms)
    except Refusal as refusal:
        return Response.of_json(400, {"error": refusal.error, "error_description": refusal.description}, NO_STORE)
    here, issued = origin(request, store), str(now_ms)
    identity = f"{here}/id/{switch(store, 'organization_id')}/{user_id}"
    body = {
        "access_token": issue(store, client_id, user_id, now_ms),
        "signature": hashlib.sha256(f"{identity}{issued}".encode()).hexdigest(),
        "scope": "api",
        "instance_url": here,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued,
    }
    return Response.of_json(200, body, NO_STORE)


def _grant(form: dict[str, str], request: Request, store: Store, now_ms: int) -> tuple[str, str]:
    match form.get("grant_type"):
        case "client_credentials":
            return _client_credentials(form, request, store)
        case grant if grant == JWT_BEARER:
            return _assertion(form.get("assertion", ""), request, store, now_ms)
    raise Refusal("unsupported_grant_type", "grant type not supported")


def _client_credentials(form: dict[str, str], request: Request, store: Store) -> tuple[str, str]:
    client_id, secret = _basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
    client = _client(store, client_id)
    if client["secret"] != secret:
        raise Refusal("invalid_client", "invalid client credentials")
    return client_id, client.get("user_id") or switch(store, "user_id")


def _basic(request: Request) -> tuple[str, str] | None:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    client_id, _, secret = jwt.utils.base64url_decode(text.replace("+", "-").replace("/", "_")).decode().partition(":")
    return client_id, secret


def _assertion(assertion: str, request: Request, store: Store, now_ms: int) -> tuple[str, str]:
    """The client and user of a JWT; its signature is verified only where the client has a `public_key`."""
    claims = _claims(assertion, None)
    client_id = str(claims.get("iss", ""))
    client = _client(store, client_id)
    if client.get("public_key"):
        _claims(assertion, client["public_key"])
    if claims.get("aud") not in (*AUDIENCES, origin(request, store)):
        raise Refusal("invalid_grant", "audience is invalid")
    if not isinstance(claims.get("exp"), int) or claims["exp"] * SECOND <= now_ms:
        raise Refusal("invalid_grant", "expired authorization code")
    return client_id, _user_named(store, str(claims.get("sub", "")))


def _claims(assertion: str, key: str | None) -> dict[str, Any]:
    checks = {"verify_signature": key is not None, "verify_exp": False, "verify_aud": False}
    try:
        return jwt.decode(assertion, key or "", algorithms=["RS256"], options=checks)  # type: ignore[arg-type]
    except jwt.PyJWTError:
        raise Refusal("invalid_grant", "invalid assertion") from None


def _client(store: Store, client_id: str) -> dict[str, Any]:
    client: dict[str, Any] | None = switch(store, "clients").get(client_id)
    if client is None:
        raise Refusal("invalid_client_id", "client identifier invalid")
    return client


def _user_named(store: Store, username: str) -> str:
    where = "crm='salesforce' AND kind='user' AND lower(json_extract(data, '$.Username'))=lower(?)"
    found = store.rows(where, (username,), limit=1)
    if not found or not found[0].fields.get("IsActive", True):
        raise Refusal("invalid_grant", "user hasn't approved this consumer")
    return found[0].id


def userinfo(request: Request, store: Store, now_ms: int) -> Response:
    """GET /services/oauth2/userinfo, in the OpenID Connect names."""
    user_id = session_of(store, bearer(request), now_ms).user_id
    person, org = _person(store, user_id), switch(store, "organization_id")
    body = {
        "sub": f"{origin(request, store)}/id/{org}/{user_id}",
        "user_id": user_id,
        "organization_id": org,
        "preferred_username": person["username"],
        "nickname": person["nick_name"],
        "name": person["display_name"],
        "email": person["email"],
        "email_verified": True,
        "given_name": person["first_name"],
        "family_name": person["last_name"],
        "zoneinfo": person["timezone"],
        "user_type": "STANDARD",
        "active": True,
    }
    return Response.of_json(200, body)


def identity(request: Request, store: Store, now_ms: int) -> Response:
    """GET /id/{organization}/{user}: the document behind the `id` of a token answer."""
    user_id = session_of(store, bearer(request), now_ms).user_id
    here, org = origin(request, store), switch(store, "organization_id")
    body = {
        "id": f"{here}/id/{org}/{user_id}",
        "asserted_user": True,
        "user_id": user_id,
        "organization_id": org,
        **_person(store, user_id),
        "email_verified": True,
        "urls": {
            "partner": f"{here}/services/Soap/u/{{version}}/{org[:15]}",
            "rest": f"{here}/services/data/v{{version}}/",
            "sobjects": f"{here}/services/data/v{{version}}/sobjects/",
            "query": f"{here}/services/data/v{{version}}/query/",
        },
        "active": True,
        "user_type": "STANDARD",
    }
    return Response.of_json(200, body)


def _person(store: Store, user_id: str) -> dict[str, Any]:
    row = store.get(CRM, "user", user_id)
    fields = row.fields if row else {"LastName": "Integration"}
    return {
        "username": fields.get("Username", "integration@sandbox.example"),
        "nick_name": fields.get("CommunityNickname", "integration"),
        "display_name": full_name(fields),
        "email": fields.get("Email", "integration@sandbox.example"),
        "first_name": fields.get("FirstName"),
        "last_name": fields.get("LastName"),
        "timezone": fields.get("TimeZoneSidKey", "America/Los_Angeles"),
    }

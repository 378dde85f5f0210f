"""The token endpoint, user info and the identity document."""

import hashlib
from typing import Any

import jwt

from sandbox.salesforce.rows import CRM, full_name
from sandbox.salesforce.session import bearer, forget, issue, origin, session_of
from sandbox.salesforce.switches import switch
from sandbox.salesforce.times import SECOND, stamp
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
    """POST /services/oauth2/token: client credentials, JWT bearer, and the older password and refresh token flows."""
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
        **({} if form.get("grant_type") == "password" else {"scope": "api"}),
        "instance_url": here,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued,
    }
    return Response.of_json(200, body, NO_STORE)


def revoke(request: Request, store: Store, now_ms: int) -> Response:
    """POST (or GET) /services/oauth2/revoke: ends the session of an access token."""
    given = request.form().get("token") or request.param("token")
    if given not in store.setting("salesforce", "tokens", {}):
        body = {"error": "unsupported_token_type", "error_description": "this token type is not supported"}
        return Response.of_json(400, body)
    forget(store, given)
    return Response(200)


def _grant(form: dict[str, str], request: Request, store: Store, now_ms: int) -> tuple[str, str]:
    match form.get("grant_type"):
        case "client_credentials":
            return _client_credentials(form, request, store)
        case grant if grant == JWT_BEARER:
            return _assertion(form.get("assertion", ""), request, store, now_ms)
        case "password":
            return _password(form, request, store)
        case "refresh_token":
            return _refreshed(form, request, store)
    raise Refusal("unsupported_grant_type", "grant type not supported")


def _client_credentials(form: dict[str, str], request: Request, store: Store) -> tuple[str, str]:
    client_id = _proven(form, request, store)
    return client_id, _client(store, client_id).get("user_id") or switch(store, "user_id")


def _proven(form: dict[str, str], request: Request, store: Store) -> str:
    """The client whose secret came with the request."""
    client_id, secret = _basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
    if _client(store, client_id)["secret"] != secret:
        raise Refusal("invalid_client", "invalid client credentials")
    return client_id


def _password(form: dict[str, str], request: Request, store: Store) -> tuple[str, str]:
    """The flow that newer organizations block: no user has a password here unless the switch `passwords` says so."""
    client_id, username = _proven(form, request, store), form.get("username", "")
    known = switch(store, "passwords").get(username)
    if known is None or known != form.get("password"):
        raise Refusal("invalid_grant", "authentication failure")
    return client_id, _user_named(store, username)


def _refreshed(form: dict[str, str], request: Request, store: Store) -> tuple[str, str]:
    """A refresh token of the switch `refresh_tokens`, which names the user of each; public clients send no secret."""
    client_id = form.get("client_id", "")
    if "client_secret" in form or _basic(request):
        client_id = _proven(form, request, store)
    _client(store, client_id)
    username = switch(store, "refresh_tokens").get(form.get("refresh_token", ""))
    if username is None:
        raise Refusal("invalid_grant", "expired access/refresh token")
    return client_id, _user_named(store, username)


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
    expires = str(claims.get("exp"))  # a number, or one in quotes as simple-salesforce sends it to the live API
    if not expires.isdecimal() or int(expires) * SECOND <= now_ms:
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
    person, org, here = _person(store, user_id), switch(store, "organization_id"), origin(request, store)
    body = {
        "sub": f"{here}/id/{org}/{user_id}",
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
        "photos": _photos(here),
        "profile": f"{here}/{user_id}",
        "picture": _photos(here)["picture"],
        "address": {},
        "urls": _urls(here, org, user_id),
        "active": True,
        "user_type": "STANDARD",
        "language": "en_US",
        "locale": "en_US",
        "utcOffset": -28_800_000,
        "updated_at": stamp(now_ms),
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
        "photos": _photos(here),
        **dict.fromkeys(("addr_street", "addr_city", "addr_state", "addr_country", "addr_zip", "mobile_phone")),
        "mobile_phone_verified": False,
        "is_lightning_login_user": False,
        "status": {"created_date": None, "body": None},
        "urls": _urls(here, org, user_id),
        "active": True,
        "user_type": "STANDARD",
        "language": "en_US",
        "locale": "en_US",
        "utcOffset": -28_800_000,
        "last_modified_date": stamp(now_ms),
        "is_app_installed": True,
    }
    return Response.of_json(200, body)


def _photos(here: str) -> dict[str, str]:
    return {"picture": f"{here}/profilephoto/005/F", "thumbnail": f"{here}/profilephoto/005/T"}


def _urls(here: str, org: str, user_id: str) -> dict[str, str]:
    """Addresses with the version left to fill in, as the identity document gives them."""
    soap = {"enterprise": "c", "metadata": "m", "partner": "u"}
    feeds = {name: f"chatter/{name.replace('_', '-')}" for name in ("feeds", "groups", "users", "feed_items")}
    rest = {"sobjects": "sobjects/", "search": "search/", "query": "query/", "recent": "recent/"}
    data = f"{here}/services/data/v{{version}}/"
    return {
        **{name: f"{here}/services/Soap/{letter}/{{version}}/{org[:15]}" for name, letter in soap.items()},
        "rest": data,
        **{name: data + below for name, below in rest.items()},
        "tooling_soap": f"{here}/services/Soap/T/{{version}}/{org[:15]}",
        "tooling_rest": f"{data}tooling/",
        "profile": f"{here}/{user_id}",
        **{name: data + below for name, below in feeds.items()},
        "feed_elements": f"{data}chatter/feed-elements",
        "custom_domain": here,
    }


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

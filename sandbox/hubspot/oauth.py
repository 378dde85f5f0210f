"""Tokens: who a call is made by, the OAuth endpoints, and what a token may do."""

from sandbox.hubspot import errors, kinds
from sandbox.hubspot.call import APP_ID, USER_ID, Call
from sandbox.hubspot.times import iso
from sandbox.settings import setting
from sandbox.store import Store
from sandbox.wire import Request, Response

LIFETIME_S = 1800
READS = ("search", "batch/read")  # posts that only read


def scopes(request: Request, store: Store, now: int) -> frozenset[str]:
    """What the request's token may do; 401 for none, an unknown one or one whose time is over."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        raise errors.unauthorized()
    fixed = setting(store, "hubspot", "tokens")
    if token in fixed:
        return frozenset(fixed[token])
    minted = store.setting("hubspot", "oauth_tokens", {}).get(token)
    if minted is None:
        raise errors.unauthorized()
    ends = minted["expires"]
    if now >= ends:
        raise errors.expired_token(iso(ends), (now - ends) // 1000)
    return frozenset(minted["scopes"])


def is_oauth(request: Request, store: Store) -> bool:
    """Whether the call is an installed app's rather than a private app's."""
    token = request.headers.get("authorization", "").partition(" ")[2]
    return token in store.setting("hubspot", "oauth_tokens", {})


def require(call: Call, area: str) -> None:
    """403 unless the token has one of the scopes that the endpoint asks for."""
    wanted = _wanted(call, area)
    if wanted and not call.scopes & set(wanted):
        raise errors.missing_scopes(wanted)


def _wanted(call: Call, area: str) -> list[str]:
    """The scopes any one of which will do."""
    path = call.request.path
    reads = call.request.method == "GET" or path.rstrip("/").endswith(READS)
    verb = "read" if reads else "write"
    if area == "owners":
        return ["crm.objects.owners.read"]
    if area == "schemas":
        return [f"crm.schemas.custom.{verb}"]
    names = [call.args[name] for name in ("type", "from_type") if name in call.args]
    item = kinds.object_type(call.store, names[0]) if names else None
    if item is None:
        return []
    if item.kind == "ticket":
        return ["tickets", *(["tickets.read"] if reads else [])]
    found = [f"crm.objects.{item.scope}.{verb}"]
    if area in ("properties", "pipelines"):
        schema = [f"crm.schemas.{item.scope}.{verb}"]
        return [*schema, *found] if reads else schema
    return found


def token(call: Call) -> Response:
    """Exchange a refresh token (or client credentials) for an access token of 30 minutes."""
    form = {**dict(call.request.query), **call.request.form()}
    client = call.setting("oauth_client")
    if any(form.get(name) != client[name] for name in ("client_id", "client_secret")):
        return _refused(call, "invalid_client", "BAD_CLIENT_ID", "missing or unknown client id")
    refresh = form.get("refresh_token", "")
    allowed = call.setting("oauth_refresh_tokens").get(refresh)
    if form.get("grant_type") != "refresh_token" or allowed is None:
        return _refused(call, "invalid_grant", "BAD_REFRESH_TOKEN", "missing or unknown refresh token")
    minted = call.store.setting("hubspot", "oauth_tokens", {})
    name = f"sandbox-oauth-{len(minted) + 1}"
    fresh = {"expires": call.now + LIFETIME_S * 1000, "scopes": allowed, "refresh": refresh}
    call.store.set("hubspot", "oauth_tokens", {**minted, name: fresh})
    found = {"token_type": "bearer", "refresh_token": refresh, "access_token": name, "expires_in": LIFETIME_S}
    return call.reply(200, {**found, "hub_id": call.setting("portal_id"), "scopes": allowed})


def refresh_token(call: Call) -> Response:
    """Whose a refresh token is."""
    name, allowed = call.args["token"], call.setting("oauth_refresh_tokens").get(call.args["token"])
    if allowed is None:
        raise errors.Refusal(404, "refresh token not found", "OBJECT_NOT_FOUND")
    who = {"user": "user@sandbox.example", "user_id": int(USER_ID), "hub_domain": "sandbox.example"}
    owned = {"hub_id": call.setting("portal_id"), "client_id": call.setting("oauth_client")["client_id"]}
    return call.reply(200, {"token": name, "token_type": "refresh", "scopes": allowed, **who, **owned})


def revoke(call: Call) -> Response:
    """204; the refresh token buys nothing any more, and what it bought ends with it."""
    name = call.args.get("token") or call.request.form().get("token", "")
    kept = {key: allowed for key, allowed in call.setting("oauth_refresh_tokens").items() if key != name}
    call.store.set("hubspot", "oauth_refresh_tokens", kept)
    minted = call.store.setting("hubspot", "oauth_tokens", {})
    alive = {key: token for key, token in minted.items() if name not in (key, token["refresh"])}
    call.store.set("hubspot", "oauth_tokens", alive)
    return call.done()


def _refused(call: Call, error: str, status: str, text: str) -> Response:
    """RFC 6749 plus HubSpot's own fields."""
    body = {"error": error, "error_description": text, "status": status, "message": text}
    return call.reply(400, {**body, "correlationId": call.correlation})


def introspect(call: Call) -> Response:
    """What an access token is good for, for how long, and whose it is."""
    name = call.args.get("token") or call.request.form().get("token", "")
    minted = call.store.setting("hubspot", "oauth_tokens", {}).get(name)
    if minted is None or call.now >= minted["expires"]:
        raise errors.Refusal(404, "access token not found", "OBJECT_NOT_FOUND")
    found = {"token": name, "token_type": "access", "user_id": int(USER_ID), "app_id": int(APP_ID)}
    ends = (minted["expires"] - call.now) // 1000
    shown = {"hub_id": call.setting("portal_id"), "scopes": minted["scopes"], "expires_in": ends, "active": True}
    return call.reply(200, {**found, **shown})


def private_app(call: Call) -> Response:
    """The scopes of a private app's token, which the body names."""
    name = str(call.body().get("tokenKey", ""))
    known = call.setting("tokens").get(name)
    if known is None:
        raise errors.unauthorized()
    found = {"userId": int(USER_ID), "hubId": call.setting("portal_id"), "appId": int(APP_ID), "scopes": known}
    return call.reply(200, found)

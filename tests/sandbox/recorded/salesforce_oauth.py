"""What the token endpoint, user info and identity documents presume."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

import jwt

from sandbox.app import Sandbox
from tests.sandbox.recorded.recording import Recording
from tests.sandbox.recorded.replay import Replay
from tests.sandbox.recorded.salesforce_settle import settle, token
from tests.sandbox.recorded.salesforce_tolerance import EXACT, words
from tests.sandbox.recorded.salesforce_world import World
from tests.sandbox.recorded.shape import Tolerance

USER = "robot@sandbox.example"
# What a token answer may or may not hold, by the app's settings and the release.
OPTIONAL = words(
    "scope is_app_installed feed_elements token_format refresh_token api_instance_url sfdc_site_url"
    " is_lightning_login_user custom_attributes custom_permissions tooling_soap tooling_rest custom_domain"
    " address is_salesforce_integration_user nonce id_token"
)
# What fixtures and printed examples leave out; live answers never do.
LEFT_OUT = words("token_type signature error_description issued_at")
PERSONAL = words(
    "addr_street addr_city addr_state addr_country addr_zip mobile_phone created_date body first_name given_name"
)
LOOSE = frozenset({"body", "updated_at"})
OK = 200
SERVED = ("/services/oauth2/token", "/services/oauth2/userinfo", "/services/oauth2/revoke")


def presume(sandbox: Sandbox, recording: Recording) -> Replay | str:
    """Set up a client, a user and what the flow needs."""
    if recording.path not in SERVED and not recording.path.startswith("/id/"):
        return f"not a flow of an integration without a browser: {recording.path}"
    world = World(sandbox, "")
    form = dict(parse_qsl(recording.body)) if isinstance(recording.body, str) else dict(recording.body or {})
    error = recording.answer.get("error") if isinstance(recording.answer, dict) else None
    sent = _form(world, form, error, recording)
    if recording.status in (401, 403):
        world.valid_session = False
    settle(world)
    if recording.path.endswith("/revoke") and recording.status == OK:
        sent = {"token": token(world)}
    headers = {"content-type": "application/x-www-form-urlencoded", "host": "org.my.salesforce.com"}
    bearer = {} if sent else {"authorization": f"Bearer {token(world)}"}
    optional = OPTIONAL if recording.live else OPTIONAL | LEFT_OUT
    tolerance = Tolerance(exact=EXACT, optional=optional, nullable=PERSONAL, loose=LOOSE)
    return Replay(
        method=recording.method,
        path=recording.path,
        query=() if sent else recording.query,
        headers={**headers, **bearer},
        body=urlencode(sent).encode(),
        wanted=tuple(name for name in ("cache-control",) if name in recording.answer_headers),
        tolerance=tolerance,
    )


def _form(world: World, form: dict[str, Any], error: str | None, recording: Recording) -> dict[str, str]:
    """The form to send, with the sandbox's own client in the place of the recorded one."""
    form = form or dict(recording.query)
    if "grant_type" not in form:
        return {}
    grant = str(form["grant_type"])
    client = {"client_id": "sandbox-writer", "client_secret": "sandbox-writer-secret"}
    if error in ("invalid_client_id", "invalid_client"):
        client["client_id" if error == "invalid_client_id" else "client_secret"] = "unknown"
    sent: dict[str, str] = {"grant_type": grant, **client}
    if grant == "password":
        world.switches["passwords"] = {} if error == "invalid_grant" else {USER: "secret"}
        sent.update(username=USER, password="secret")
    elif grant == "refresh_token":
        world.switches["refresh_tokens"] = {} if error == "invalid_grant" else {"refresh": USER}
        sent.update(refresh_token="refresh")
    elif grant.endswith("jwt-bearer"):
        expires = world.sandbox.clock.now_ms() // 1000 + (180 if error is None else -180)
        claims = {"iss": client["client_id"], "sub": USER, "aud": "https://login.salesforce.com", "exp": expires}
        sent = {"grant_type": grant, "assertion": jwt.encode(claims, "k" * 32, algorithm="HS256")}
    return sent

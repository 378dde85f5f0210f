"""Who calls: access tokens, what they may do, and the context every handler works in."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from sandbox.salesforce.access import visible
from sandbox.salesforce.errors import ApiError, not_found, read_only
from sandbox.salesforce.options import Options
from sandbox.salesforce.schema import Schema, SObject, whole_schema
from sandbox.salesforce.setup import prepare
from sandbox.salesforce.switches import switch
from sandbox.salesforce.times import SECOND
from sandbox.store import Store
from sandbox.wire import Request

EXPIRED = "Session expired or invalid"


@dataclass(frozen=True, slots=True)
class Session:
    """A valid access token: the user it runs as, whether it may write, and the profile that limits it."""

    user_id: str
    client_id: str
    write: bool
    profile: str = ""


@dataclass(slots=True)
class Trace:
    """What a call met: records that it made, rows that it found locked, rows that it locked itself."""

    made: set[str] = field(default_factory=set)
    struck: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated call: `now` is epoch milliseconds cut to the second, `version` like `66.0`.

    `schema` is what its user sees, `whole` all that there is: references that a user cannot see are still kept.
    """

    store: Store
    schema: Schema
    session: Session
    now: int
    version: str
    options: Options = field(default_factory=Options)
    trace: Trace = field(default_factory=Trace)

    @property
    def whole(self) -> Schema:
        """Every type and field."""
        return whole_schema(self.store)

    @property
    def base(self) -> str:
        """The path that REST addresses of this version start with."""
        return f"/services/data/v{self.version}"

    def sobject(self, name: str) -> SObject:
        """The type of this name; NOT_FOUND otherwise."""
        found = self.schema.get(name)
        if found is None:
            raise not_found()
        return found

    def must_write(self) -> None:
        """Refuse callers without write access."""
        if not self.session.write:
            raise read_only()


def issue(store: Store, client_id: str, user_id: str, now_ms: int) -> str:
    """A new access token of a client, good for `session_seconds`."""
    digest = hashlib.sha256(f"{client_id} {user_id} {now_ms}".encode()).hexdigest()[:24]
    token = f"{switch(store, 'organization_id')[:15]}!SANDBOX.{client_id}.{digest}"
    client = switch(store, "clients")[client_id]
    expires = now_ms + switch(store, "session_seconds") * SECOND
    live = {old: facts for old, facts in store.setting("salesforce", "tokens", {}).items() if facts["expires"] > now_ms}
    facts = {"user": user_id, "client": client_id, "write": client["write"], "expires": expires}
    store.set("salesforce", "tokens", {**live, token: facts})
    return token


def forget(store: Store, token: str | None) -> None:
    """End a session, for whoever holds its token."""
    tokens = store.setting("salesforce", "tokens", {})
    store.set("salesforce", "tokens", {each: facts for each, facts in tokens.items() if each != token})


def session_of(store: Store, token: str | None, now_ms: int) -> Session:
    """The session of an access token; INVALID_SESSION_ID when there is none."""
    facts = store.setting("salesforce", "tokens", {}).get(token)
    if facts is None or facts["expires"] <= now_ms:
        raise ApiError("INVALID_SESSION_ID", EXPIRED)
    profile = switch(store, "clients").get(facts["client"], {}).get("profile", "")
    return Session(facts["user"], facts["client"], facts["write"], profile)


def call_of(store: Store, token: str | None, now_ms: int, version: str) -> Call:
    """The context of a call made with an access token."""
    session = session_of(store, token, now_ms)
    prepare(store)
    return Call(store, visible(store, session.profile), session, now_ms // SECOND * SECOND, version)


def bearer(request: Request) -> str | None:
    """The token of the Authorization header, under either scheme that the vendor takes."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() in ("bearer", "oauth") else None


def origin(request: Request, store: Store) -> str:
    """The address that the caller used, which is the organization's instance URL."""
    scheme: Any = request.headers.get("x-forwarded-proto") or switch(store, "scheme")
    return f"{scheme}://{request.headers.get('host', 'localhost')}"

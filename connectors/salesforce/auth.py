"""The access token: client credentials or a signed assertion in, a bearer token kept in memory out."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from connectors.errors import Ambiguous, CredentialError, Garbled, NotProcessed, UsageError
from connectors.salesforce.answers import faults_of
from connectors.salesforce.fields import OBJECTS
from connectors.salesforce.ids import id18, is_id
from connectors.salesforce.paths import TOKEN
from connectors.transport import Answer, Call, Transport

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ASSERTION_SECONDS = 180
FORM = (("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"))


@dataclass(frozen=True, slots=True)
class Account:
    """Where an org lives, how to sign in, and what to pull: `extra` names further fields by kind. No secret is shown.

    `instance_url` is the org's own address, https://NAME.my.salesforce.com. Sign-in is by client secret, or for a
    `username` by a private key (PEM) and JWT bearer, whose `audience` is https://test.salesforce.com for a sandbox.
    """

    instance_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    username: str = ""
    private_key: str = field(default="", repr=False)
    audience: str = "https://login.salesforce.com"
    ca_bundle: str = ""
    kinds: tuple[str, ...] = tuple(OBJECTS)
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Token:
    """Signs requests with one token, fetched when first needed; safe to share between threads.

    There is no refresh by age: Salesforce does not say how long a token lives. It is never revoked either, since
    that would end the session of every other holder.
    """

    def __init__(self, account: Account, now: Callable[[], float] = time.time) -> None:
        self.account = account
        self.now = now
        self._value = ""
        self._organization = ""
        self._proven = True
        self._dead = False
        self._lock = threading.Lock()
        self._mine = threading.local()

    def headers(self, transport: Transport) -> Mapping[str, str]:
        """The header that signs one request."""
        return {"Authorization": f"Bearer {self.value(transport)}"}

    def value(self, transport: Transport) -> str:
        """The token itself, which SOAP wants in the envelope."""
        with self._lock:
            if self._dead:
                raise CredentialError(
                    "Salesforce refuses a token that it has just given",
                    "Look at the app's IP rules and whether its user may use the API",
                )
            if not self._value:
                self._value = self._fetch(transport)
            self._mine.token = self._value
            return self._value

    def organization(self, transport: Transport) -> str:
        """The 18-character id of the org that the token opens, blank where the sign-in did not say."""
        self.value(transport)
        return self._organization

    def renew(self) -> bool:
        """Drop the token that this thread used last, unless another thread has done so already.

        False where no call succeeded since the last renewal, so that nothing goes round for ever.
        """
        with self._lock:
            if self._value and getattr(self._mine, "token", "") != self._value:
                return True
            self._dead = self._dead or not self._proven
            self._proven = False
            self._value = ""
            return not self._dead

    def prove(self) -> None:
        """A call signed with the token has succeeded."""
        self._proven = True

    def _fetch(self, transport: Transport) -> str:
        """A new token; `NotProcessed` where there is no usable answer, since signing in touches no record."""
        call = Call("POST", TOKEN, data=urlencode(self._grant()).encode("ascii"), headers=FORM)
        try:
            return self._granted(transport.once(call, signed=False))
        except (Ambiguous, Garbled) as error:
            raise NotProcessed(f"the sign-in failed: {error.message}", status=error.status) from None

    def _granted(self, answer: Answer) -> str:
        if answer.status >= 500:
            raise Ambiguous("Salesforce is out of order", status=answer.status)
        if answer.status != 200:
            code = next((fault.code for fault in faults_of(answer)), "") or f"HTTP {answer.status}"
            raise CredentialError(
                f"Salesforce refuses the sign-in ({code})", "Check the client id and its secret or key"
            )
        content = answer.json()
        self._organization = _organization(content)
        return _token(content)

    def _grant(self) -> Mapping[str, str]:
        if self.account.private_key:
            return {"grant_type": JWT_BEARER, "assertion": self._assertion()}
        if not self.account.client_secret:
            raise UsageError("no Salesforce client secret and no key", "Set SALESFORCE_CLIENT_SECRET or a JWT key file")
        return {
            "grant_type": "client_credentials",
            "client_id": self.account.client_id,
            "client_secret": self.account.client_secret,
        }

    def _assertion(self) -> str:
        import jwt  # takes 0.3 s, and only this way of signing in needs it

        claims = {
            "iss": self.account.client_id,
            "sub": self.account.username,
            "aud": self.account.audience,
            "exp": int(self.now()) + ASSERTION_SECONDS,
        }
        try:
            return jwt.encode(claims, self.account.private_key, algorithm="RS256")
        except (jwt.PyJWTError, ValueError, TypeError):
            raise UsageError("the Salesforce key is not an RSA private key", "Give a PEM file") from None


def _token(content: Any) -> str:
    """The token of an answer; its `instance_url` is not followed: the host is the configured one."""
    value = content.get("access_token") if isinstance(content, Mapping) else None
    if not isinstance(value, str) or not value:
        raise Garbled("the sign-in answer holds no token", status=200)
    return value


def _organization(content: Any) -> str:
    """The org's id out of the identity address, .../id/{org}/{user}, with which every sign-in answers."""
    parts = str(content.get("id", "")).split("/") if isinstance(content, Mapping) else []
    found = parts[-2] if len(parts) >= 2 else ""
    return id18(found) if is_id(found) else ""

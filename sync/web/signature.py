"""Whether a request was signed by somebody who knows a secret: HubSpot's version 3, and our own for Salesforce.

Nothing is parsed before its signature holds, and a wrong one is told from a right one in constant time.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

WINDOW_MS = 300_000
"""Five minutes, as HubSpot's "Validating requests" asks; in both directions, since clocks differ both ways."""
STAMP = re.compile(r"[0-9]{12,14}")
ESCAPES = {
    **{"%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$"},
    **{"%27": "'", "%28": "(", "%29": ")", "%2A": "*", "%2C": ",", "%3B": ";"},
}
"""What is decoded in a URI before HubSpot signs it, and nothing else ("Validating requests", version 3)."""
ESCAPED = re.compile("|".join(ESCAPES), re.IGNORECASE)
SCHEME = "sha256="


@dataclass(frozen=True, slots=True)
class Signed:
    """A request as it came: its whole public URI, the raw body, and the two headers that sign it."""

    method: str
    uri: str
    body: bytes = field(repr=False)
    stamp: str = ""
    signature: str = field(default="", repr=False)


def by_hubspot(request: Signed, secrets: Sequence[bytes], now_ms: int) -> bool:
    """Whether one of the app's client secrets signed it within the window (X-HubSpot-Signature-v3: base64)."""
    if not _fresh(request.stamp, now_ms):
        return False
    uri = ESCAPED.sub(lambda found: ESCAPES[found[0].upper()], request.uri)
    parts = request.method.encode(), uri.encode("utf-8", "surrogatepass"), request.body, request.stamp.encode()
    return _matches(request.signature, [base64.b64encode(_mac(secret, b"".join(parts))) for secret in secrets])


def by_flow(request: Signed, secrets: Sequence[bytes], now_ms: int) -> bool:
    """Whether one of our secrets signed `timestamp.body` within the window (X-Revops-Signature: sha256=hex)."""
    if not _fresh(request.stamp, now_ms):
        return False
    source = request.stamp.encode() + b"." + request.body
    return _matches(request.signature, [f"{SCHEME}{_mac(secret, source).hex()}".encode() for secret in secrets])


def same(given: str, tokens: Sequence[bytes]) -> bool:
    """Whether a token that was given is one of these."""
    return _matches(given, tokens)


def secrets_of(text: str) -> tuple[bytes, ...]:
    """The secrets of a comma-separated setting, the order without meaning: several stand side by side in a rotation."""
    return tuple(part.strip().encode() for part in text.split(",") if part.strip())


def _fresh(stamp: str, now_ms: int) -> bool:
    return STAMP.fullmatch(stamp) is not None and abs(now_ms - int(stamp)) <= WINDOW_MS


def _mac(secret: bytes, source: bytes) -> bytes:
    return hmac.digest(secret, source, hashlib.sha256)


def _matches(given: str, wanted: Sequence[bytes]) -> bool:
    """Every secret is tried, so that the time does not tell which one it was."""
    seen = given.encode("utf-8", "surrogatepass")
    return sum(hmac.compare_digest(seen, one) for one in wanted) > 0

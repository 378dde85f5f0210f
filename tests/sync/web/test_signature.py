"""A request is let in only if somebody signed it who knows a secret, over just these bytes, just now."""

import base64
import hashlib
import hmac

import pytest
from hubspot.utils.signature import Signature
from hypothesis import given
from hypothesis import strategies as st

from bench.gate_calls import forged
from sync.web.signature import Signed, by_flow, by_hubspot, same, secrets_of

SECRET, NOW = b"cfc68c0b-4b4e-4ef8-b764-95350e4ea479", 1752613922216
URI = "https://webhook.site/335453f5-94b3-49d9-b684-a55354d4b8df"
BODY = (
    b'[{"eventId":531833541,"subscriptionId":3923621,"portalId":48807704,"appId":16111050,'
    b'"occurredAt":1752613920733,"subscriptionType":"contact.creation","attemptNumber":0,'
    b'"objectId":138017612137,"changeFlag":"CREATED","changeSource":"CRM_UI","sourceId":"userId:76023669"}]'
)
MARK = "gbj1XPRvUt0noT7i7fXfTzOD4sLzQmf0VT28ZYq0EYg="
LIVE = Signed("POST", URI, BODY, str(NOW), MARK)
"""The documented example of a live delivery."""


def altered(**parts: object) -> Signed:
    return Signed(**{name: parts.get(name, getattr(LIVE, name)) for name in LIVE.__slots__})


def test_the_documented_example_is_let_in() -> None:
    assert by_hubspot(LIVE, [SECRET], NOW)
    assert by_hubspot(LIVE, [b"the-one-before", SECRET], NOW)


@pytest.mark.parametrize(
    "parts",
    [
        *({"signature": mark} for mark in ("", "=", MARK[:-1], MARK.lower(), f" {MARK}", f"{MARK}\n", "é", "\ud800")),
        {"signature": base64.b64decode(MARK).hex()},
        *({"stamp": stamp} for stamp in ("", "0", f" {NOW}", f"+{NOW}", f"{NOW}.0", "1" * 40, "١٧٥٢٦١٣٩٢٢٢١٦")),
        *({"uri": uri} for uri in (URI + "/", URI + "?a=1", URI.upper(), URI.replace("https", "http"))),
        *({"body": body} for body in (b"", BODY + b" ", BODY.replace(b":0", b":1"), BODY[:-1])),
        {"method": "PUT"},
    ],
)
def test_an_altered_part_is_turned_away(parts: dict[str, object]) -> None:
    assert not by_hubspot(altered(**parts), [SECRET], NOW)


@pytest.mark.parametrize(
    ("late", "let_in"), [(0, True), (300_000, True), (300_001, False), (-300_000, True), (-300_001, False)]
)
def test_five_minutes_either_way(late: int, let_in: bool) -> None:
    assert by_hubspot(LIVE, [SECRET], NOW + late) is let_in


@pytest.mark.parametrize("secrets", [(), (b"",), (b"another-secret",)])
def test_without_the_secret_nothing_is_let_in(secrets: tuple[bytes, ...]) -> None:
    assert not by_hubspot(LIVE, secrets, NOW)


@given(st.text("abcXYZ019-._~%:/?@!$'()*,;&=+", max_size=40), st.binary(max_size=60), st.text(min_size=1, max_size=20))
def test_what_hubspots_own_library_would_sign_is_let_in(path: str, body: bytes, secret: str) -> None:
    text = body.decode("latin-1")
    uri, stamp, key = f"https://gate.example/{path}", str(NOW), secret.encode("utf-8", "replace")
    decoded = uri
    for code, char in Signature_ESCAPES.items():
        decoded = decoded.replace(code, char).replace(code.lower(), char)
    mark = base64.b64encode(hmac.new(key, f"POST{decoded}{text}{stamp}".encode(), hashlib.sha256).digest()).decode()
    assert by_hubspot(Signed("POST", uri, text.encode(), stamp, mark), [key], NOW)


Signature_ESCAPES = {"%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$"}
Signature_ESCAPES |= {"%27": "'", "%28": "(", "%29": ")", "%2A": "*", "%2C": ",", "%3B": ";"}


def test_hubspots_own_library_agrees_on_the_example() -> None:
    plain = BODY.decode()
    wanted = Signature.get_signature(SECRET.decode(), plain, "v3", URI, "POST", str(NOW))
    assert by_hubspot(altered(signature=wanted), [SECRET], NOW)


def test_three_thousand_forgeries_are_turned_away() -> None:
    assert forged(3_000, seed=3) == 0


def test_our_own_signature_for_flows_holds_over_stamp_and_body() -> None:
    mark = "sha256=" + hmac.new(SECRET, f"{NOW}.".encode() + BODY, hashlib.sha256).hexdigest()
    assert by_flow(Signed("POST", "", BODY, str(NOW), mark), [b"old", SECRET], NOW)
    for wrong in (mark.upper(), mark[7:], mark[:-1], ""):
        assert not by_flow(Signed("POST", "", BODY, str(NOW), wrong), [SECRET], NOW)
    assert not by_flow(Signed("POST", "", BODY + b" ", str(NOW), mark), [SECRET], NOW)
    assert not by_flow(Signed("POST", "", BODY, str(NOW), mark), [SECRET], NOW + 300_001)


def test_secrets_stand_side_by_side() -> None:
    assert secrets_of(" one , two,,") == (b"one", b"two") and secrets_of("") == ()
    assert same("two", [b"one", b"two"]) and not same("", [b"one"]) and not same("", ())

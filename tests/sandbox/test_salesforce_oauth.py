"""Tokens: who gets one, what it may do, when it ends."""

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.sandbox.salesforce_org import HOST, NOW, Org

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLAIMS = {"iss": "sandbox-writer", "sub": "robot@sandbox.example", "aud": "https://login.salesforce.com"}
WRITER = {"client_id": "sandbox-writer", "client_secret": "sandbox-writer-secret"}
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def assertion(key: rsa.RSAPrivateKey = KEY, **claims: object) -> str:
    return jwt.encode({**CLAIMS, "exp": NOW // 1000 + 180, **claims}, key, algorithm="RS256")


def test_client_credentials_answer_a_token_for_the_host_that_was_called() -> None:
    form = {"client_id": "sandbox-writer", "client_secret": "sandbox-writer-secret"}
    body = Org().token(grant_type="client_credentials", **form).json()
    assert body["access_token"].startswith("00D") and "!" in body["access_token"]
    assert body["instance_url"].endswith("org.my.salesforce.com")
    assert (body["token_type"], body["issued_at"]) == ("Bearer", str(NOW))


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "client_credentials", "client_id": "nobody"}, "invalid_client_id"),
        ({"grant_type": "client_credentials", "client_id": "sandbox-writer", "client_secret": "x"}, "invalid_client"),
        ({"grant_type": "device"}, "unsupported_grant_type"),
        ({"grant_type": "password", "client_id": "sandbox-writer", "client_secret": "x"}, "invalid_client"),
        ({"grant_type": "password", **WRITER, "username": "u", "password": "p"}, "invalid_grant"),
        ({"grant_type": "refresh_token", **WRITER, "refresh_token": "old"}, "invalid_grant"),
        ({"grant_type": GRANT, "assertion": "no.jwt"}, "invalid_grant"),
        ({"grant_type": GRANT, "assertion": assertion(exp=NOW // 1000 - 1)}, "invalid_grant"),
        ({"grant_type": GRANT, "assertion": assertion(aud="https://elsewhere.example")}, "invalid_grant"),
        ({"grant_type": GRANT, "assertion": assertion(sub="stranger@sandbox.example")}, "invalid_grant"),
    ],
)
def test_refusals_name_their_reason(form: dict[str, str], error: str) -> None:
    answer = Org().token(**form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize(("key", "status"), [(KEY, 200), (OTHER_KEY, 400)])
def test_a_configured_public_key_verifies_assertions(key: rsa.RSAPrivateKey, status: int) -> None:
    org = Org()
    pem = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    client = {"secret": "x", "write": True, "public_key": pem.decode()}
    org.store.set("salesforce", "clients", {"sandbox-writer": client})
    assert org.token(grant_type=GRANT, assertion=assertion(key)).status_code == status


def test_a_session_ends() -> None:
    org = Org()
    assert org.call("GET", "/limits").status_code == 200
    org.advance(7200)
    answer = org.call("GET", "/limits")
    body = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
    assert (answer.status_code, answer.json()) == (401, body)


def test_userinfo_says_who_the_token_runs_as() -> None:
    org = Org()
    headers = {"Authorization": f"Bearer {org.tokens['reader']}"}
    body = org.http.get(f"{HOST}/services/oauth2/userinfo", headers=headers).json()
    assert body["preferred_username"] == "robot@sandbox.example" and body["organization_id"].startswith("00D")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/sobjects/Account", {"Name": "x"}),
        ("PATCH", "/sobjects/Account/{}", {"Name": "x"}),
        ("DELETE", "/sobjects/Account/{}", None),
    ],
)
def test_the_reader_cannot_write(method: str, path: str, body: object) -> None:
    org = Org()
    account = org.put("company", 1, Name="Acme")
    answer = org.call(method, path.format(account), body, who="reader")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (403, "INSUFFICIENT_ACCESS_OR_READONLY")
    assert org.notes() == []


def test_the_daily_limit_refuses_calls() -> None:
    org = Org()
    org.store.set("salesforce", "daily_limit", 2)
    seen = [org.call("GET", "/limits") for _ in range(3)]
    assert [answer.status_code for answer in seen] == [200, 200, 403]
    assert [answer.headers["Sforce-Limit-Info"] for answer in seen[:2]] == ["api-usage=1/2", "api-usage=2/2"]
    assert seen[2].json() == [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]


@pytest.mark.parametrize(
    ("switch", "form"),
    [
        ("passwords", {"grant_type": "password", "username": "robot@sandbox.example", "password": "secret"}),
        ("refresh_tokens", {"grant_type": "refresh_token", "refresh_token": "robot@sandbox.example"}),
    ],
)
def test_the_older_flows_work_where_the_organization_allows_them(switch: str, form: dict[str, str]) -> None:
    org = Org()
    value = {"passwords": "secret", "refresh_tokens": "robot@sandbox.example"}[switch]
    org.store.set("salesforce", switch, {"robot@sandbox.example": value})
    org.tokens["writer"] = org.token(**WRITER, **form).json()["access_token"]
    assert org.call("GET", "/limits").status_code == 200


def test_a_revoked_token_is_no_session() -> None:
    org = Org()
    form = {"token": org.tokens["writer"]}
    assert org.http.post(f"{HOST}/services/oauth2/revoke", data=form).status_code == 200
    assert org.call("GET", "/limits").json()[0]["errorCode"] == "INVALID_SESSION_ID"
    assert org.http.post(f"{HOST}/services/oauth2/revoke", data=form).status_code == 400

"""Sign-in through simple-salesforce: client credentials and JWT at the vendor's hosts, and a session id."""

import json
import os
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed
from tell import control, refusal, same

KEY, SECRET = os.environ["SALESFORCE_CLIENT_ID"], os.environ["SALESFORCE_CLIENT_SECRET"]


def session_id() -> str:
    """A session's id, got without the client."""
    form = {"grant_type": "client_credentials", "client_id": KEY, "client_secret": SECRET}
    with urlopen(f"{os.environ['SALESFORCE_URL']}/services/oauth2/token", urlencode(form).encode()) as answer:
        return str(json.load(answer)["access_token"])


def by_client_credentials(secret: str = SECRET) -> Any:
    """The client, signed in at the organization's own host, which is reached through the proxy."""
    return Salesforce(consumer_key=KEY, consumer_secret=secret, domain="revops-demo.my", version="66.0")


def by_session(other: Any) -> Any:
    """The client with another one's session."""
    return Salesforce(session_id=other.session_id, instance=other.sf_instance, version="66.0")


def by_jwt(key: rsa.RSAPrivateKey, username: str) -> Any:
    """The client, signed in at login.salesforce.com with an assertion of its own."""
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, *form).decode()
    return Salesforce(username=username, consumer_key=KEY, privatekey=pem, version="66.0")


def signs_in_with_client_credentials(crm: Any) -> None:
    own = by_client_credentials()
    same((own.sf_instance, own.auth_type), ("revops-demo.my.salesforce.com", "client-credentials"))
    same(own.query("SELECT Name FROM Organization")["records"][0]["Name"], "RevOps Demo")
    same(own.oauth2("userinfo")["organization_id"][:3], "00D")


def is_refused_with_a_wrong_secret(crm: Any) -> None:
    refused: Any = refusal(SalesforceAuthenticationFailed, by_client_credentials, "no")
    same((refused.code, refused.auth_message), ("invalid_client", "invalid client credentials"))


def signs_in_with_a_signed_assertion(crm: Any) -> None:
    key, stranger = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    clients = control("GET", "settings")["salesforce"]["clients"]
    clients[KEY]["public_key"] = key.public_key().public_bytes(*form).decode()
    control("POST", "settings", {"salesforce": {"clients": clients}})
    username = crm.query("SELECT Username FROM User WHERE IsActive = true LIMIT 1")["records"][0]["Username"]
    same(by_jwt(key, username).query("SELECT Id FROM Organization")["totalSize"], 1)
    refused: Any = refusal(SalesforceAuthenticationFailed, by_jwt, stranger, username)
    same(refused.code, "invalid_grant")
    refused = refusal(SalesforceAuthenticationFailed, by_jwt, key, "nobody@nowhere.example")
    same(refused.code, "invalid_grant")


def by_password(version: str, password: str = "sandbox-password") -> Any:
    """The client, signed in by SOAP login at login.salesforce.com."""
    person: dict[str, Any] = {"username": "writer@sandbox.example", "password": password, "security_token": ""}
    return Salesforce(**person, version=version)


def logs_in_by_soap_at_old_versions_only(crm: Any) -> None:
    same(by_password("62.0").query("SELECT Id FROM Organization")["totalSize"], 1)
    refused: Any = refusal(SalesforceAuthenticationFailed, by_password, "62.0", "wrong")
    same(refused.code, "INVALID_LOGIN")
    refused = refusal(SalesforceAuthenticationFailed, by_password, "66.0")
    same(refused.code, "UNSUPPORTED_API_VERSION")


def shares_a_session_by_its_id(crm: Any) -> None:
    other = by_session(by_client_credentials())
    same((other.auth_type, other.limits()["DailyApiRequests"]["Max"] > 0), ("direct", True))


OPERATIONS = [
    signs_in_with_client_credentials,
    is_refused_with_a_wrong_secret,
    signs_in_with_a_signed_assertion,
    logs_in_by_soap_at_old_versions_only,
    shares_a_session_by_its_id,
]

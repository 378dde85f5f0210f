"""simple-salesforce, unmodified, meets the rules of an organization."""

from datetime import UTC, datetime
from typing import Any

import pytest
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceMalformedRequest
from simple_salesforce.login import SalesforceLogin

from tests.adapter import session
from tests.sandbox.salesforce_org import Org

RULE = {"name": "DR", "object": "Contact", "match": [{"rule": "MR", "fields": ["Email"]}]}
TWIN = {"LastName": "B", "Email": "a@x.example"}


def client(org: Org, version: str = "59.0", password: str = "sandbox-password") -> Any:
    """A client that logs in by SOAP with a password and a security token, as its users did for years."""
    http, user = session(org.sandbox), {"username": "writer@sandbox.example", "password": password}
    token, host = SalesforceLogin(session=http, domain="org.my", security_token="T", sf_version=version, **user)
    return Salesforce(session_id=token, instance=host, session=http, version=version)


def test_a_password_opens_a_session() -> None:
    assert client(Org()).Account.create({"Name": "A"})["success"]


@pytest.mark.parametrize(
    ("version", "password", "code"),
    [("59.0", "wrong", "INVALID_LOGIN"), ("66.0", "sandbox-password", "UNSUPPORTED_API_VERSION")],
)
def test_a_login_that_is_refused_says_why(version: str, password: str, code: str) -> None:
    with pytest.raises(SalesforceAuthenticationFailed, match=code):
        client(Org(), version, password)


def test_a_duplicate_can_be_saved_with_the_header() -> None:
    org = Org()
    org.store.set("salesforce", "duplicate_rules", [RULE])
    crm = client(org)
    crm.Contact.create({"LastName": "A", "Email": "a@x.example"})
    with pytest.raises(SalesforceMalformedRequest) as caught:
        crm.Contact.create(TWIN)
    assert caught.value.content[0]["duplicateResut"]["matchResults"][0]["size"] == 1
    assert crm.Contact.create(TWIN, headers={"Sforce-Duplicate-Rule-Header": "allowSave=true"})["success"]


def test_changes_and_deletions_are_listed_since_a_time() -> None:
    org = Org()
    crm = client(org)
    kept, gone = (crm.Account.create({"Name": name})["id"] for name in "AB")
    crm.Account.delete(gone)
    org.advance(120)
    start, end = (datetime(2026, 3, 1, 12, minute, tzinfo=UTC) for minute in (0, 2))
    assert crm.Account.updated(start, end)["ids"] == [kept]
    assert [each["id"] for each in crm.Account.deleted(start, end)["deletedRecords"]] == [gone]

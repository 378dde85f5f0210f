"""simple-salesforce, unmodified, does real work against the sandbox."""

from datetime import UTC, datetime
from typing import Any

import pytest
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceResourceNotFound
from simple_salesforce.login import SalesforceLogin
from simple_salesforce.util import Usage

from tests.adapter import session
from tests.sandbox.salesforce_org import Org


def client(org: Org) -> Any:
    http = session(org.sandbox)
    token, host = SalesforceLogin(
        session=http, domain="org.my", consumer_key="sandbox-writer", consumer_secret="sandbox-writer-secret"
    )
    return Salesforce(session_id=token, instance=host, session=http, version="66.0")


def test_records_are_made_read_changed_and_deleted() -> None:
    crm = client(Org())
    made = crm.Account.create({"Name": "Acme"})
    assert crm.Account.update(made["id"], {"Industry": "Energy"}) == 204
    assert crm.Account.get(made["id"])["Industry"] == "Energy"
    assert crm.Account.upsert("HubSpot_Company_Id__c/7", {"Name": "Other"}) == 201
    assert crm.Account.get_by_custom_id("HubSpot_Company_Id__c", "7")["Name"] == "Other"
    assert crm.Account.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound):
        crm.Account.get(made["id"])


def test_query_all_follows_the_pages() -> None:
    org = Org()
    for number in range(1, 4502):
        org.put("contact", number, LastName=f"L{number}")
    found = client(org).query_all("SELECT Id, LastName FROM Contact ORDER BY Id")
    assert (found["totalSize"], len(found["records"]), found["done"]) == (4501, 4501, True)
    assert len({record["Id"] for record in found["records"]}) == 4501


def test_describe_limits_and_usage_are_understood() -> None:
    crm = client(Org())
    assert "Account" in [item["name"] for item in crm.describe()["sobjects"]]
    assert crm.Account.describe()["mergeable"] and not crm.Opportunity.describe()["mergeable"]
    limits: Any = crm.limits()
    assert limits["DailyApiRequests"]["Max"] == 115_000
    assert crm.api_usage["api-usage"] == Usage(used=4, total=115_000)


def test_errors_reach_the_client_with_their_content() -> None:
    with pytest.raises(SalesforceMalformedRequest) as caught:
        client(Org()).query("SELECT Nope FROM Account")
    content: Any = caught.value.content
    assert content[0]["errorCode"] == "INVALID_FIELD"


def test_headers_of_a_call_are_honored() -> None:
    crm = client(Org())
    made = crm.Account.create({"Name": "Acme"})["id"]
    with pytest.raises(Exception, match="412"):
        crm.Account.update(made, {"Name": "B"}, headers={"If-Unmodified-Since": "Sun, 01 Mar 2020 00:00:00 GMT"})


def test_changes_since_a_time_are_listed() -> None:
    org = Org()
    crm = client(org)
    made = crm.Account.create({"Name": "Acme"})["id"]
    org.advance(120)
    start, end = datetime(2026, 3, 1, 11, tzinfo=UTC), datetime(2026, 3, 1, 13, tzinfo=UTC)
    assert crm.Account.updated(start, end)["ids"] == [made]

"""simple-salesforce's Bulk API 2.0, unmodified, loads and extracts records."""

import csv
import io
from typing import Any

import pytest
from simple_salesforce.exceptions import SalesforceOperationError

from tests.sandbox.salesforce_org import Org
from tests.sandbox.test_salesforce_client import client


def bulk(org: Org, sobject: str) -> Any:
    org.store.set("salesforce", "bulk_seconds", 0)
    return getattr(client(org).bulk2, sobject)


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def load(handler: Any, operation: str, rows: list[dict[str, str]], **more: str) -> Any:
    [result] = getattr(handler, operation)(records=rows, wait=0, **more)
    return result


def test_rows_are_inserted_each_with_its_own_result() -> None:
    org = Org()
    accounts = bulk(org, "Account")
    rows = [{"Name": "Acme", "NumberOfEmployees": "5"}, {"Name": "", "NumberOfEmployees": "1"}]
    result = load(accounts, "insert", rows)
    assert result["numberRecordsTotal"] == 2 and result["numberRecordsFailed"] == 1
    [good] = table(accounts.get_successful_records(result["job_id"]))
    [bad] = table(accounts.get_failed_records(result["job_id"]))
    assert good["sf__Created"] == "true" and org.get("Account", good["sf__Id"])["NumberOfEmployees"] == 5
    assert bad["sf__Error"] == "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --"


def test_keys_decide_between_create_and_change() -> None:
    org = Org()
    accounts = bulk(org, "Account")
    org.create("Account", Name="Old", HubSpot_Company_Id__c="1")
    rows = [{"HubSpot_Company_Id__c": "1", "Name": "New"}, {"HubSpot_Company_Id__c": "2", "Name": "Two"}]
    result = load(accounts, "upsert", rows, external_id_field="HubSpot_Company_Id__c")
    made = {row["Name"]: row["sf__Created"] for row in table(accounts.get_successful_records(result["job_id"]))}
    assert made == {"New": "false", "Two": "true"} and len(org.ids("SELECT Id FROM Account")) == 2


def test_updates_and_deletes_go_by_id() -> None:
    org = Org()
    accounts = bulk(org, "Account")
    ids = [org.create("Account", Name=name) for name in "abc"]
    load(accounts, "update", [{"Id": each, "Site": "S"} for each in ids])
    assert len(org.ids("SELECT Id FROM Account WHERE Site = 'S'")) == 3
    load(accounts, "delete", [{"Id": ids[0]}])
    load(accounts, "hard_delete", [{"Id": ids[1]}])
    assert org.ids("SELECT Id FROM Account") == ids[2:]


def test_a_query_is_read_page_by_page() -> None:
    org = Org()
    for number in range(1, 1001):
        org.put("contact", number, LastName=f"L{number}", Email=f"{number}@x.example")
    pages = list(bulk(org, "Contact").query("SELECT Id, LastName FROM Contact", max_records=400, wait=0))
    rows = [row for page in pages for row in table(page)]
    assert len(pages) == 3 and {row["LastName"] for row in rows} == {f"L{number}" for number in range(1, 1001)}


def test_a_job_that_cannot_be_read_fails_with_its_reason() -> None:
    with pytest.raises(SalesforceOperationError, match="InvalidBatch : Field name not found : Nope"):
        load(bulk(Org(), "Account"), "insert", [{"Nope": "x"}])

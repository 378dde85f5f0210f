"""Every refusal looks as the vendor has it on each way in: one record, collection, composite, SOAP and bulk."""

import csv
import re
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.salesforce.ids import make_id
from tests.sandbox.salesforce_org import DATA, HOST, Org

CSV_TYPE = {"Content-Type": "text/csv"}
Error = tuple[str, str, list[str]]
Case = tuple[str, dict[str, Any], str, str, list[str]]
Way = Callable[[Org, str, dict[str, Any]], list[Error]]
TWIN, ROBOT, GONE = make_id("001", 1), make_id("005", 1), make_id("005", 2)
LOCKED = f"unable to obtain exclusive access to this record or 1 records: {TWIN}"
LONG = "x" * 256
# What is wrong, the type and values, the code, the message and the fields.
CASES: list[Case] = [
    ("Account", {"Phone": "1"}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]", ["Name"]),
    ("Account", {"Name": LONG}, "STRING_TOO_LONG", f"Account Name: data value too large: {LONG} (max length=255)",
     ["Name"]),
    ("Account", {"Name": "A", "CleanStatus": "Odd"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
     "Clean Status: bad value for restricted picklist field: Odd", ["CleanStatus"]),
    ("Contact", {"LastName": "A", "Email": "no"}, "INVALID_EMAIL_ADDRESS", "Email: invalid email address: no",
     ["Email"]),
    ("Account", {"Name": "A", "HubSpot_Company_Id__c": "1"}, "DUPLICATE_VALUE",
     "duplicate value found: HubSpot_Company_Id__c duplicates value on record with id: 001SB0000000001", []),
    ("Account", {"Name": "A", "IsDeleted": "true"}, "INVALID_FIELD_FOR_INSERT_UPDATE",
     "Unable to create/update fields: IsDeleted. Please check the security settings of this field and verify that it"
     " is read/write for your profile or permission set.", ["IsDeleted"]),
    ("Contact", {"LastName": "A", "AccountId": "005SB0000000001"}, "FIELD_INTEGRITY_EXCEPTION",
     f"Account ID: id value of incorrect type: {ROBOT}", ["AccountId"]),
    ("Contact", {"LastName": "A", "AccountId": "x"}, "MALFORMED_ID", "Account ID: id value of incorrect type: x",
     ["AccountId"]),
    ("Contact", {"LastName": "A", "AccountId": "001SB00000000zz"}, "INVALID_CROSS_REFERENCE_KEY",
     "invalid cross reference id", ["AccountId"]),
    ("Contact", {"LastName": "A", "AccountId": "001SB0000000002"}, "ENTITY_IS_DELETED", "entity is deleted", []),
    ("Account", {"Name": "A", "OwnerId": "005SB0000000002"}, "INACTIVE_OWNER_OR_USER",
     f"operation performed with inactive user [{GONE}] as owner of account", ["OwnerId"]),
    ("Account", {"Name": "Twin"}, "DUPLICATES_DETECTED", "Use one of these records?", []),
    ("Account", {"Name": "ACME"}, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "no ACME", ["Name"]),
    ("Contact", {"LastName": "A", "AccountId": "001SB0000000001"}, "UNABLE_TO_LOCK_ROW", LOCKED, []),
]  # fmt: skip


def strict() -> Org:
    """An organization in which each case is wrong."""
    org = Org()
    org.put("company", 1, Name="Twin", HubSpot_Company_Id__c="1")
    org.put("user", 2, LastName="Gone", IsActive=False)
    org.call("DELETE", f"/sobjects/Account/{org.put('company', 2, Name='Gone')}")
    rule = {"object": "Account", "when": {"field": "Name", "op": "=", "value": "ACME"}}
    twins = {"name": "DR", "object": "Account", "match": [{"rule": "MR", "fields": ["Name"]}]}
    org.store.set("salesforce", "validation_rules", [{**rule, "message": "no ACME", "field": "Name"}])
    org.store.set("salesforce", "duplicate_rules", [twins])
    org.store.set("salesforce", "locked_rows", {TWIN: -1})
    return org


def in_rest(body: list[dict[str, Any]]) -> list[Error]:
    """What the array of a REST answer says."""
    return [(error["errorCode"], error["message"], error.get("fields", [])) for error in body]


def alone(org: Org, sobject: str, values: dict[str, Any]) -> list[Error]:
    answer = org.call("POST", f"/sobjects/{sobject}", values)
    # Recorded for a deleted record; every other refusal of a row is a 400.
    assert answer.status_code == (404 if "ENTITY_IS_DELETED" in answer.text else 400)
    return in_rest(answer.json())


def collection(org: Org, sobject: str, values: dict[str, Any]) -> list[Error]:
    answer = org.call("POST", "/composite/sobjects", {"records": [{"attributes": {"type": sobject}, **values}]})
    [row] = answer.json()
    assert (answer.status_code, row["success"], set(row)) == (200, False, {"success", "errors"})
    return [(error["statusCode"], error["message"], error["fields"]) for error in row["errors"]]


def composite(org: Org, sobject: str, values: dict[str, Any]) -> list[Error]:
    part = {"method": "POST", "url": f"{DATA}/sobjects/{sobject}", "referenceId": "r", "body": values}
    answer = org.call("POST", "/composite", {"compositeRequest": [part]})
    [shown] = answer.json()["compositeResponse"]
    assert (answer.status_code, shown["httpStatusCode"] >= 400) == (200, True)
    return in_rest(shown["body"])


def soap(org: Org, sobject: str, values: dict[str, Any]) -> list[Error]:
    cells = "".join(f"<o:{name}>{value}</o:{name}>" for name, value in values.items())
    answer = org.soap(f"<p:create><p:sObjects><o:type>{sobject}</o:type>{cells}</p:sObjects></p:create>")
    assert answer.status_code == 200 and '<id xsi:nil="true"/><success>false</success>' in answer.text
    [error] = re.findall(r"<errors[^>]*>(.*?)</errors>", answer.text)
    fields, message, code = (
        re.findall(f"<{name}>(.*?)</{name}>", error) for name in ("fields", "message", "statusCode")
    )
    return [(code[0], message[0], fields)]


def bulk(org: Org, sobject: str, values: dict[str, Any]) -> list[Error]:
    job = org.call("POST", "/jobs/ingest", {"object": sobject, "operation": "insert"}).json()["id"]
    data = ",".join(values) + "\n" + ",".join(map(str, values.values())) + "\n"
    headers = {"Authorization": f"Bearer {org.tokens['writer']}", **CSV_TYPE}
    org.http.put(f"{HOST}{DATA}/jobs/ingest/{job}/batches", data=data.encode(), headers=headers)
    org.call("PATCH", f"/jobs/ingest/{job}", {"state": "UploadComplete"})
    org.advance(60)
    [row] = csv.DictReader(org.call("GET", f"/jobs/ingest/{job}/failedResults").text.splitlines())
    code, _, rest = row["sf__Error"].partition(":")
    message, _, fields = rest.removesuffix("--").strip().rpartition(":")
    return [(code, message, [each for each in fields.split(",") if each])]


@pytest.mark.parametrize("way", [alone, collection, composite, soap, bulk])
@pytest.mark.parametrize("case", CASES, ids=[case[2] for case in CASES])
def test_a_refusal_is_the_same_on_every_way_in(way: Way, case: Case) -> None:
    org = strict()
    before = org.notes()
    assert way(org, case[0], case[1]) == [case[2:]]
    assert org.notes() == before

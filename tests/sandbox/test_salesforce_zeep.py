"""The SOAP answers are valid by the vendor's own Partner WSDL, read by zeep."""

import pytest

from tests.sandbox.salesforce_partner import WSDL, Partner, zeep

pytestmark = [pytest.mark.reference, pytest.mark.skipif(not WSDL.exists(), reason="no reference data")]


def test_merge_and_undelete_answers_are_valid() -> None:
    partner = Partner()
    ids = [partner.org.create("Account", Name=name) for name in "AB"]
    contact = partner.org.create("Contact", LastName="L", AccountId=ids[1])
    master = partner.record("Account", ids[0], Phone="5")
    [done] = partner.call("merge", request=[{"masterRecord": master, "recordToMergeIds": [ids[1]]}])
    assert (done.success, done.mergedRecordIds, done.updatedRelatedIds) == (True, [ids[1]], [contact])
    [failed] = partner.call("merge", request=[{"masterRecord": master, "recordToMergeIds": [ids[1]]}])
    assert (failed.success, failed.errors[0].statusCode) == (False, "ENTITY_IS_DELETED")
    assert partner.call("undelete", ids=[ids[1]])[0].success


def test_queries_answer_typed_pages() -> None:
    partner = Partner()
    for number in range(1, 2003):
        partner.org.put("company", number, Name=f"A{number}")
    first = partner.call("query", queryString="SELECT Id, Name, Owner.Name, (SELECT Id FROM Contacts) FROM Account")
    assert (first.size, first.done, len(first.records)) == (2002, False, 2000)
    last = partner.call("queryMore", queryLocator=first.queryLocator)
    assert (last.done, len(last.records), last.records[0].type) == (True, 2, "Account")


def test_rows_are_made_changed_and_deleted() -> None:
    partner = Partner()
    [made, missing] = partner.call("create", sObjects=[partner.record("Account", Name="A"), partner.record("Account")])
    assert (made.success, missing.success, missing.errors[0].fields) == (True, False, ["Name"])
    assert partner.call("update", sObjects=[partner.record("Account", made.id, NumberOfEmployees="7")])[0].success
    assert partner.org.get("Account", made.id)["NumberOfEmployees"] == 7
    changed = partner.record("Account", Name="B", HubSpot_Company_Id__c="1")
    arguments = {"externalIDFieldName": "HubSpot_Company_Id__c", "sObjects": [changed, partner.record("Account")]}
    assert [row.created for row in partner.call("upsert", **arguments)] == [True, False]
    found = partner.call("retrieve", fieldList="Id,Name", sObjectType="Account", ids=[made.id, "001SB00000000zz"])
    assert [record and record.Id for record in found] == [made.id, None]
    assert [row.success for row in partner.call("delete", ids=[made.id, made.id])] == [True, False]


def test_the_caller_and_the_time_are_answered() -> None:
    partner = Partner()
    assert partner.call("getUserInfo").userName == "robot@sandbox.example"
    assert partner.call("getServerTimestamp").timestamp.isoformat() == "2026-03-01T12:00:00+00:00"


def test_faults_are_valid() -> None:
    with pytest.raises(zeep.exceptions.Fault, match="MALFORMED_QUERY") as caught:
        Partner().call("query", queryString="SELECT FROM")
    assert caught.value.detail[0].tag == "{urn:fault.partner.soap.sforce.com}MalformedQueryFault"

"""Every SOAP operation that an integration uses, its answers valid by the vendor's Partner WSDL."""

from typing import Any

import pytest

from tests.sandbox.salesforce_org import NOW
from tests.sandbox.salesforce_partner import WSDL, Partner, client, xsd, zeep

pytestmark = [pytest.mark.reference, pytest.mark.skipif(not WSDL.exists(), reason="no reference data")]

LEAD = {"FirstName": "Ann", "LastName": "Lee", "Company": "Acme", "Email": "a@x.example", "City": "Oslo",
        "LeadSource": "Web", "Phone": "5"}  # fmt: skip
RULE = {"name": "DR", "object": "Contact", "match": [{"rule": "MR", "fields": ["Email"]}]}


def fault_of(partner: Partner, name: str, headers: dict[str, Any] | None = None, **arguments: Any) -> tuple[str, str]:
    """The detail element and the exception code of a call that fails; login bears no session."""
    with pytest.raises(zeep.exceptions.Fault) as caught:
        partner.service.login(**arguments) if name == "login" else partner.call(name, headers, **arguments)
    [detail] = caught.value.detail
    code = detail.findtext("{urn:fault.partner.soap.sforce.com}exceptionCode")
    assert caught.value.code.endswith(f":{code}") and caught.value.message.startswith(f"{code}: ")
    return detail.tag.rpartition("}")[2], str(code)


def lead(partner: Partner, **more: Any) -> str:
    """A new lead."""
    return partner.org.create("Lead", **LEAD, **more)


def wish(lead_id: str, **more: Any) -> dict[str, Any]:
    """One LeadConvert; the parts that zeep demands are empty."""
    names = ("accountId", "accountRecord", "bypassAccountDedupeCheck", "bypassContactDedupeCheck", "contactId")
    names += ("contactRecord", "opportunityId", "opportunityName", "opportunityRecord", "ownerId")
    names += ("relatedPersonAccountId", "relatedPersonAccountRecord")
    flags = dict.fromkeys(("doNotCreateOpportunity", "overwriteLeadSource", "sendNotificationEmail"), False)
    empty = dict.fromkeys(names, xsd.Nil)
    return {**empty, **flags, "convertedStatus": "Closed - Converted", "leadId": lead_id, **more}


def test_a_lead_becomes_an_account_a_contact_and_an_opportunity() -> None:
    partner = Partner()
    lead_id = lead(partner)
    task = partner.org.create("Task", WhoId=lead_id)
    [done] = partner.call("convertLead", leadConverts=[wish(lead_id)])
    assert done.success and done.leadId == lead_id
    after = partner.org.get("Lead", lead_id)
    ids = [after[f"Converted{name}Id"] for name in ("Account", "Contact", "Opportunity")]
    assert ids == [done.accountId, done.contactId, done.opportunityId]
    assert (after["IsConverted"], after["ConvertedDate"], after["Status"]) == (True, "2026-03-01", "Closed - Converted")
    deal = partner.org.get("Opportunity", done.opportunityId)
    assert (deal["Name"], deal["CloseDate"], deal["StageName"]) == ("Acme", "2026-03-31", "Prospecting")
    moved = partner.org.get("Task", task)
    assert (moved["WhoId"], moved["WhatId"]) == (done.contactId, done.opportunityId)


def test_conversion_maps_the_standard_fields_and_makes_a_primary_role() -> None:
    partner = Partner()
    [done] = partner.call("convertLead", leadConverts=[wish(lead(partner), opportunityName="Big")])
    account, contact = partner.org.get("Account", done.accountId), partner.org.get("Contact", done.contactId)
    assert (account["Name"], account["BillingCity"], account["Phone"]) == ("Acme", "Oslo", "5")
    assert (contact["Name"], contact["Email"], contact["MailingCity"]) == ("Ann Lee", "a@x.example", "Oslo")
    text = "SELECT ContactId, IsPrimary, Opportunity.Name FROM OpportunityContactRole"
    [role] = partner.org.query(text)["records"]
    assert (role["ContactId"], role["IsPrimary"], role["Opportunity"]["Name"]) == (done.contactId, True, "Big")


@pytest.mark.parametrize(("over", "source"), [(False, "Other"), (True, "Web")])
def test_conversion_into_what_is_there_fills_only_empty_fields(over: bool, source: str) -> None:
    partner = Partner()
    account = partner.org.create("Account", Name="Old", Phone="9")
    contact = partner.org.create("Contact", LastName="Li", LeadSource="Other", AccountId=account)
    more = {"accountId": account, "contactId": contact, "doNotCreateOpportunity": True, "overwriteLeadSource": over}
    [done] = partner.call("convertLead", leadConverts=[wish(lead(partner), **more)])
    assert (done.accountId, done.contactId, done.opportunityId) == (account, contact, None)
    kept, person = partner.org.get("Account", account), partner.org.get("Contact", contact)
    assert (kept["Name"], kept["Phone"], kept["BillingCity"]) == ("Old", "9", "Oslo")
    assert (person["LastName"], person["Email"], person["LeadSource"]) == ("Li", "a@x.example", source)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"convertedStatus": "Closed - Not Converted"}, "INVALID_STATUS"),
        ({"leadId": "00QSB0000000zzz"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"leadId": "x"}, "MALFORMED_ID"),
        ({"accountId": "001SB0000000zzz"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"ownerId": "00GSB0000000001"}, "UNKNOWN_EXCEPTION"),
    ],
)
def test_a_conversion_that_cannot_be_changes_nothing(change: dict[str, str], code: str) -> None:
    partner = Partner()
    lead_id = lead(partner)
    before = partner.org.notes()
    [failed, done] = partner.call("convertLead", leadConverts=[wish(lead_id, **change), wish(lead(partner))])
    assert (failed.success, failed.errors[0].statusCode, done.success) == (False, code, True)
    assert partner.org.get("Lead", lead_id)["IsConverted"] is False and partner.org.notes()[: len(before)] == before


def test_a_converted_lead_is_read_only_and_never_a_duplicate() -> None:
    partner = Partner()
    lead_id = lead(partner)
    partner.call("convertLead", leadConverts=[wish(lead_id)])
    [again] = partner.call("convertLead", leadConverts=[wish(lead_id)])
    assert again.errors[0].statusCode == "CANNOT_UPDATE_CONVERTED_LEAD"
    rule = {"name": "DR", "object": "Lead", "match": [{"rule": "MR", "fields": ["Email"]}], "on_insert": "block"}
    partner.org.store.set("salesforce", "duplicate_rules", [rule])
    assert lead(partner)


@pytest.mark.parametrize(
    ("validated", "bypass", "success"),
    [(True, False, False), (True, True, True), (False, False, True)],
)
def test_duplicate_rules_run_on_conversion_where_it_is_validated(validated: bool, bypass: bool, success: bool) -> None:
    partner = Partner()
    partner.org.create("Contact", LastName="L", Email="a@x.example")
    partner.org.store.set("salesforce", "duplicate_rules", [{**RULE, "on_insert": "block"}])
    partner.org.store.set("salesforce", "validate_converted_leads", validated)
    [done] = partner.call("convertLead", leadConverts=[wish(lead(partner), bypassContactDedupeCheck=bypass)])
    assert done.success is success


def test_a_duplicate_error_holds_what_was_matched() -> None:
    partner = Partner()
    partner.org.store.set("salesforce", "duplicate_rules", [RULE])
    first = partner.org.create("Contact", LastName="L", Email="a@x.example")
    twin = partner.record("Contact", LastName="M", Email="a@x.example")
    [failed] = partner.call("create", sObjects=[twin])
    [error] = failed.errors
    assert (error.statusCode, error.duplicateResult.allowSave) == ("DUPLICATES_DETECTED", True)
    [match] = error.duplicateResult.matchResults
    assert (match.size, match.matchRecords[0].matchConfidence, match.matchRecords[0].record.Id) == (1, 100.0, first)
    header = {"allowSave": True, "includeRecordDetails": False, "runAsCurrentUser": False}
    assert partner.call("create", {"DuplicateRuleHeader": header}, sObjects=[twin])[0].success


def test_duplicates_are_found_without_saving() -> None:
    partner = Partner()
    ids = [partner.org.create("Contact", LastName=name, Email="a@x.example") for name in "AB"]
    partner.org.store.set("salesforce", "duplicate_rules", [RULE])
    [found] = partner.call("findDuplicatesByIds", ids=[ids[0]])
    [result] = found.duplicateResults
    assert [each.record.Id for each in result.matchResults[0].matchRecords] == [ids[1]]
    asked = [partner.record("Contact", Email=f"{letter}@x.example") for letter in "an"]
    [found, none] = partner.call("findDuplicates", sObjects=asked)
    assert found.duplicateResults[0].matchResults[0].size == 2
    assert (none.duplicateResults[0].duplicateRule, none.duplicateResults[0].matchResults) == ("DR", [])


def test_the_global_describe_and_those_of_types_are_valid() -> None:
    partner = Partner()
    every = partner.call("describeGlobal")
    assert (every.encoding, every.maxBatchSize) == ("UTF-8", 200)
    assert {"Account", "OpportunityFieldHistory", "LeadStatus"} <= {each.name for each in every.sobjects}
    names = [each.name for each in every.sobjects]
    found = partner.call("describeSObjects", sObjectType=names)
    assert [each.name for each in found] == names
    account = partner.call("describeSObject", sObjectType="Account")
    [industry] = [field for field in account.fields if field.name == "Industry"]
    assert (account.mergeable, account.keyPrefix, industry.type) == (True, "001", "picklist")
    assert "Agriculture" in [each.value for each in industry.picklistValues]


def test_what_changed_and_what_was_deleted_is_listed_by_the_minute() -> None:
    partner = Partner()
    master, loser = (partner.org.create("Account", Name=name) for name in "AB")
    partner.org.merge("Account", master, loser)
    partner.org.advance(150)
    span = {"startDate": "2026-03-01T11:59:59Z", "endDate": "2026-03-01T12:02:30Z", "sObjectType": "Account"}
    updated, deleted = partner.call("getUpdated", **span), partner.call("getDeleted", **span)
    assert (updated.ids, updated.latestDateCovered.isoformat()) == ([master], "2026-03-01T12:02:00+00:00")
    assert [each.id for each in deleted.deletedRecords] == [loser]
    assert deleted.earliestDateAvailable.isoformat() == "2026-02-14T12:02:00+00:00"


def test_an_emptied_bin_gives_nothing_back() -> None:
    partner = Partner()
    account = partner.org.create("Account", Name="A")
    contact = partner.org.create("Contact", LastName="L", AccountId=account)
    partner.call("delete", ids=[account])
    [alone] = partner.call("undelete", ids=[contact])
    assert alone.errors[0].message == "Entity is not in the recycle bin"
    [emptied] = partner.call("emptyRecycleBin", ids=[account])
    [again] = partner.call("emptyRecycleBin", ids=[account])
    assert (emptied.success, again.errors[0].statusCode) == (True, "INVALID_ID_FIELD")
    assert partner.call("undelete", ids=[account])[0].errors[0].statusCode == "UNDELETE_FAILED"
    assert len(partner.call("queryAll", queryString="SELECT Id FROM Account WHERE IsDeleted = TRUE").records) == 1


def test_login_answers_a_session_until_version_64_and_logout_ends_it() -> None:
    partner = Partner(64)
    result = partner.service.login(username="writer@sandbox.example", password="sandbox-passwordTOKEN")
    assert result.serverUrl.endswith("/services/Soap/u/64.0/00DSB0000000001")
    assert (result.passwordExpired, result.userInfo.sessionSecondsValid) == (False, 7200)
    header = {"SessionHeader": {"sessionId": result.sessionId}}
    assert partner.call("getUserInfo", header).userId == result.userId
    partner.envelope("logout", header)
    assert fault_of(partner, "getUserInfo", header)[1] == "INVALID_SESSION_ID"


@pytest.mark.parametrize(
    ("version", "password", "allowed", "fault"),
    [
        (66, "sandbox-password", True, ("UnexpectedErrorFault", "UNSUPPORTED_API_VERSION")),
        (64, "wrong", True, ("LoginFault", "INVALID_LOGIN")),
        (64, "sandbox-password", False, ("UnexpectedErrorFault", "INSUFFICIENT_ACCESS")),
    ],
)
def test_login_is_refused(version: int, password: str, allowed: bool, fault: tuple[str, str]) -> None:
    partner = Partner(version)
    partner.org.store.set("salesforce", "soap_login", allowed)
    assert fault_of(partner, "login", username="writer@sandbox.example", password=password) == fault


@pytest.mark.parametrize(
    ("name", "arguments", "fault"),
    [
        ("query", {"queryString": "SELECT FROM"}, ("MalformedQueryFault", "MALFORMED_QUERY")),
        ("query", {"queryString": "SELECT Nope FROM Account"}, ("InvalidFieldFault", "INVALID_FIELD")),
        ("query", {"queryString": "SELECT Id FROM Nope"}, ("InvalidSObjectFault", "INVALID_TYPE")),
        ("queryMore", {"queryLocator": "nope"}, ("InvalidQueryLocatorFault", "INVALID_QUERY_LOCATOR")),
        ("describeSObject", {"sObjectType": "Nope"}, ("InvalidSObjectFault", "INVALID_TYPE")),
        ("retrieve", {"sObjectType": "Account", "fieldList": "Id", "ids": ["x"]}, ("InvalidIdFault", "MALFORMED_ID")),
        ("findDuplicatesByIds", {"ids": ["001SB0000000001"] * 51}, ("UnexpectedErrorFault", "LIMIT_EXCEEDED")),
        ("delete", {"ids": ["x"] * 201}, ("UnexpectedErrorFault", "EXCEEDED_ID_LIMIT")),
    ],
)
def test_faults_have_the_detail_of_their_kind(name: str, arguments: dict[str, Any], fault: tuple[str, str]) -> None:
    assert fault_of(Partner(), name, **arguments) == fault


def test_an_unknown_field_refuses_the_whole_call() -> None:
    partner = Partner()
    records = [partner.record("Account", Name="A"), partner.record("Account", Name="B", Nope="1")]
    assert fault_of(partner, "create", sObjects=records) == ("InvalidFieldFault", "INVALID_FIELD")
    assert partner.org.query("SELECT COUNT() FROM Account")["totalSize"] == 0


def test_types_without_a_duplicate_rule_are_a_fault() -> None:
    partner = Partner()
    arguments = {"sObjects": [partner.record("Account", Name="A")]}
    assert fault_of(partner, "findDuplicates", **arguments) == ("UnexpectedErrorFault", "NO_ACTIVE_DUPLICATE_RULE")


@pytest.mark.parametrize(("truncate", "success"), [(True, True), (False, False)])
def test_long_texts_are_cut_where_the_header_says_so(truncate: bool, success: bool) -> None:
    partner = Partner()
    header = {"AllowFieldTruncationHeader": {"allowFieldTruncation": truncate}}
    [done] = partner.call("create", header, sObjects=[partner.record("Account", Name="x" * 256)])
    assert done.success is success
    assert [len(each["Name"]) for each in partner.org.query("SELECT Name FROM Account")["records"]] == [255] * success


def test_all_or_none_rolls_back_and_marks_the_others() -> None:
    partner = Partner()
    records = [partner.record("Account", Name="A"), partner.record("Account")]
    rows = partner.call("create", {"AllOrNoneHeader": {"allOrNone": True}}, sObjects=records)
    codes = [row.errors[0].statusCode for row in rows]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]


@pytest.mark.parametrize(("second", "success"), [(0, True), (-1, False)])
def test_a_row_is_changed_only_if_it_was_not_modified_since(second: int, success: bool) -> None:
    partner = Partner()
    account = partner.org.create("Account", Name="A")
    limit = zeep.xsd.DateTime().pythonvalue(f"2026-03-01T{'12:00:00' if second == 0 else '11:59:59'}Z")
    header = {"ifModifiedBefore": limit, "ifModifiedSince": limit}
    record = partner.record("Account", account, Phone="1")
    [done] = partner.call("update", {"ConditionalRequestHeader": header}, sObjects=[record])
    codes = [error.statusCode for error in done.errors]
    assert (done.success, codes) == (success, [] if success else ["ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE"])


def test_pages_have_the_size_that_was_asked_for_and_answers_the_calls_used() -> None:
    partner = Partner()
    for number in range(1, 302):
        partner.org.put("company", number, NOW, Name=f"A{number}")
    scope = client().get_type("{urn:partner.soap.sforce.com}queryOptionsScope")
    header = {"QueryOptions": {"batchSize": 200, "scope": scope("everything")}}
    answer = partner.envelope("query", header, queryString="SELECT Id FROM Account")
    page, info = answer.body.result, answer.header.LimitInfoHeader.limitInfo
    assert (len(page.records), page.done, info[0].type, info[0].limit) == (200, False, "API REQUESTS", 115000)
    assert len(partner.call("queryMore", queryLocator=page.queryLocator).records) == 101

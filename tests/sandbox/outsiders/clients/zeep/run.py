"""zeep at work on the sandbox: rows, queries, changes, describes, headers and faults of the Partner API."""

from datetime import UTC, datetime, timedelta
from typing import Any

import merges
from partner import Partner, detail
from tell import control, holds, perform, refusal, same
from zeep import xsd
from zeep.exceptions import Fault

KEY = "HubSpot_Company_Id__c"


def reads_the_caller_and_the_time(crm: Partner) -> None:
    user = crm.call("getUserInfo")
    same((user.organizationName, user.organizationId[:3], user.userId[:3]), ("RevOps Demo", "00D", "005"))
    now = datetime.fromtimestamp(control("GET", "clock")["now_ms"] / 1000, UTC)
    holds(abs(crm.call("getServerTimestamp").timestamp - now) < timedelta(minutes=1), "the time is not the sandbox's")


def makes_changes_reads_and_deletes_rows(crm: Partner) -> None:
    rows = [crm.record("Account", Name="Zeep & Söhne <1>", NumberOfEmployees="7"), crm.record("Account", Phone="1")]
    [made, missing] = crm.call("create", sObjects=rows)
    same((made.success, missing.success), (True, False))
    same((missing.errors[0].statusCode, missing.errors[0].fields), ("REQUIRED_FIELD_MISSING", ["Name"]))
    changed = crm.record("Account", made.id, null=("NumberOfEmployees",), Industry="Energy")
    holds(crm.call("update", sObjects=[changed])[0].success, "not changed")
    wanted = ["Zeep & Söhne <1>", "Energy", None]
    same(crm.read("Account", made.id, "Name", "Industry", "NumberOfEmployees"), wanted)
    same([row.success for row in crm.call("delete", ids=[made.id, made.id])], [True, False])
    [gone] = crm.call("retrieve", fieldList="Id", sObjectType="Account", ids=[made.id])
    same(gone.Id, None)
    same([row.success for row in crm.call("undelete", ids=[made.id])], [True])
    same(crm.read("Account", made.id, "IsDeleted"), ["false"])


def upserts_by_external_id(crm: Partner) -> None:
    names = {"zeep-1": "One", "zeep-2": "Two"}
    rows = [crm.record("Account", Name=name, HubSpot_Company_Id__c=key) for key, name in names.items()]
    for created in (True, False):
        done = crm.call("upsert", externalIDFieldName=KEY, sObjects=rows)
        same([(row.success, row.created) for row in done], [(True, created)] * 2)
    same(len(crm.find(f"SELECT Id FROM Account WHERE {KEY} LIKE 'zeep-%'")), 2)


def rolls_back_all_or_none(crm: Partner) -> None:
    rows = [crm.record("Contact", LastName="Zeep rolled back"), crm.record("Contact", FirstName="No last name")]
    done = crm.call("create", {"AllOrNoneHeader": {"allOrNone": True}}, sObjects=rows)
    codes = [row.errors[0].statusCode for row in done]
    same(codes, ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"])
    same(crm.find("SELECT Id FROM Contact WHERE LastName = 'Zeep rolled back'"), [])


def pages_to_the_end_past_two_thousand(crm: Partner) -> None:
    for start in range(0, 2200, 200):
        rows = [crm.record("Task", Subject=f"zeep {start + n}") for n in range(200)]
        holds(all(row.success for row in crm.call("create", sObjects=rows)), "not all made")
    text = "SELECT Id FROM Task WHERE Subject LIKE 'zeep %' ORDER BY Id"
    first = crm.call("query", queryString=text)
    same((first.size, first.done, len(first.records)), (2200, False, 2000))
    short = crm.call("query", {"QueryOptions": {"batchSize": 500, "scope": xsd.SkipValue}}, queryString=text)
    same(len(short.records), 500)
    same(len({row["Id"] for row in crm.find(text)}), 2200)


def asks_for_parents_children_and_groups(crm: Partner) -> None:
    found = crm.call("query", queryString="SELECT Id, Owner.Name, (SELECT Id, LastName FROM Contacts) FROM Account")
    same((found.size >= 300, {record.type for record in found.records}), (True, {"Account"}))
    groups = crm.call("query", queryString="SELECT StageName, COUNT(Id) n FROM Opportunity GROUP BY StageName")
    counts = [int(item.text) for record in groups.records for item in record._value_1 if item.tag.endswith("}n")]
    same((sum(counts), {record.type for record in groups.records}), (200, {"AggregateResult"}))
    same(crm.call("query", queryString="SELECT COUNT() FROM Opportunity").size, 200)


def describes_types(crm: Partner) -> None:
    every = crm.call("describeGlobal")
    holds({"Account", "Lead", "User"} <= {item.name for item in every.sobjects}, "a type is missing")
    [account, deal] = crm.call("describeSObjects", sObjectType=["Account", "Opportunity"])
    same((account.keyPrefix, account.mergeable, deal.mergeable), ("001", True, False))
    fields = {field.name: field for field in deal.fields}
    same((fields["StageName"].type, fields["StageName"].soapType.endswith("string")), ("picklist", True))
    holds(any(value.value == "Closed Won" for value in fields["StageName"].picklistValues), "no Closed Won")
    same(crm.call("describeSObject", sObjectType="Contact").name, "Contact")


def lists_what_changed_since(crm: Partner) -> None:
    kept, lost = crm.make("Lead", LastName="Kept", Company="C"), crm.make("Lead", LastName="Lost", Company="C")
    crm.call("delete", ids=[lost])
    now = datetime.fromtimestamp(control("POST", "clock", {"advance_seconds": 120})["now_ms"] / 1000, UTC)
    span: dict[str, Any] = {"sObjectType": "Lead", "startDate": now - timedelta(hours=1), "endDate": now}
    updated, deleted = crm.call("getUpdated", **span), crm.call("getDeleted", **span)
    holds(kept in updated.ids and lost not in updated.ids, "the new lead is not listed alone")
    holds(lost in [row.id for row in deleted.deletedRecords], "the deleted lead is not listed")
    holds(updated.latestDateCovered <= now, str(updated.latestDateCovered))


def tells_its_limit_in_a_header(crm: Partner) -> None:
    info = crm.answer("getServerTimestamp").header.LimitInfoHeader.limitInfo[0]
    same((info.type, 0 < info.current <= info.limit), ("API REQUESTS", True))
    control("POST", "settings", {"salesforce": {"daily_limit": 1}})
    fault = refusal(Fault, crm.call, "getUserInfo")
    control("POST", "settings", {"salesforce": {"daily_limit": info.limit}})
    same((fault.code.rpartition(":")[2], detail(fault)), ("REQUEST_LIMIT_EXCEEDED", "UnexpectedErrorFault"))


def sees_faults_of_the_vendors_types(crm: Partner) -> None:
    for text, kind in (
        ("SELECT FROM Account", "MalformedQueryFault"),
        ("SELECT Nope FROM Account", "InvalidFieldFault"),
        ("SELECT Id FROM Nothing", "InvalidSObjectFault"),
    ):
        same(detail(refusal(Fault, crm.call, "query", queryString=text)), kind)
    same(detail(refusal(Fault, crm.call, "queryMore", queryLocator="0r8000000000000AAA-9")), "InvalidQueryLocatorFault")
    refused = refusal(Fault, crm.call, "create", sObjects=[crm.record("Nothing", Name="x")])
    same(refused.code.rpartition(":")[2], "INVALID_TYPE")


def is_refused_without_a_good_session(crm: Partner) -> None:
    good, crm.token = crm.token, "00D000000000001!nonsense"
    fault = refusal(Fault, crm.call, "getUserInfo")
    crm.token = good
    same(fault.code.rpartition(":")[2], "INVALID_SESSION_ID")


def logs_in_at_old_versions_only(crm: Partner) -> None:
    person = {"username": "writer@sandbox.example", "password": "sandbox-password"}
    found = crm.at("64.0").login(**person)
    same((found.userInfo.organizationName, "/services/Soap/u/64.0" in found.serverUrl), ("RevOps Demo", True))
    own, crm.token = crm.token, found.sessionId
    same(crm.call("getUserInfo").userId, found.userId)
    crm.token = own
    fault = refusal(Fault, crm.at("64.0").login, username=person["username"], password="wrong")
    same((fault.code.rpartition(":")[2], detail(fault)), ("INVALID_LOGIN", "LoginFault"))
    fault = refusal(Fault, crm.service.login, **person)
    same(fault.code.rpartition(":")[2], "UNSUPPORTED_API_VERSION")


OPERATIONS = [
    reads_the_caller_and_the_time,
    makes_changes_reads_and_deletes_rows,
    upserts_by_external_id,
    rolls_back_all_or_none,
    pages_to_the_end_past_two_thousand,
    asks_for_parents_children_and_groups,
    describes_types,
    lists_what_changed_since,
    *merges.OPERATIONS,
    sees_faults_of_the_vendors_types,
    is_refused_without_a_good_session,
    logs_in_at_old_versions_only,
    tells_its_limit_in_a_header,
]

if __name__ == "__main__":
    perform(OPERATIONS, Partner())

"""simple-salesforce at work on the sandbox: records, queries, changes, refusals, limits."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import loads
import sign_in
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)
from simple_salesforce.format import format_soql
from tell import control, holds, perform, refusal, same

KEY = "HubSpot_Company_Id__c"


def code(refused: Any) -> str:
    """The vendor's code in an exception of the client."""
    return str(refused.content[0]["errorCode"])


def makes_reads_changes_and_deletes_a_record(crm: Any) -> None:
    made = crm.Account.create({"Name": "Acme Ünïcode", "NumberOfEmployees": 7})["id"]
    same(crm.Account.update(made, {"Industry": "Energy", "NumberOfEmployees": None}), 204)
    read = crm.Account.get(made)
    same((read["Name"], read["Industry"], read["NumberOfEmployees"]), ("Acme Ünïcode", "Energy", None))
    same(crm.Account.delete(made), 204)
    same(code(refusal(SalesforceResourceNotFound, crm.Account.get, made)), "ENTITY_IS_DELETED")


def upserts_and_reads_by_external_id(crm: Any) -> None:
    same(crm.Account.upsert(f"{KEY}/simple-1", {"Name": "First"}), 201)
    same(crm.Account.upsert(f"{KEY}/simple-1", {"Name": "Second"}), 200)
    same(crm.Account.get_by_custom_id(KEY, "simple-1")["Name"], "Second")
    same(code(refusal(SalesforceResourceNotFound, crm.Account.get_by_custom_id, KEY, "nobody")), "NOT_FOUND")


def pages_to_the_end_past_two_thousand(crm: Any) -> None:
    for start in range(0, 2200, 200):
        rows = [{"attributes": {"type": "Task"}, "Subject": f"simple {start + n}"} for n in range(200)]
        done: Any = crm.restful("composite/sobjects", method="POST", json={"allOrNone": True, "records": rows})
        holds(all(row["success"] for row in done), str(done[:2]))
    text = "SELECT Id, Subject FROM Task WHERE Subject LIKE 'simple %' ORDER BY Id"
    first = crm.query(text)
    same((first["totalSize"], len(first["records"]), first["done"]), (2200, 2000, False))
    rest = crm.query_more(first["nextRecordsUrl"], identifier_is_url=True)
    same((len(rest["records"]), rest["done"]), (200, True))
    same([row["Id"] for row in crm.query_all_iter(text)], [row["Id"] for row in first["records"] + rest["records"]])


def sees_the_deleted_in_query_all(crm: Any) -> None:
    made = crm.Lead.create({"LastName": "Short-lived", "Company": "C"})["id"]
    crm.Lead.delete(made)
    text = format_soql("SELECT Id, IsDeleted FROM Lead WHERE Id = {}", made)
    same(crm.query(text)["totalSize"], 0)
    [row] = crm.query_all(text, include_deleted=True)["records"]
    holds(row["IsDeleted"], str(row))


def searches_by_words(crm: Any) -> None:
    made = crm.Lead.create({"LastName": "Findable", "Company": "Seekers", "Email": "find@seekers.example"})["id"]
    same([row["Id"] for row in crm.quick_search("findable seekers")["searchRecords"]], [made])
    [row] = crm.search("FIND {seekers} IN EMAIL FIELDS RETURNING Lead(Id, Company)")["searchRecords"]
    same((row["Id"], row["Company"]), (made, "Seekers"))
    same(code(refusal(SalesforceMalformedRequest, crm.quick_search, "Marie-Pier")), "MALFORMED_SEARCH")


def quotes_values_in_queries(crm: Any) -> None:
    names = ["O'Neill \\ Sons", 'Say "so"', "100%_sure"]
    for name in names:
        crm.Account.create({"Name": name})
    found = crm.query(format_soql("SELECT Name FROM Account WHERE Name IN {} ORDER BY Name", names))["records"]
    same(sorted(row["Name"] for row in found), sorted(names))
    like = format_soql("SELECT Name FROM Account WHERE Name LIKE '{:like}%'", "100%_")
    same([row["Name"] for row in crm.query(like)["records"]], ["100%_sure"])


def saves_the_other_rows_beside_a_bad_one(crm: Any) -> None:
    rows = [{"attributes": {"type": "Contact"}, **fields} for fields in ({"LastName": "Good"}, {"FirstName": "Bad"})]
    for all_or_none, wanted in ((False, [True, False]), (True, [False, False])):
        body = {"allOrNone": all_or_none, "records": rows}
        done: Any = crm.restful("composite/sobjects", method="POST", json=body)
        same([row["success"] for row in done], wanted)
        same(done[1]["errors"][0]["statusCode"], "REQUIRED_FIELD_MISSING")
    same(done[0]["errors"][0]["statusCode"], "ALL_OR_NONE_OPERATION_ROLLED_BACK")


def describes_and_counts(crm: Any) -> None:
    names = {item["name"] for item in crm.describe()["sobjects"]}
    holds({"Account", "Contact", "Lead", "Opportunity", "Task", "User"} <= names, str(names))
    fields = {field["name"]: field for field in crm.Opportunity.describe()["fields"]}
    same((fields["StageName"]["type"], fields["CloseDate"]["nillable"]), ("picklist", False))
    same(crm.Contact.metadata()["objectDescribe"]["keyPrefix"], "003")
    same(crm.query("SELECT COUNT() FROM Opportunity")["totalSize"], 200)
    same((crm.is_sandbox(), len(crm.query("SELECT Id FROM User WHERE IsActive = true")["records"]) > 3), (True, True))


def lists_what_changed_since(crm: Any) -> None:
    kept, lost = (crm.Account.create({"Name": name})["id"] for name in ("Kept", "Lost"))
    crm.Account.delete(lost)
    now = datetime.fromtimestamp(control("POST", "clock", {"advance_seconds": 120})["now_ms"] / 1000, UTC)
    holds(kept in crm.Account.updated(now - timedelta(hours=1), now)["ids"], "the new account is not listed")
    deleted = crm.Account.deleted(now - timedelta(hours=1), now)["deletedRecords"]
    holds(lost in [row["id"] for row in deleted], str(deleted))


def reads_only_what_is_newer(crm: Any) -> None:
    made = crm.Account.create({"Name": "Conditional"})["id"]
    past = {"If-Unmodified-Since": "Sun, 01 Mar 2020 00:00:00 GMT"}
    refused = refusal(Exception, crm.Account.update, made, {"Name": "Changed"}, headers=past)
    same(getattr(refused, "status", None), 412)
    same(crm.Account.get(made)["Name"], "Conditional")


def sees_refusals_by_their_code(crm: Any) -> None:
    same(code(refusal(SalesforceMalformedRequest, crm.query, "SELECT Nope FROM Account")), "INVALID_FIELD")
    same(code(refusal(SalesforceMalformedRequest, crm.query, "SELECT FROM Account")), "MALFORMED_QUERY")
    same(code(refusal(SalesforceResourceNotFound, crm.Nothing.describe)), "NOT_FOUND")
    twice = {"Name": "Twice", KEY: "simple-1"}
    refused: Any = refusal(SalesforceMalformedRequest, crm.Account.create, twice)
    same(code(refused), "DUPLICATE_VALUE")
    holds("duplicate value found" in refused.content[0]["message"], str(refused))


def sees_an_expired_session(crm: Any) -> None:
    other = sign_in.by_session(sign_in.by_client_credentials())
    control("POST", "faults", {"on": {"crm": "salesforce", "path": "/limits"}, "do": ["expire_token"]})
    same(code(refusal(SalesforceExpiredSession, other.limits)), "INVALID_SESSION_ID")


def renews_an_expired_session_by_itself(crm: Any) -> None:
    own = sign_in.by_client_credentials()
    before = own.session_id
    control("POST", "faults", {"on": {"crm": "salesforce", "path": "/query"}, "do": ["expire_token"]})
    same(own.query("SELECT Id FROM Organization")["totalSize"], 1)
    holds(own.session_id != before, "the session was not renewed")


def knows_its_usage_and_its_limit(crm: Any) -> None:
    limits = crm.limits()["DailyApiRequests"]
    usage = crm.api_usage["api-usage"]
    same((usage.total, limits["Max"] - limits["Remaining"] <= usage.used), (limits["Max"], True))
    control("POST", "settings", {"salesforce": {"daily_limit": 1}})
    refused = refusal(SalesforceRefusedRequest, crm.query, "SELECT Id FROM Account LIMIT 1")
    control("POST", "settings", {"salesforce": {"daily_limit": limits["Max"]}})
    same(code(refused), "REQUEST_LIMIT_EXCEEDED")


OPERATIONS = [
    *sign_in.OPERATIONS,
    makes_reads_changes_and_deletes_a_record,
    upserts_and_reads_by_external_id,
    pages_to_the_end_past_two_thousand,
    sees_the_deleted_in_query_all,
    searches_by_words,
    quotes_values_in_queries,
    saves_the_other_rows_beside_a_bad_one,
    describes_and_counts,
    lists_what_changed_since,
    reads_only_what_is_newer,
    sees_refusals_by_their_code,
    *loads.OPERATIONS,
    sees_an_expired_session,
    renews_an_expired_session_by_itself,
    knows_its_usage_and_its_limit,
]

if __name__ == "__main__":
    crm = Salesforce(session_id=sign_in.session_id(), instance_url=os.environ["SALESFORCE_URL"], version="66.0")
    perform(OPERATIONS, crm)

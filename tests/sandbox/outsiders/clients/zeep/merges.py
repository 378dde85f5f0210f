"""What only SOAP can do: merges of three, lead conversion, the recycle bin, the organization's duplicate rules."""

from typing import Any

from partner import Partner, detail
from tell import control, holds, refusal, same
from zeep import xsd
from zeep.exceptions import Fault

CLOSE = "2027-01-31"


def merged(crm: Partner, master: Any, *losers: str) -> Any:
    """The result of one merge."""
    [done] = crm.call("merge", request=[{"masterRecord": master, "recordToMergeIds": list(losers)}])
    return done


def merges_three_accounts_and_moves_their_children(crm: Partner) -> None:
    [master, *losers] = [crm.make("Account", Name=f"Zeep merge {letter}") for letter in "ABC"]
    contact = crm.make("Contact", LastName="Moves", AccountId=losers[0])
    deal = crm.make("Opportunity", Name="Moves", StageName="Prospecting", CloseDate=CLOSE, AccountId=losers[1])
    task = crm.make("Task", Subject="Moves", WhatId=losers[0])
    done = merged(crm, crm.record("Account", master, Phone="5"), *losers)
    same((done.success, done.id, sorted(done.mergedRecordIds)), (True, master, sorted(losers)))
    holds({contact, deal} <= set(done.updatedRelatedIds), str(done.updatedRelatedIds))
    children = (("Contact", contact, "AccountId"), ("Opportunity", deal, "AccountId"), ("Task", task, "WhatId"))
    for kind, key, field in children:
        same(crm.read(kind, key, field), [master])
    same(crm.read("Account", master, "Phone"), ["5"])
    text = f"SELECT Id, IsDeleted FROM Account WHERE MasterRecordId = '{master}'"
    same(sorted(row["Id"] or "" for row in crm.find(text, deleted=True)), sorted(losers))


def restores_a_loser_but_not_its_children(crm: Partner) -> None:
    master, loser = crm.make("Contact", LastName="Winner"), crm.make("Contact", LastName="Loser")
    task = crm.make("Task", Subject="Stays", WhoId=loser)
    holds(merged(crm, crm.record("Contact", master), loser).success, "not merged")
    holds(crm.call("undelete", ids=[loser])[0].success, "not restored")
    same(crm.read("Contact", loser, "LastName", "IsDeleted", "MasterRecordId"), ["Loser", "false", None])
    same(crm.read("Task", task, "WhoId"), [master])


def is_told_why_a_merge_failed(crm: Partner) -> None:
    master, loser = crm.make("Lead", LastName="A", Company="C"), crm.make("Lead", LastName="B", Company="C")
    crm.call("delete", ids=[loser])
    same(merged(crm, crm.record("Lead", master), loser).errors[0].statusCode, "ENTITY_IS_DELETED")
    holds(not merged(crm, crm.record("Lead", master), master).success, "merged with itself")
    contact = crm.make("Contact", LastName="Another type")
    holds(not merged(crm, crm.record("Lead", master), contact).success, "merged with another type")
    deal = {"Name": "D", "StageName": "Prospecting", "CloseDate": CLOSE}
    first, second = crm.make("Opportunity", **deal), crm.make("Opportunity", **deal)
    fault = refusal(Fault, merged, crm, crm.record("Opportunity", first), second)
    same(fault.code.rpartition(":")[2], "INVALID_TYPE_FOR_OPERATION")


def converts(crm: Partner, lead: str, **options: Any) -> Any:
    """The result of one lead conversion."""
    flags = dict.fromkeys(("doNotCreateOpportunity", "overwriteLeadSource", "sendNotificationEmail"), False)
    wish = {**flags, "leadId": lead, "convertedStatus": converted_status(crm), **options}
    [done] = crm.call("convertLead", leadConverts=[wish])
    return done


def converted_status(crm: Partner) -> str:
    """A lead status that means converted."""
    return crm.find("SELECT MasterLabel FROM LeadStatus WHERE IsConverted = true")[0]["MasterLabel"] or ""


def converts_leads(crm: Partner) -> None:
    lead = crm.make("Lead", FirstName="Ripe", LastName="Fruit", Company="Orchard")
    done = converts(crm, lead, opportunityName="Apples")
    same((done.success, done.leadId, done.errors), (True, lead, []))
    names = ("IsConverted", "ConvertedAccountId", "ConvertedContactId", "ConvertedOpportunityId")
    same(crm.read("Lead", lead, *names), ["true", done.accountId, done.contactId, done.opportunityId])
    same(crm.read("Contact", done.contactId, "LastName", "AccountId"), ["Fruit", done.accountId])
    same(crm.read("Opportunity", done.opportunityId, "Name", "AccountId"), ["Apples", done.accountId])
    [refused] = crm.call("update", sObjects=[crm.record("Lead", lead, Title="x")])
    same(refused.errors[0].statusCode, "CANNOT_UPDATE_CONVERTED_LEAD")


def converts_leads_into_an_account_that_is_there(crm: Partner) -> None:
    account = crm.make("Account", Name="Already there")
    lead = crm.make("Lead", LastName="Joins", Company="Already there")
    done = converts(crm, lead, accountId=account, doNotCreateOpportunity=True)
    same((done.success, done.accountId, done.opportunityId), (True, account, None))
    same(crm.read("Contact", done.contactId, "AccountId"), [account])
    again = converts(crm, lead)
    same((again.success, bool(again.errors)), (False, True))


def empties_the_recycle_bin(crm: Partner) -> None:
    account = crm.make("Account", Name="Gone for good")
    crm.call("delete", ids=[account])
    holds(crm.call("emptyRecycleBin", ids=[account])[0].success, "not emptied")
    holds(not crm.call("undelete", ids=[account])[0].success, "came back")


RULE = {
    "name": "Same_Email",
    "object": "Contact",
    "match": [{"rule": "Email_Rule", "fields": ["Email"]}],
    "on_insert": "alert",
    "message": "You're creating a duplicate record.",
}


def meets_the_organizations_duplicate_rule(crm: Partner) -> None:
    known = crm.make("Contact", LastName="First", Email="same@example.com")
    control("POST", "settings", {"salesforce": {"duplicate_rules": [RULE]}})
    twin = crm.record("Contact", LastName="Second", Email="same@example.com")
    [refused] = crm.call("create", sObjects=[twin])
    [found] = crm.call("findDuplicates", sObjects=[twin])
    allow = {"allowSave": True, "includeRecordDetails": True, "runAsCurrentUser": True}
    [saved] = crm.call("create", {"DuplicateRuleHeader": allow}, sObjects=[twin])
    control("POST", "settings", {"salesforce": {"duplicate_rules": []}})
    same((refused.success, refused.errors[0].statusCode, saved.success), (False, "DUPLICATES_DETECTED", True))
    [match] = refused.errors[0].duplicateResult.matchResults
    same([record.record.Id for record in match.matchRecords], [known])
    [match] = found.duplicateResults[0].matchResults
    same([record.record.Id for record in match.matchRecords], [known])


def meets_a_locked_row(crm: Partner) -> None:
    account = crm.make("Account", Name="Held")
    control("POST", "settings", {"salesforce": {"locked_rows": {account: 1}}})
    rows = [crm.record("Contact", LastName="Child", AccountId=account), crm.record("Contact", LastName="Free")]
    codes = [row.errors[0].statusCode if row.errors else None for row in crm.call("create", sObjects=rows)]
    same(codes, ["UNABLE_TO_LOCK_ROW", None])
    holds(crm.call("create", sObjects=rows[:1])[0].success, "still held")


def is_refused_two_hundred_and_one_rows(crm: Partner) -> None:
    rows = [crm.record("Task", Subject="x") for _ in range(201)]
    fault = refusal(Fault, crm.call, "create", sObjects=rows)
    same((fault.code.rpartition(":")[2], detail(fault)), ("EXCEEDED_ID_LIMIT", "UnexpectedErrorFault"))


def clears_a_field_with_nil(crm: Partner) -> None:
    account = crm.make("Account", Name="Nil", Phone="1")
    nothing = crm.record("Account", account, null=("Phone",))
    holds(crm.call("update", sObjects=[nothing])[0].success, "not changed")
    same(crm.read("Account", account, "Phone"), [None])
    holds(nothing.Id != xsd.SkipValue, "no id was sent")


OPERATIONS = [
    merges_three_accounts_and_moves_their_children,
    restores_a_loser_but_not_its_children,
    is_told_why_a_merge_failed,
    clears_a_field_with_nil,
    is_refused_two_hundred_and_one_rows,
    converts_leads,
    converts_leads_into_an_account_that_is_there,
    empties_the_recycle_bin,
    meets_the_organizations_duplicate_rule,
    meets_a_locked_row,
]

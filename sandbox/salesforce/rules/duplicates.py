"""Duplicate rules: what happens when a record that is saved looks like one that is there."""

from collections.abc import Mapping
from typing import Any

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.rows import value_of
from sandbox.salesforce.rules.matching import Term, matches
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.switches import switch
from sandbox.store import Row

Rule = Mapping[str, Any]
Found = dict[str, Any]
ALERT = "Use one of these records?"
DETAILS = ("Name", "Email", "Phone", "Website", "Title", "Company", "BillingCity", "OwnerId")


class DuplicatesDetected(ApiError):
    """The refusal of a duplicate; `result` is the vendor's DuplicateResult."""

    def __init__(self, result: Found):
        super().__init__("DUPLICATES_DETECTED", result["errorMessage"], ())
        self.result = result

    def in_rest(self) -> list[dict[str, Any]]:
        """The REST body; its key is really spelled without an l (two recorded bodies, versions 54 and 56)."""
        return [{"duplicateResut": self.result, "errorCode": self.code, "message": self.message}]


def rules_of(call: Call, sobject: SObject) -> list[Rule]:
    """The active duplicate rules of a type.

    The switch `duplicate_rules` lists `{name, object, match: [{rule, fields, object?, engine?}], on_insert?,
    on_update?, message?, active?}`; an action is `block`, `alert` (refused unless the caller allows the save) or
    `allow` (reported at most). As in the vendor's standard rules creates alert and updates are allowed by default.
    """
    rules: list[Rule] = switch(call.store, "duplicate_rules")
    return [rule for rule in rules if rule["object"] == sobject.name and rule.get("active", True)]


def check(call: Call, sobject: SObject, row: Row, before: Mapping[str, Any] | None) -> None:
    """Refuse a record that an active rule takes for a duplicate; updates count only where a matched field changed."""
    for rule in rules_of(call, sobject) if call.options.compare else ():
        action = rule.get("on_insert", "alert") if before is None else rule.get("on_update", "allow")
        if action == "allow" or (before is not None and not _touched(rule, row.fields, before)):
            continue
        result = result_of(call, rule, row.fields, row.id)
        allowed = action == "alert"
        if result["matchResults"] and not (allowed and call.options.allow_save):
            raise DuplicatesDetected({**result, "allowSave": allowed})


def _touched(rule: Rule, after: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    names = {Term.of(spec).field for match in rule["match"] for spec in match["fields"]}
    parts = {"FirstName", "LastName"} if "Name" in names else set()
    return any(after.get(name) != before.get(name) for name in names | parts)


def result_of(call: Call, rule: Rule, values: Mapping[str, Any], own: str | None) -> Found:
    """The DuplicateResult of a rule for some values; `own` is the record that they belong to."""
    results = [_match(call, rule, match, values, own) for match in rule["match"]]
    return {
        "allowSave": rule.get("on_insert", "alert") != "block",
        "duplicateRule": rule["name"],
        "duplicateRuleEntityType": rule["object"],
        "errorMessage": rule.get("message", ALERT),
        "matchResults": [result for result in results if result["size"]],
    }


def _match(call: Call, rule: Rule, match: Rule, values: Mapping[str, Any], own: str | None) -> Found:
    sobject = call.whole.sobjects[match.get("object", rule["object"]).lower()]
    terms = [Term.of(spec) for spec in match["fields"]]
    found = matches(call.store, sobject, terms, values)
    # Records that are saved together are not compared with each other.
    records = [_record(call, sobject, *each) for each in found if each[0].id not in {own, *call.trace.made}]
    exact = all(term.exact for term in terms)
    return {
        "entityType": sobject.name,
        "errors": [],
        "matchEngine": match.get("engine", "ExactMatchEngine" if exact else "FuzzyMatchEngine"),
        "matchRecords": records,
        "rule": match["rule"],
        "size": len(records),
        "success": True,
    }


def _record(call: Call, sobject: SObject, row: Row, confidence: float) -> Found:
    shown = call.schema.get(sobject.name) or sobject
    record: Found = {"attributes": {"type": sobject.name, "url": f"{call.base}/sobjects/{sobject.name}/{row.id}"}}
    record["Id"] = row.id
    if call.options.record_details:
        fields = [field for name in DETAILS if (field := shown.field(name))]
        record.update({field.name: value_of(row, field) for field in fields})
    return {"additionalInformation": [], "fieldDiffs": [], "matchConfidence": confidence, "record": record}

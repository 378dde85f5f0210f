"""Assignment rules: whom a new record belongs to when the caller lets the organization decide."""

from typing import Any

from sandbox.salesforce.schema import SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.switches import switch


def owner_of(call: Call, sobject: SObject) -> dict[str, Any]:
    """The owner that the active rule sets, even over the one that was given; nothing where there is no rule.

    The switch `assignment_rules` holds by type name `{id, owner}`. REST applies the rule unless told otherwise, SOAP
    only where AssignmentRuleHeader asks for it.
    """
    rule = switch(call.store, "assignment_rules").get(sobject.name)
    return {"OwnerId": rule["owner"]} if rule and call.options.assign else {}

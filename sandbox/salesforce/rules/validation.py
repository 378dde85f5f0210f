"""Validation rules: conditions under which a record is not saved, each with a message of its own."""

from collections.abc import Mapping
from typing import Any

from sandbox.salesforce.errors import ApiError, refused_for
from sandbox.salesforce.rules.conditions import Values, holds
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.session import Call
from sandbox.salesforce.switches import switch
from sandbox.salesforce.times import moment


def check(call: Call, sobject: SObject, after: Values, before: Values | None) -> None:
    """Refuse a record for which a rule's error condition holds; every such rule is named.

    The switch `validation_rules` lists `{object, when, message, field?, active?, code?}`; `$Today` is a field of every
    record, and a `code` of its own is what a trigger or a flow answers.
    A rule without a field shows its error at the top of the page: `fields` is empty (recorded).
    """
    rules = [rule for rule in switch(call.store, "validation_rules") if rule["object"] == sobject.name]
    if not rules or not call.options.validate:
        return
    seen = {**after, "$Today": moment(call.now).date().isoformat()}
    broken = [rule for rule in rules if rule.get("active", True) and holds(rule["when"], seen, before)]
    if broken:
        raise refused_for([_error(rule) for rule in broken])


def _error(rule: Mapping[str, Any]) -> ApiError:
    fields = (rule["field"],) if rule.get("field") else ()
    return ApiError(rule.get("code", "FIELD_CUSTOM_VALIDATION_EXCEPTION"), rule["message"], fields)

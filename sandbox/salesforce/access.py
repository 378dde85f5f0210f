"""What a user's profile lets through: objects, fields hidden or read-only, as the API shows them to that user."""

import json
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sandbox.salesforce.schema import Field, Schema, SObject, schema_of
from sandbox.salesforce.switches import switch
from sandbox.store import Store

EVERYTHING = "crud"
NEEDS = {
    "createable": "c",
    "updateable": "u",
    "deletable": "d",
    "undeletable": "d",
    "mergeable": "ud",
    "queryable": "r",
    "retrieveable": "r",
}


def visible(store: Store, profile: str) -> Schema:
    """The schema as the users of a profile see it.

    The switch `profiles` holds by name `{objects: {type: letters of "crud"}, hidden: {type: fields}, read_only: {type:
    fields}}`; what it does not name is allowed. A type without the letter r is not there at all.
    """
    whole, facts = schema_of(store), switch(store, "profiles").get(profile)
    return _restricted(whole, json.dumps(facts, sort_keys=True)) if facts else whole


@lru_cache(maxsize=16)
def _restricted(whole: Schema, text: str) -> Schema:
    facts: dict[str, Any] = json.loads(text)
    letters = facts.get("objects", {})
    seen = [each for each in whole.sobjects.values() if "r" in letters.get(each.name, EVERYTHING)]
    return Schema(_limited(each, letters.get(each.name, EVERYTHING), facts) for each in seen)


def _limited(sobject: SObject, letters: str, facts: dict[str, Any]) -> SObject:
    hidden = set(facts.get("hidden", {}).get(sobject.name, ()))
    fixed = set(facts.get("read_only", {}).get(sobject.name, ()))
    gone = {name for name, able in facts.get("objects", {}).items() if "r" not in able}
    fields = {
        key: _without(_fixed(field) if field.name in fixed else field, gone)
        for key, field in sobject.fields.items()
        if field.name not in hidden
    }
    able = {name for name in sobject.abilities if set(NEEDS.get(name, "")) <= set(letters)}
    return replace(sobject, abilities=frozenset(able), fields=fields)


def _fixed(field: Field) -> Field:
    return replace(field, flags=field.flags.replace("c", "").replace("u", ""))


def _without(field: Field, gone: set[str]) -> Field:
    """A reference to nothing but types that are not there still holds its id, and leads nowhere."""
    if not field.refers_to or not gone.issuperset(field.refers_to):
        return field
    return replace(field, relationship=None, child_name=None)

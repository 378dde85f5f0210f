"""Describes have the shape and say the facts of those of live organizations."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.recorded.shape import Tolerance, compare
from tests.sandbox.salesforce_org import Org

DESCRIBES = Path(os.environ.get("REVOPS_REFERENCE", "../shared")) / "specs" / "salesforce" / "describe"

pytestmark = [
    pytest.mark.reference,
    pytest.mark.skipif(not DESCRIBES.exists(), reason="no reference data"),
]
MODELS = ["Account", "Contact", "Lead", "Opportunity", "OpportunityContactRole"]
MORE_MODELS = ["Account.v53-swiftly", "Event.v5x-cumulusci"]
FACTS = ("type", "label", "length", "nillable", "createable", "updateable", "defaultedOnCreate", "restrictedPicklist")
MORE = ("relationshipName", "referenceTo", "precision", "scale", "soapType", "nameField", "aggregatable", "sortable")
# There are no queues here that could own a lead.
APART = {("Lead", "OwnerId")}
LISTS = ("fields", "childRelationships", "recordTypeInfos", "supportedScopes")
# What versions 44 and 48, which the oldest files are of, do not answer yet.
LATER = frozenset({"associateEntityType", "associateParentEntity", "sobjectDescribeOption"})
NULLABLE = "calculatedFormula compoundFieldName controllerName defaultValue defaultValueFormula extraTypeInfo"
NULLABLE += " inlineHelpText mask maskType relationshipName relationshipOrder validFor referenceTargetField"
# Facts of the interface that some versions and types have and others do not; free lists depend on the organization.
SHAPE = Tolerance(
    optional=frozenset({"urls/defaultValues", "urls/eventSeriesUpdates", "urls/approvalLayouts", "urls/listviews"}),
    later=LATER,
    nullable=frozenset(NULLABLE.split()),
    free=frozenset({"actionOverrides", "picklistValues", "referenceTo", "junctionIdListNames", "junctionReferenceTo"}),
    loose=frozenset({"label", "name", "labelPlural"}),
)


def live_one(name: str) -> dict[str, Any]:
    """The describe of a live organization."""
    found: dict[str, Any] = json.loads((DESCRIBES / f"{name}.json").read_text())
    return found


def describe(name: str) -> dict[str, Any]:
    """The sandbox's describe."""
    found: dict[str, Any] = Org().call("GET", f"/sobjects/{name}/describe").json()
    return found


def fields_of(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in body["fields"]}


@pytest.mark.parametrize("name", MODELS)
def test_fields_are_described_as_in_a_live_organization(name: str) -> None:
    live, ours = fields_of(live_one(f"{name}.v5x-cumulusci")), fields_of(describe(name))
    for field in set(live) & set(ours) - {field for kind, field in APART if kind == name}:
        facts = {fact: (ours[field][fact], live[field][fact]) for fact in (*FACTS, *MORE)}
        assert {fact: pair for fact, pair in facts.items() if pair[0] != pair[1]} == {}, field


@pytest.mark.parametrize("name", MODELS)
def test_a_describe_has_the_flags_of_a_live_one(name: str) -> None:
    live, ours = live_one(f"{name}.v5x-cumulusci"), describe(name)
    flags = {key: ours[key] for key, value in live.items() if isinstance(value, bool)}
    assert flags == {key: live[key] for key in flags}


@pytest.mark.parametrize("file", [*(f"{name}.v5x-cumulusci" for name in MODELS), *MORE_MODELS])
def test_a_describe_has_the_keys_and_types_of_a_live_one(file: str) -> None:
    live = live_one(file)
    ours = describe(live["name"])
    first = {key: value for key, value in live.items() if key not in LISTS}
    assert compare(first, {key: value for key, value in ours.items() if key not in LISTS}, SHAPE) == []
    for key in LISTS:
        assert bool(live[key]) == bool(ours[key]) or key == "childRelationships", key
        assert [problem for one, other in pairs(live, ours, key) for problem in compare(one, other, SHAPE)] == [], key


def pairs(live: dict[str, Any], ours: dict[str, Any], key: str) -> list[tuple[Any, Any]]:
    """The members of a list of describe: fields of one name, of other lists each with what all of them have."""
    if key == "fields":
        known = fields_of(live)
        return [(known[name], field) for name, field in fields_of(ours).items() if name in known]
    return [(pattern(live[key]), item) for item in ours[key]]


def pattern(items: list[dict[str, Any]]) -> dict[str, Any]:
    """One member of a list with a value for every key that has one anywhere."""
    whole: dict[str, Any] = {}
    for item in items:
        whole.update({key: value for key, value in item.items() if value is not None or key not in whole})
    return whole


def test_the_global_describe_has_the_keys_of_a_live_one() -> None:
    live, ours = live_one("_global.v5x-cumulusci"), Org().call("GET", "/sobjects").json()
    assert set(ours) == set(live)
    keys = set(next(item for item in live["sobjects"] if item["name"] == "Account"))
    assert all(set(item) == keys for item in ours["sobjects"])

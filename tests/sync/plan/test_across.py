"""Groups of two CRMs about the same things wait for each other, and for nothing else."""

from connectors.changes import Change, Merge, Set
from connectors.records import Ref
from connectors.values import frozen
from sync.plan.across import ordered
from sync.plan.model import Expectation, Group
from tests.sync.desk import group

HERE = [Ref("hubspot:1", "company", key) for key in "abc"]
THERE = [Ref("salesforce:1", "company", key) for key in "123"]
TWINS = {**dict(zip(HERE, THERE, strict=True)), **dict(zip(THERE, HERE, strict=True))}


def merging(refs: list[Ref]) -> Group:
    return group(f"merge-{refs[0].crm}", Merge(refs[0], (refs[1],)), expects=[Expectation(ref) for ref in refs[:2]])


def setting(ref: Ref) -> Group:
    change: Change = Set(ref, frozen({"phone": "1"}))
    return group(f"set-{ref.crm}-{ref.id}", change, expects=[Expectation(ref)])


def test_salesforce_merges_first_then_hubspot_then_what_is_written_to_their_twins() -> None:
    groups = [merging(HERE), merging(THERE), setting(HERE[0]), setting(THERE[1]), setting(HERE[2])]
    after = {item.id: item.after for item in ordered(groups, TWINS.get)}
    assert after["g-merge-hubspot"] == ("g-merge-salesforce",) and after["g-merge-salesforce"] == ()
    assert after["g-set-hubspot-a"] == ("g-merge-salesforce",) and after["g-set-salesforce-2"] == ("g-merge-hubspot",)
    assert after["g-set-hubspot-c"] == ()


def test_without_a_merge_nothing_waits_and_no_twin_is_asked_for() -> None:
    def never(ref: Ref) -> Ref | None:
        raise AssertionError(ref)

    assert [item.after for item in ordered([setting(HERE[0]), setting(THERE[0])], never)] == [(), ()]

"""Failure modes of planning: values that may not be written, and consent that could not be kept."""

import pytest

from connectors.changes import Merge, Set, Settle, verb
from connectors.records import FieldSpec, ObjectSpec
from sync.plan.strategy import Strategy
from tests.sync.plan.test_build import FIELDS, WIDE, A, B, Shelf, built, company, merging, steps


class Fixed(Shelf):
    """A shelf on which consent is the CRM's own to write."""

    def spec(self, workspace: str, kind: str) -> ObjectSpec | None:
        fields = tuple(FieldSpec(name, name, "string", writable=name != "opted_out") for name in FIELDS)
        return ObjectSpec("company", "company", fields, True)


@pytest.mark.parametrize("strategy", [Strategy.NATIVE, Strategy.SOFT])
def test_a_value_that_may_not_be_written_is_in_no_step(strategy: Strategy) -> None:
    (group,), left = built(Shelf(A, B), merging("a", "b", made="y", city="Bonn"), strategy=strategy)
    written = [name for change in steps(group) if isinstance(change, Set | Settle) for name in change.after]
    assert "city" in written and "made" not in written and left == ()


def test_a_merge_that_names_values_names_none_that_may_not_be_written() -> None:
    (group,), _ = built(Shelf(A, B), merging("a", "b", made="y", city="Bonn"), limits=WIDE)
    assert [dict(change.carry) for change in steps(group) if isinstance(change, Merge)] == [{"city": "Bonn"}]


@pytest.mark.parametrize("strategy", [Strategy.NATIVE, Strategy.SOFT])
def test_consent_that_cannot_be_written_is_left_to_a_person(strategy: Strategy) -> None:
    shelf = Fixed(company("a", opted_out=False), company("b", opted_out=True))
    groups, (left,) = built(shelf, merging("a", "b", opted_out=True), strategy=strategy)
    assert groups == () and "consent" in left.reason


def test_what_stands_on_the_record_already_needs_no_step() -> None:
    both = company("a", name="A", city="Bonn"), company("b", name="A", city="Bonn")
    (group,), _ = built(Shelf(*both), merging("a", "b"))
    assert [verb(change) for change in steps(group)] == ["merge"]

"""What nobody can tell is neither filled nor empty, and nobody is blamed for it."""

from collections.abc import Sequence
from typing import Any

import pytest

from connectors.records import Ref
from hygiene.check import Check, all_checks, run
from hygiene.criterion import Criterion
from hygiene.overlay import Overlay
from hygiene.sight import unknown, untied
from tests.book import NOON, Book, record
from tests.hygiene.pipelines import HUBSPOT


class Dim(Book):
    """A book in which nobody can tell what a record lacks, nor what `strangers` are tied to."""

    strangers: frozenset[Ref] = frozenset()

    def unknown(self, ref: Ref, field: str) -> bool:
        found = self.get(ref)
        return found is not None and field not in found.fields

    def untied(self, ref: Ref) -> bool:
        return ref in self.strangers


def dim(known: bool) -> Book:
    """A deal, a contact and a lead that say next to nothing; whether that is all there is to say."""
    rows = [
        record("deal", "d", stage="presentationscheduled", pipeline="default"),
        record("deal", "l", stage="closedlost", pipeline="default"),
        record("contact", "c", created_at=NOON.replace(year=2020), lifecycle_stage="customer"),
        record("company", "a", name="Acme", domain="acme.test", lifecycle_stage="customer"),
        record("lead", "x", email="ann@acme.test", company="Acme"),
    ]
    book = Book(rows, [HUBSPOT]) if known else Dim(rows, [HUBSPOT])
    if isinstance(book, Dim):
        book.strangers = frozenset(row.ref for row in rows)
    return book


BLAMING: list[tuple[str, dict[str, Any]]] = [
    ("required_field", {}),
    ("exit_criteria", {}),
    ("qualification", {}),
    ("required_profile", {"kind": "contact"}),
    ("required_profile", {"kind": "company"}),
    ("orphan_contact", {}),
    ("unlinked_lead", {}),
]


@pytest.mark.parametrize(("name", "options"), BLAMING)
def test_nobody_is_blamed_for_what_nobody_can_tell(name: str, options: dict[str, Any]) -> None:
    kinds = {"qualification": {"elements": {"pain": ("next_step",), "metrics": ("amount",)}}}
    check: Check = all_checks()[name](**options, **kinds.get(name, {}))
    blamed = {ref for finding in run([check], dim(known=True)) for ref in finding.refs}
    assert blamed and not [finding for finding in run([check], dim(known=False)) if finding.refs]


def test_a_contact_may_have_been_active_when_nobody_looked() -> None:
    check = all_checks()["inactive_contact"]()
    old = record("contact", "c", created_at=NOON.replace(year=2020))
    assert [len(list(run([check], form([old])))) for form in (Book, Dim)] == [1, 0]


def test_a_deal_may_have_had_activity_when_nobody_looked() -> None:
    check = all_checks()["stale_deal"](rule="no_activity")
    old = record("deal", "d", stage="contractsent", pipeline="default", created_at=NOON.replace(year=2020))
    assert [len(list(run([check], form([old], [HUBSPOT])))) for form in (Book, Dim)] == [1, 0]


TIED = Criterion(name="a buyer", tied="contact", where={"title": ("buyer",)})


@pytest.mark.parametrize(
    ("fields", "strange", "met"),
    [
        ({"title": "buyer"}, True, True),
        ({"title": "clerk"}, False, False),
        ({"title": "clerk"}, True, None),
        ({}, False, None),
        (None, False, False),
        (None, True, None),
    ],
)
def test_a_criterion_hangs_on_what_is_known_of_the_ties(fields: Any, strange: bool, met: bool | None) -> None:
    one = record("deal", "d")
    others = [] if fields is None else [record("contact", "c", **fields)]
    ties = [(one.ref, other.ref) for other in others]
    book = Tied([one, *others])
    book.pairs, book.strangers = ties, frozenset([one.ref] if strange else [])
    assert TIED.met(one, book) is met


class Tied(Dim):
    """A dim book with these ties."""

    pairs: Sequence[tuple[Ref, Ref]] = ()

    def linked(self, ref: Ref, kind: str) -> tuple[Ref, ...]:
        return tuple(to for one, to in self.pairs if one == ref and to.kind == kind)


def test_what_a_question_says_of_its_deal_is_known() -> None:
    row = record("deal", "d", stage="contractsent")
    moved = Overlay(Dim([row]), record("deal", "d", stage="contractsent", amount=None), NOON)
    assert unknown(Dim([row]), row.ref, "amount") and not unknown(moved, row.ref, "amount")
    assert unknown(moved, row.ref, "owner") and not untied(moved, row.ref)
    assert not unknown(Overlay(Book([row]), row, NOON), row.ref, "owner")

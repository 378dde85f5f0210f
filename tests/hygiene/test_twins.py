"""Records of two CRMs are matched by the ids that they hold, then by what they say."""

import pytest

from connectors.records import Record
from hygiene.match.score import Verdict
from hygiene.match.table import COMPANY, CONTACT, TABLES
from hygiene.match.twins import Shape, Twins, twins
from hygiene.view import Columns, columns_of
from tests.book import record

Row = dict[str, str]
ACME = {"name": "Acme Holdings Inc", "domain": "acme.test", "phone": "+1 212 555 0100", "city": "New York"}
GLOBEX = {"name": "Globex", "domain": "globex.test", "phone": "+1 415 555 0199", "city": "Oakland"}
ANN = {"first_name": "Ann", "last_name": "Lee", "email": "ann.lee@acme.test"}
LONG, SHORT = "001SB000000007bYAA", "001SB000000007b"


def side(kind: str, workspace: str, rows: dict[str, Row]) -> Columns:
    names = [name for fields in TABLES[kind].fields.values() for name in fields]
    found: list[Record] = [record(kind, key, workspace, **row) for key, row in rows.items()]
    return columns_of(kind, found, names)


def found(left: dict[str, Row], right: dict[str, Row]) -> list[Twins]:
    return twins(side("company", "hubspot:1", left), side("company", "salesforce:1", right), COMPANY)


def test_values_find_the_twin_and_leave_a_stranger_alone() -> None:
    (twin,) = found({"1": GLOBEX, "2": ACME}, {"a": ACME | {"name": "ACME Holdings"}})
    assert (twin.left, twin.right, twin.shape, twin.verdict) == ((1,), (0,), Shape.ONE, Verdict.AUTO)
    assert twin.told == () and not any("acme" in str(item).casefold() for item in twin.evidence)


@pytest.mark.parametrize(
    ("left", "right"),
    [({"twin": LONG}, {}), ({"twin": SHORT}, {}), ({}, {"twin": "2"}), ({"twin": LONG}, {"twin": "2"})],
)
def test_an_id_on_either_side_outranks_values(left: Row, right: Row) -> None:
    (twin,) = found({"2": ACME | left}, {LONG: GLOBEX | right})
    assert (twin.verdict, twin.probability, twin.told) == (Verdict.AUTO, 1.0, ((0, 0),))


def test_an_id_of_nobody_says_nothing() -> None:
    assert found({"1": GLOBEX | {"twin": "gone"}}, {"a": ACME}) == []


@pytest.mark.parametrize(
    ("left", "right", "shape"),
    [(1, 2, Shape.RIGHT), (2, 1, Shape.LEFT), (2, 2, Shape.BOTH)],
)
def test_duplicates_on_either_side_are_named(left: int, right: int, shape: Shape) -> None:
    (twin,) = found({f"l{at}": ACME for at in range(left)}, {f"r{at}": ACME for at in range(right)})
    assert twin.shape is shape and (len(twin.left), len(twin.right)) == (left, right)


def test_ids_that_tie_two_companies_into_one_are_for_a_person() -> None:
    (twin,) = found({"1": ACME | {"twin": "a"}, "2": GLOBEX | {"twin": "a"}}, {"a": ACME})
    assert twin.verdict is Verdict.REVIEW and twin.left == (0, 1) and "not one" in str(twin.evidence)


def test_what_contradicts_is_for_a_person() -> None:
    (twin,) = found({"1": ACME}, {"a": ACME | {"name": "Acme Leasing Inc"}, "b": {"name": "Initech"}})
    assert twin.verdict is Verdict.REVIEW and twin.shape is Shape.ONE


def test_a_contact_is_a_lead_of_the_other_crm() -> None:
    contacts, leads = side("contact", "hubspot:1", {"1": ANN}), side("lead", "salesforce:1", {"a": ANN | {"twin": ""}})
    (twin,) = twins(contacts, leads, CONTACT)
    assert twin.verdict is Verdict.AUTO


def test_an_empty_side_has_no_twins() -> None:
    assert found({}, {"a": ACME}) == found({"1": ACME}, {}) == []

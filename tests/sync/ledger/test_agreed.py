"""What twins agreed on is kept field by field, follows merges, and goes with the person it is about."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.records import Ref
from hygiene.view import Judgement
from sync.database import millis
from sync.ledger import agreed
from sync.ledger.agreed import Agreement, keep
from sync.ledger.erase import erase
from sync.ledger.store import Ledger
from sync.ledger.twins import follow
from tests.sync.desk import NOW
from tests.sync.stores import new_store


def here(key: str, kind: str = "company") -> Ref:
    return Ref("hubspot:1", kind, key)


def there(key: str, kind: str = "company") -> Ref:
    return Ref("salesforce:1", kind, key)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    engine = new_store("ledger", tmp_path)
    found = Ledger(engine, lambda: NOW)
    found.keep_twins([(here("a"), there("1")), (here("b"), there("2"))], "id in the record")
    yield found
    engine.dispose()


def agree(ledger: Ledger, key: str, other: str, value: str, day: int = 0) -> int:
    told = Agreement(here(key), there(other), "phone", value, f"{value}!")
    return keep(ledger.engine, [told], millis(NOW + timedelta(days=day)))


def test_an_agreement_is_kept_once_and_its_turns_are_remembered(ledger: Ledger) -> None:
    assert [agree(ledger, "a", "1", word, day) for day, word in enumerate("xxyx")] == [1, 0, 1, 1]
    one, other = ledger.paired("company", "company")
    held = one.agreed["phone"]
    assert (held.hubspot, held.salesforce, [value for _, value in held.turns]) == ("x", "x!", ["x", "y", "x"])
    assert held.at == NOW + timedelta(days=3) and other.agreed == {}


def test_values_come_back_as_they_were(ledger: Ledger) -> None:
    keep(ledger.engine, [Agreement(here("a"), there("1"), "amount", Decimal("1.50"), None)], 0)
    one = next(iter(ledger.paired("company", "company")))
    assert (one.agreed["amount"].hubspot, one.agreed["amount"].salesforce) == (Decimal("1.50"), None)


def test_more_twins_than_a_page_come_each_once(ledger: Ledger) -> None:
    ledger.keep_twins([(here(f"k{n}"), there(f"k{n}")) for n in range(agreed.PAGE + 5)], "test")
    found = list(ledger.pairs("company", "company"))
    assert len(found) == len({twin.hubspot for twin in found}) == agreed.PAGE + 7
    assert [twin.hubspot for twin in found] == sorted(twin.hubspot for twin in found)
    assert list(ledger.pairs("contact", "contact")) == []


def test_those_that_a_person_called_distinct_are_no_twins(ledger: Ledger) -> None:
    ledger.judge([(here("a"), there("1"))], Judgement.DISTINCT, "me")
    assert [twin.hubspot for twin in ledger.pairs("company", "company")] == [here("b")]


def test_a_merge_takes_its_twins_and_agreements_along(ledger: Ledger) -> None:
    agree(ledger, "a", "1", "x")
    ledger.alias(here("a"), here("c"), "")
    assert (follow(ledger), follow(ledger)) == (1, 0)
    found = {twin.hubspot: twin for twin in ledger.paired("company", "company")}
    assert found.keys() == {here("b"), here("c")} and found[here("c")].agreed["phone"].hubspot == "x"


def test_a_merge_never_overrides_what_the_survivor_agreed_on(ledger: Ledger) -> None:
    agree(ledger, "a", "1", "x")
    agree(ledger, "b", "2", "y")
    ledger.alias(here("a"), here("b"), "")
    ledger.alias(there("1"), there("2"), "")
    follow(ledger)
    (twin,) = ledger.paired("company", "company")
    assert (twin.hubspot, twin.salesforce, twin.agreed["phone"].hubspot) == (here("b"), there("2"), "y")


def test_a_forgotten_person_leaves_no_agreement_behind(ledger: Ledger) -> None:
    agree(ledger, "a", "1", "x")
    agree(ledger, "b", "2", "y")
    erase(ledger.engine, [here("a")])
    assert [twin.agreed.keys() for twin in ledger.paired("company", "company")] == [set(), {"phone"}]

"""Figures about companies, contacts and leads that hang on a check: hand-worked accounts of both CRMs."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from connectors.records import Link, Record, Ref
from connectors.values import Value, frozen
from hygiene.check import Check
from hygiene.checks.duplicate import Duplicate
from hygiene.checks.inactive_contact import InactiveContact
from hygiene.checks.required_profile import RequiredProfile
from hygiene.checks.unlinked_lead import UnlinkedLead
from metrics.complete_profiles import CompleteProfiles
from metrics.duplicate_rate import DuplicateRate
from metrics.figure import all_measures
from metrics.inactive_contacts import InactiveContacts
from metrics.matched_leads import MatchedLeads
from metrics.share import Share
from tests.book import NOON, Book
from tests.hygiene.pipelines import HUBSPOT, SALESFORCE

Make = Callable[..., Record]
OPEN_STAGE = {"hubspot:1": "contractsent", "salesforce:1": "Prospecting"}


def maker(account: str) -> Make:
    def made(kind: str, key: str, /, *ties: str, **fields: Value) -> Record:
        links = tuple(Link(Ref(account, *tie.split("/"))) for tie in ties)
        return Record(Ref(account, kind, key), frozen(fields), links)

    return made


def doubles(one: Make) -> Sequence[Record]:
    """Three of one company, of which one was marked already, and another one."""
    acme: dict[str, Value] = {"name": "Acme Robotics GmbH", "domain": "acmerobotics.test", "phone": "+49 30 901820"}
    acme |= {"website": "https://acmerobotics.test", "country": "Germany", "city": "Berlin"}
    other: dict[str, Value] = {"name": "Weaver Textiles", "domain": "weavertextiles.test"}
    return [
        *(one("company", key, **acme) for key in ("1", "2", "3")),
        one("company", "4", **acme, merged_into="1"),
        one("company", "5", **other),
    ]


def leads(one: Make) -> Sequence[Record]:
    """Tied, known by its address, of a company that nobody has, and converted."""
    return [
        one("company", "9", name="Acme Robotics GmbH", domain="acmerobotics.test"),
        one("lead", "tied", "company/9", email="a@weavertextiles.test"),
        one("lead", "known", email="ann.lee@acmerobotics.test", company="Acme Robotics"),
        one("lead", "new", email="bo@nobodyhere.test", company="Nobody Here"),
        one("lead", "done", email="cy@acmerobotics.test", converted=True),
    ]


def sleepers(one: Make) -> Sequence[Record]:
    """A year without activity to the day, a day less, a customer, one with an open deal, one who refused."""
    year, stage = NOON - timedelta(days=365), OPEN_STAGE[one("deal", "x").ref.workspace]
    return [
        one("contact", "year", last_activity_at=year),
        one("contact", "less", last_activity_at=year + timedelta(days=1)),
        one("contact", "customer", last_activity_at=year, lifecycle_stage="customer"),
        one("contact", "deal", "deal/d", last_activity_at=year),
        one("contact", "refused", last_activity_at=year, opted_out=True),
        one("contact", "gone", last_activity_at=year, merged_into="year"),
        one("deal", "d", stage=stage, pipeline="default" if stage == "contractsent" else ""),
    ]


def profiles(one: Make) -> Sequence[Record]:
    """What every company needs, and what a qualified one needs."""
    return [
        one("company", "whole", name="A", industry="Retail", lifecycle_stage="marketingqualifiedlead"),
        one("company", "early", name="B", lifecycle_stage="lead"),
        one("company", "blank", name="C", industry="n/a", lifecycle_stage="customer"),
        one("company", "unnamed", lifecycle_stage="lead"),
    ]


RULE = RequiredProfile(rules={"*": ("name",), "marketingqualifiedlead": ("industry",)})
BY_HAND: list[tuple[Share, Callable[[Make], Sequence[Record]], tuple[int, int], int]] = [
    (DuplicateRate(), doubles, (2, 4), 2),
    (MatchedLeads(), leads, (2, 2), 0),
    (MatchedLeads(match="tied"), leads, (1, 2), 1),
    (MatchedLeads(of="all"), leads, (2, 3), 1),
    (MatchedLeads(match="tied", of="all"), leads, (1, 3), 2),
    (InactiveContacts(), sleepers, (1, 5), 1),
    (CompleteProfiles(rule=RULE), profiles, (2, 4), 2),
]


@pytest.mark.parametrize("account", OPEN_STAGE)
@pytest.mark.parametrize(("share", "fill", "value", "behind"), BY_HAND, ids=lambda item: getattr(item, "label", None))
def test_a_share_is_what_a_hand_counts(
    account: str, share: Share, fill: Callable[[Make], Sequence[Record]], value: tuple[int, int], behind: int
) -> None:
    (figure,) = share.figures(Book(fill(maker(account)), (HUBSPOT, SALESFORCE)))
    assert ((figure.count, figure.of), len(figure.refs)) == (value, behind)


TEAM: list[tuple[Share, Check]] = [
    (DuplicateRate(kind="contact"), Duplicate(kind="contact", severity="error")),
    (InactiveContacts(), InactiveContact(months=3)),
    (MatchedLeads(), UnlinkedLead(field="Account__c")),
]


@pytest.mark.parametrize(("share", "check"), TEAM, ids=lambda item: getattr(item, "label", None))
def test_a_figure_goes_by_the_teams_own_check(share: Share, check: Check) -> None:
    other = Duplicate(kind="lead")
    assert share.ruled([check, other]).rule == check  # type: ignore[attr-defined]
    assert share.ruled([other]) == share


@pytest.mark.parametrize("name", all_measures())
def test_a_figure_says_how_it_is_made(name: str) -> None:
    measure = all_measures()[name]
    assert " / " in measure.FORMULA or measure.FORMULA.startswith("sum of")
    assert measure.__doc__ and measure.VERSION >= 1 and measure().label.split(":")[0] == name

"""The list of the quarterly audit: each item over a hand-worked account, and next steps that exist."""

import shlex
from collections.abc import Iterator
from datetime import timedelta

import click
import pytest

from connectors.records import Link, Record, Ref
from connectors.values import Value, frozen
from hygiene.view import View
from sync.cli import cli
from sync.jobs.checklist import SAMPLE, Item, quarterly
from sync.settings import load
from tests.book import NOON, Book
from tests.hygiene.pipelines import HUBSPOT

SETTINGS = load({})
LONG_AGO = NOON - timedelta(days=400)
HALF_A_YEAR = NOON - timedelta(days=200)


def contact(key: str, *ties: str, **fields: Value) -> Record:
    links = tuple(Link(Ref("hubspot:1", *tie.split("/"))) for tie in ties)
    email: dict[str, Value] = {"email": f"{key}@acme.example", "last_activity_at": NOON}
    return Record(Ref("hubspot:1", "contact", key), frozen(email | {"lifecycle_stage": "lead"} | fields), links)


def account() -> Book:
    """Eight contacts; of those without activity for a year one may go: the others are customers or have a deal."""
    made = [
        contact("ann"),
        contact("bo", last_activity_at=HALF_A_YEAR),
        contact("cy", last_activity_at=LONG_AGO),
        contact("di", last_activity_at=LONG_AGO, lifecycle_stage="customer"),
        contact("ed", "deal/d", last_activity_at=LONG_AGO, lifecycle_stage="opportunity"),
        contact("flo", hs_email_hard_bounce_reason_enum="UNKNOWN_USER", lifecycle_stage=None),
        contact("gus", email=None, lifecycle_stage="subscriber"),
        contact("hal", email="hal at acme", lifecycle_stage="subscriber"),
        Record(Ref("hubspot:1", "deal", "d"), frozen({"stage": "contractsent", "pipeline": "default"})),
        Record(Ref("hubspot:1", "company", "9"), frozen({"name": "Acme", "lifecycle_stage": "lead"})),
    ]
    seen = frozenset({"email", "last_activity_at", "lifecycle_stage", "hs_email_hard_bounce_reason_enum", "name"})
    known = {"contact": seen, "company": seen, "deal": frozenset({"stage", "pipeline"})}
    return Book(made, (HUBSPOT,), known=known)


def listed(view: View) -> dict[str, Item]:
    return {item.item: item for item in quarterly(SETTINGS, view)}


BY_HAND = {
    "review and merge duplicate contacts": ("0 % (0 of 8)", 0),
    "validate the addresses of stale contacts": ("57.1 % (4 of 7)", 4),
    "replace addresses that bounced": ("14.3 % (1 of 7)", 1),
    "archive contacts inactive for 12 months": ("12.5 % (1 of 8)", 1),
    "look at the lifecycle stages of contact records": ("40 % passed lead; 1 in no stage", 3),
    "verify enriched data on a sample": ("a person has to look", SAMPLE),
}


@pytest.mark.parametrize("item", BY_HAND)
def test_an_item_comes_to_what_a_hand_counts(item: str) -> None:
    found = listed(account())[item]
    assert (found.found, found.count, found.account) == (*BY_HAND[item], "hubspot:1")


def test_what_cannot_be_seen_is_no_zero() -> None:
    made = [contact("ann"), Record(Ref("hubspot:1", "company", "9"), frozen({}))]
    found = listed(Book(made, known={"contact": frozenset({"email"}), "company": frozenset({"name"})}))
    hidden = [item for item in found.values() if item.count is None]
    assert {item.item.split()[0] for item in hidden} == {"validate", "replace", "archive", "look"}
    assert all("not visible" in item.found and not item.act for item in hidden)


def test_nothing_to_do_has_no_next_step() -> None:
    for item in listed(account()).values():
        assert bool(item.act) == bool(item.count)


def test_the_sources_five_items_are_on_the_list() -> None:
    words = " ".join(listed(account()))
    asked = ("merge duplicate", "validate the addresses", "archive contacts", "lifecycle stages", "sample")
    assert all(part in words for part in asked)


def commands() -> Iterator[str]:
    """Every command of every next step."""
    seen = frozenset({"email", "last_activity_at", "lifecycle_stage", "hs_email_hard_bounce_reason_enum", "domain"})
    twice = [
        Record(Ref("hubspot:1", "company", key), frozen({"name": "Acme GmbH", "domain": "acme.example"}))
        for key in "ab"
    ]
    known = {"contact": seen, "company": seen | {"name"}, "deal": frozenset({"stage", "pipeline"})}
    people = [contact("cy", last_activity_at=LONG_AGO), contact("flo", hs_email_hard_bounce_reason_enum="UNKNOWN_USER")]
    for item in quarterly(SETTINGS, Book([*twice, *people], (HUBSPOT,), known=known)):
        yield from filter(None, item.act.split("; "))


@pytest.mark.parametrize("line", sorted(set(commands())))
def test_a_next_step_is_a_command_as_one_types_it(line: str) -> None:
    program, *words = shlex.split(line)
    group: click.Command = cli
    context = click.Context(cli)
    while isinstance(group, click.Group) and words and words[0] in group.list_commands(context):
        group = group.get_command(context, words.pop(0)) or group
    assert program == "revops-sync" and group is not cli
    assert group.make_context("x", words)

"""Who stands where: which entity has how many records in which CRM, made when, and who is whose relative or colleague.

Everything is an array of small numbers, so that a million records cost few dozen megabytes before one is written.
"""

import random
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sandbox.seed import traps
from sandbox.seed.entities import Kin

CRMS = ("hubspot", "salesforce")
DAY = 86_400_000
MINUTE = 60_000


class Sizes(NamedTuple):
    """How many records of each kind each CRM gets."""

    companies: int
    contacts: int
    leads: int
    deals: int


class Span(NamedTuple):
    """The period, in epoch milliseconds, in which records were made."""

    start: int
    end: int


class Roster:
    """The records of one kind in one CRM, in order of their making: `seq` runs from 1."""

    def __init__(self) -> None:
        self.entity = array("i")
        self.copy = array("b")
        self.created = array("q")
        self._by_slot = self.entity
        self._first = array("i")
        self._seq = array("i")

    def add(self, entity: int, created: Sequence[int]) -> None:
        """One record of the entity for each time."""
        for copy, at in enumerate(created):
            self.entity.append(entity)
            self.copy.append(copy)
            self.created.append(at)

    def close(self) -> None:
        """Put the records in order of time; only now can they be asked for."""
        order = sorted(range(len(self.entity)), key=self.created.__getitem__)
        seq_of = array("i", bytes(4 * len(order)))
        for seq, slot in enumerate(order, 1):
            seq_of[slot] = seq
        first = array("i", [-1]) * (max(self.entity, default=-1) + 1)
        for slot in range(len(order) - 1, -1, -1):
            first[self.entity[slot]] = slot
        self._by_slot, self._first, self._seq = self.entity, first, seq_of
        self.entity = array("i", (self.entity[slot] for slot in order))
        self.copy = array("b", (self.copy[slot] for slot in order))
        self.created = array("q", (self.created[slot] for slot in order))

    def __len__(self) -> int:
        return len(self.entity)

    def seqs(self, entity: int) -> list[int]:
        """The numbers of the entity's records, by copy; empty where it has none."""
        slot = self._first[entity] if 0 <= entity < len(self._first) else -1
        found = []
        while 0 <= slot < len(self._by_slot) and self._by_slot[slot] == entity:
            found.append(self._seq[slot])
            slot += 1
        return found


@dataclass
class Cast:
    """The whole population: kin and employment by entity number, and a roster for every CRM and kind."""

    rosters: dict[tuple[str, str], Roster] = field(default_factory=dict)
    company_kin: dict[int, Kin] = field(default_factory=dict)
    person_kin: dict[int, Kin] = field(default_factory=dict)
    employers: "array[int]" = field(default_factory=lambda: array("i"))
    places: "array[int]" = field(default_factory=lambda: array("i"))
    colleagues: "array[int]" = field(default_factory=lambda: array("i"))
    deal_people: "array[int]" = field(default_factory=lambda: array("i"))
    deal_companies: "array[int]" = field(default_factory=lambda: array("i"))

    def employer(self, person: int) -> tuple[int, int]:
        """The company's number (-1 for none) and the person's place among its people."""
        return self.employers[person], self.places[person]

    def roster(self, crm: str, kind: str) -> Roster:
        """The records of one kind in one CRM."""
        return self.rosters[crm, kind]


class Booking:
    """Fills the two rosters of one kind, entity by entity, until both have their size."""

    def __init__(self, size: int, span: Span, roll: random.Random, share: float) -> None:
        self.size, self.span, self.roll, self.share = size, span, roll, share
        self.rosters = {crm: Roster() for crm in CRMS}

    def open(self) -> list[str]:
        """The CRMs that have room."""
        return [crm for crm in CRMS if len(self.rosters[crm]) < self.size]

    def membership(self) -> list[str]:
        """Where the next entity stands: half in both CRMs, a quarter in each alone."""
        chance = self.roll.random()
        return list(CRMS) if chance < 0.5 else [CRMS[0]] if chance < 0.75 else [CRMS[1]]

    def book(self, entity: int, crms: Sequence[str]) -> None:
        """Give the entity its records: twins are made minutes or days apart, later copies at any time after."""
        born = self.roll.randint(self.span.start, self.span.end - DAY)
        for crm in crms:
            roster = self.rosters[crm]
            count = min(copies(self.roll, self.share), self.size - len(roster))
            later = self.roll.choice((2 * MINUTE, 90 * MINUTE, 3 * DAY))
            first = min(born + self.roll.randrange(later), self.span.end)
            times = [first, *(self.roll.randint(first, self.span.end) for _ in range(count - 1))]
            roster.add(entity, times[:count])

    def close(self, cast: Cast, kind: str) -> None:
        """Hand the finished rosters to the cast."""
        for crm, roster in self.rosters.items():
            roster.close()
            cast.rosters[crm, kind] = roster


def copies(roll: random.Random, share: float) -> int:
    """How many records one entity has in a CRM: `share` of the entities have more than one, mostly two, at most six."""
    chance = roll.random() / share
    if chance >= 1:
        return 1
    return 2 if chance < 0.78 else 3 if chance < 0.93 else 4 if chance < 0.97 else 5 if chance < 0.99 else 6


def companies(cast: Cast, booking: Booking) -> int:
    """Book the companies, a trap family every dozen or so, and say how many entities that took."""
    roll, number, turn, until = booking.roll, 0, 0, 3
    kinds = tuple(traps.COMPANIES)
    while booking.open():
        crms = booking.membership()
        if number >= until:
            trap = kinds[turn % len(kinds)]
            relatives = {"franchise": roll.randint(2, 3), "hosted_page": 2}.get(trap, 1)
            turn, until, crms = turn + 1, number + relatives + roll.randint(5, 14), list(CRMS)
            cast.company_kin |= {number + 1 + step: Kin(trap, number) for step in range(relatives)}
        else:
            relatives = 0
        for member in range(number, number + relatives + 1):
            booking.book(member, [crm for crm in crms if crm in booking.open()])
        number += relatives + 1
    booking.close(cast, "company")
    return number


class Hiring:
    """Books the people: who works where is drawn before where they stand, since a CRM rarely knows strangers to it."""

    def __init__(self, cast: Cast, booking: Booking, companies: int) -> None:
        self.cast, self.booking, self.companies = cast, booking, companies
        self.headcount = array("i", [0]) * companies
        self.latest = array("i", [-1]) * companies
        self.turn, self.until = 0, 2

    def fill(self) -> None:
        """Book people until both CRMs have their contacts."""
        while self.booking.open():
            if len(self.cast.employers) >= self.until:
                self._family()
            else:
                self._stand(self.hire(self.pick_company()), self.booking.membership())
        self.booking.close(self.cast, "contact")

    def hire(self, company: int) -> int:
        """A new person at the company (-1: at none): the person's number."""
        cast, person = self.cast, len(self.cast.employers)
        cast.employers.append(company)
        cast.places.append(self.headcount[company] if company >= 0 else 0)
        cast.colleagues.append(self.latest[company] if company >= 0 else -1)
        if company >= 0:
            self.headcount[company] += 1
            self.latest[company] = person
        return person

    def pick_company(self) -> int:
        # Low numbers are large employers; one person in twelve has none.
        roll = self.booking.roll
        return int(self.companies * roll.random() ** 1.6) if self.companies and roll.random() < 0.92 else -1

    def _family(self) -> None:
        roll, kinds = self.booking.roll, tuple(traps.PEOPLE)
        trap = kinds[self.turn % len(kinds)]
        company = -1 if trap in traps.AT_HOME else self.pick_company()
        base = self.hire(company)
        relatives = 2 if trap == "role_mailbox" else 1
        self.turn, self.until = self.turn + 1, base + relatives + roll.randint(6, 16)
        members = [base]
        for _ in range(relatives):
            own = company if trap in traps.COLLEAGUES | traps.AT_HOME else self.pick_company()
            members.append(self.hire(own))
            self.cast.person_kin[members[-1]] = Kin(trap, base)
        for member in members:
            self._stand(member, list(CRMS))

    def _stand(self, person: int, crms: Sequence[str]) -> None:
        company, booking = self.cast.employers[person], self.booking
        known = [crm for crm in crms if company < 0 or self.cast.roster(crm, "company").seqs(company)]
        strangers = [crm for crm in crms if crm not in known and booking.roll.random() < 0.15]
        booking.book(person, [crm for crm in known + strangers if crm in booking.open()])


def leads(cast: Cast, booking: Booking, hiring: Hiring) -> None:
    """Book the leads. HubSpot's hang on contacts, Salesforce's are mostly people who are no contacts yet."""
    people = len(cast.employers)
    order = array("i", range(people))
    booking.roll.shuffle(order)
    for person in order:
        if not booking.open():
            break
        is_contact = {crm: bool(cast.roster(crm, "contact").seqs(person)) for crm in CRMS}
        crms = [CRMS[0]] if is_contact["hubspot"] and booking.roll.random() < 0.8 else []
        if booking.roll.random() < (0.25 if is_contact["salesforce"] else 0.8):
            crms.append(CRMS[1])
        booking.book(person, [crm for crm in crms if crm in booking.open()])
    while booking.open():
        booking.book(hiring.hire(hiring.pick_company()), booking.open())
    booking.close(cast, "lead")


def deals(cast: Cast, booking: Booking, people: int, companies: int) -> None:
    """Book the deals: each about one company, mostly with a person there."""
    number = 0
    while booking.open():
        person = int(people * booking.roll.random()) if people and booking.roll.random() < 0.9 else -1
        company = cast.employers[person] if person >= 0 else -1
        if company < 0 and companies and booking.roll.random() < 0.85:
            person, company = -1, int(companies * booking.roll.random())
        cast.deal_people.append(person)
        cast.deal_companies.append(company)
        booking.book(number, [crm for crm in booking.membership() if crm in booking.open()])
        number += 1
    booking.close(cast, "deal")


def assemble(roll: random.Random, sizes: Sizes, now_ms: int) -> Cast:
    """The whole population for these sizes; records were made in the three years before now."""
    span = Span(now_ms - 1095 * DAY, now_ms - DAY)
    cast = Cast()
    firms = companies(cast, Booking(sizes.companies, span, roll, 0.13))
    hiring = Hiring(cast, Booking(sizes.contacts, span, roll, 0.14), firms)
    hiring.fill()
    people = len(cast.employers)
    recent = Span(now_ms - 120 * DAY, now_ms - DAY)
    leads(cast, Booking(sizes.leads, recent, roll, 0.12), hiring)
    year = Span(now_ms - 500 * DAY, now_ms - 12 * DAY)
    deals(cast, Booking(sizes.deals, year, roll, 0.05), people, firms)
    return cast

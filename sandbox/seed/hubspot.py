"""Writes the population into HubSpot: properties, property history and associations."""

import random
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Any

from sandbox.salesforce.ids import make_id
from sandbox.seed import story
from sandbox.seed.entities import dice
from sandbox.seed.properties import (
    FUNNEL,
    ORIGINS,
    PROBABILITIES,
    STAGES,
    company_fields,
    contact_fields,
    engagement,
    iso,
    last_work,
    lead_fields,
    object_id,
    owner_id,
)
from sandbox.seed.scene import Scene
from sandbox.store import Row

CRM = "hubspot"
# (type id from the first kind, type id back), as HubSpot numbers them.
TYPES = {
    ("contact", "company"): (279, 280), ("deal", "contact"): (3, 4), ("deal", "company"): (341, 342),
    ("call", "contact"): (194, 193), ("call", "company"): (182, 181), ("call", "deal"): (206, 205),
    ("meeting", "contact"): (200, 199), ("meeting", "company"): (188, 187), ("meeting", "deal"): (212, 211),
    ("email", "contact"): (198, 197), ("email", "company"): (186, 185), ("email", "deal"): (210, 209),
    ("note", "contact"): (202, 201), ("note", "company"): (190, 189), ("note", "deal"): (214, 213),
    ("company", "company"): (450, 450),
    ("task", "contact"): (204, 203), ("task", "company"): (192, 191), ("task", "deal"): (216, 215),
    ("lead", "contact"): (608, 609),
}  # fmt: skip
PRIMARY = {
    ("contact", "company"): (1, 2), ("deal", "company"): (5, 6), ("lead", "contact"): (578, 579), ("company",
    "company"): (14, 13),
}  # fmt: skip
"""Labelled types beside the unlabelled ones: the primary company or contact, and a company's parent."""
Ends = list[tuple[str, int]]


def owners(scene: Scene, people: Iterable[tuple[str, str]]) -> None:
    """The owners, those who have left archived."""
    start = scene.now - 1200 * story.DAY
    for number, (first, last) in enumerate(people):
        email = f"{first[0]}.{last}@revops-demo.example".lower()
        fields = {"email": email, "firstName": first, "lastName": last, "userId": 4_100_000 + number, "type": "PERSON"}
        gone = number in story.INACTIVE
        row = Row(CRM, "owner", owner_id(number), number + 1, start, start, start, gone, None, fields)
        scene.pen.add(row, f"owner-{number}")


class HubSpot:
    """Writes one kind after the other; deals and leads first, since contacts and companies show what came of them."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.activities: dict[str, int] = {}
        self.mailboxes = bytearray(max(64, len(scene.roster(CRM, "contact")) * 4))

    def write(self) -> None:
        """Everything but the owners."""
        self.deals()
        self.leads()
        self.contacts()
        self.companies()

    def deals(self) -> None:
        """Deals with history, contacts, company and the work done on them."""
        for seq, entity, copy, created in self._records("deal"):
            deal = self.scene.deal(CRM, entity, copy, created)
            ends = self._deal_ends(seq, entity, deal)
            work = [item for item in deal.activities if item.at <= self.scene.now]
            for item in work:
                self._activity(item, [("deal", seq), *ends])
            self._put("deal", seq, created, self._deal_fields(seq, deal, ends), deal.last_change)
            self._deal_past(seq, deal)
            note = f"pattern: {deal.pattern}" if not copy else f"copy {copy}: entered again"
            self.scene.pen.add(self.row, f"deal-{entity}", note)

    def leads(self) -> None:
        """Leads, each hanging on a contact where the person is one."""
        for seq, entity, copy, created in self._records("lead"):
            roll = dice(self.scene.seed, f"hl{copy}", entity)
            person, note = self.scene.person(CRM, "lead", entity, copy)
            contact = self.scene.record_of(CRM, "contact", entity, copy)
            ends: Ends = [("contact", contact)] if contact else []
            touched = created
            for item in story.first_touch(created, self.scene.now, roll):
                self._activity(item, ends)
                touched = max(touched, item.at)
            self._put("lead", seq, created, lead_fields(person, touched > created, roll), touched)
            if contact:
                self._link(("lead", seq), ("contact", contact), TYPES["lead", "contact"], primary=True)
            self.scene.pen.add(self.row, f"person-{entity}", note)

    def contacts(self) -> None:
        """Contacts, linked with their company's record where there is one."""
        for seq, entity, copy, created in self._records("contact"):
            person, note = self.scene.person(CRM, "contact", entity, copy)
            company = self.scene.record_of(CRM, "company", self.scene.cast.employers[entity], entity)
            roll = dice(self.scene.seed, f"hp{copy}", entity)
            fields = contact_fields(person, self._own_email(person.email), roll)
            twin = self.scene.twin(CRM, "contact", entity, copy)
            fields["salesforcecontactid"] = make_id("003", twin.seq) if twin and twin.told_here else None
            fields["associatedcompanyid"] = object_id(company) if company else None
            fields["hs_all_contact_vids"] = object_id(seq)
            self._standing("contact", seq, created, fields, roll)
            if company:
                self._link(("contact", seq), ("company", company), TYPES["contact", "company"], primary=True)
                self.scene.marks[CRM, "company"].people[company] += 1
            self.scene.pen.add(self.row, f"person-{entity}", note)

    def companies(self) -> None:
        """Companies, with the id of their Salesforce account where the link is known here."""
        for seq, entity, copy, created in self._records("company"):
            company, note = self.scene.company(CRM, entity, copy)
            roll = dice(self.scene.seed, f"hf{copy}", entity)
            fields = company_fields(company, roll)
            twin = self.scene.twin(CRM, "company", entity, copy)
            fields["salesforceaccountid"] = make_id("001", twin.seq) if twin and twin.told_here else None
            people = self.scene.marks[CRM, "company"].people[seq]
            fields["num_associated_contacts"] = str(people) if people else None
            self._standing("company", seq, created, fields, roll)
            parent = self.scene.parent(CRM, entity)
            if parent:
                self._link(("company", seq), ("company", parent), TYPES["company", "company"], primary=True)
            self.scene.pen.add(self.row, f"company-{entity}", note)

    def _records(self, kind: str) -> Iterator[tuple[int, int, int, int]]:
        roster = self.scene.roster(CRM, kind)
        for index in range(len(roster)):
            yield index + 1, roster.entity[index], roster.copy[index], roster.created[index]

    def _put(self, kind: str, seq: int, created: int, fields: dict[str, str | None], changed: int) -> None:
        """Prepare the row; properties without a value are left out."""
        roll = dice(self.scene.seed, f"h{kind[:3]}", seq)
        known = {name: value for name, value in fields.items() if value is not None}
        source = ORIGINS[int(roll.random() ** 1.5 * len(ORIGINS))]
        known |= {"hs_object_source": source, "hs_object_source_label": source}
        modified = min(max(created + roll.randrange(3 * story.DAY), changed), self.scene.now)
        self.row = Row(CRM, kind, object_id(seq), seq, created, modified, modified, False, None, known)

    def _standing(self, kind: str, seq: int, created: int, fields: dict[str, str | None], roll: random.Random) -> None:
        """The funnel stage and the last work, which follow from deals and activities, and the history of the stage."""
        marks = self.scene.marks[CRM, kind]
        rank = marks.rank[seq] or int(roll.random() ** 2 * 4)
        touched = marks.touched[seq]
        fields["lifecyclestage"] = FUNNEL[rank] if rank >= 4 or roll.random() > 0.05 else None
        fields["hs_pipeline"] = f"{'contacts' if kind == 'contact' else 'companies'}-lifecycle-pipeline"
        fields["num_associated_deals"] = str(marks.deals[seq]) if marks.deals[seq] else None
        fields |= last_work(touched, marks.count[seq])
        self._put(kind, seq, created, fields, touched)
        if fields["lifecyclestage"] is None:
            return
        first = min(rank, 1)
        step = (self.row.modified - created) // (rank - first + 1)
        for number, stage in enumerate(FUNNEL[first : rank + 1]):
            self._past(kind, seq, ("lifecyclestage", created + number * step, stage), rank)

    def _past(self, kind: str, seq: int, change: tuple[str, int, str | None], salt: int) -> None:
        name, at, value = change
        user = 4_100_000 + (seq * 31 + salt) % story.OWNERS
        by_hand = (seq + salt) % 3
        source: dict[str, Any] = {"sourceType": "CRM_UI", "sourceId": f"userId:{user}", "updatedByUserId": user}
        if by_hand == 0:
            source = {"sourceType": "AUTOMATION_PLATFORM", "sourceId": "enrollmentId:1"}
        self.scene.pen.past.append((CRM, kind, object_id(seq), name, at, value, source))

    def _deal_ends(self, seq: int, entity: int, deal: story.Deal) -> Ends:
        """Link the deal with its people and company; what it is linked with."""
        scene, rank = self.scene, 5 if deal.stages[-1][1] == story.WON else 4
        ends: Ends = []
        for person in scene.team(entity):
            contact = scene.record_of(CRM, "contact", person, entity)
            if contact:
                ends.append(("contact", contact))
                self._link(("deal", seq), ends[-1], TYPES["deal", "contact"])
        company = scene.record_of(CRM, "company", scene.cast.deal_companies[entity], entity)
        if company:
            ends.append(("company", company))
            self._link(("deal", seq), ends[-1], TYPES["deal", "company"], primary=True)
        for kind, number in ends:
            scene.marks[CRM, kind].deal(number, rank)
        return ends

    def _deal_fields(self, seq: int, deal: story.Deal, ends: Ends) -> dict[str, str | None]:
        entity, copy = self.scene.roster(CRM, "deal").entity[seq - 1], self.scene.roster(CRM, "deal").copy[seq - 1]
        stage, amount = deal.stages[-1][1], deal.amounts[-1][1]
        money = str(amount) if amount is not None else None
        marks, twin = self.scene.marks[CRM, "deal"], self.scene.twin(CRM, "deal", entity, copy)
        contacts = sum(kind == "contact" for kind, _ in ends)
        return {
            "dealname": deal.name, "pipeline": "default", "dealstage": STAGES[stage], "amount": money,
            "amount_in_home_currency": money, "deal_currency_code": deal.currency,
            "closedate": f"{deal.closes[-1][1]}T00:00:00Z",
            "dealtype": "newbusiness" if deal.new_business else "existingbusiness", "hs_next_step": deal.next_step,
            "closed_lost_reason": deal.lost_reason, "hubspot_owner_id": owner_id(deal.owner),
            "hs_deal_stage_probability": PROBABILITIES[stage], "hs_is_closed": str(stage >= story.WON).lower(),
            "hs_is_closed_won": str(stage == story.WON).lower(),
            "num_associated_contacts": str(contacts) if contacts else None,
            "hs_salesforceopportunityid": make_id("006", twin.seq) if twin and twin.told_here else None,
            **last_work(marks.touched[seq], marks.count[seq]),
        }  # fmt: skip

    def _deal_past(self, seq: int, deal: story.Deal) -> None:
        for at, stage in deal.stages:
            self._past("deal", seq, ("dealstage", at, STAGES[stage]), stage)
        for at, day in deal.closes:
            self._past("deal", seq, ("closedate", at, f"{day}T00:00:00Z"), 1)
        for at, amount in deal.amounts:
            if amount is not None:
                self._past("deal", seq, ("amount", at, str(amount)), 2)

    def _link(
        self, one: tuple[str, int], other: tuple[str, int], types: tuple[int, int], primary: bool = False
    ) -> None:
        ends = ((one[0], object_id(one[1])), (other[0], object_id(other[1])))
        self.scene.pen.link(CRM, *ends, types)
        if primary:
            self.scene.pen.link(CRM, *ends, PRIMARY[one[0], other[0]])

    def _activity(self, item: story.Activity, ends: Ends) -> None:
        """One engagement, linked with everything it is about."""
        seq = self.activities[item.kind] = self.activities.get(item.kind, 0) + 1
        fields = {"hs_timestamp": iso(item.at), "hubspot_owner_id": owner_id(item.owner), **engagement(item)}
        row = Row(CRM, item.kind, object_id(seq), seq, item.at, item.at, item.at, False, None, fields)
        self.scene.pen.add(row, f"activity-{CRM}-{item.kind}-{seq}")
        for kind, number in ends:
            self._link((item.kind, seq), (kind, number), TYPES[item.kind, kind])
            if item.done:
                self.scene.marks[CRM, kind].touch(number, item.at)

    def _own_email(self, email: str | None) -> str | None:
        """The address in lower case, or None where an earlier contact has it: HubSpot keeps e-mail addresses unique.

        Two bits for each address remember them; where the bits of strangers meet, the later contact goes without.
        """
        if email is None:
            return None
        lowered = email.lower()
        digest = blake2b(lowered.encode(), digest_size=16).digest()
        places_taken = [int.from_bytes(half, "big") % (len(self.mailboxes) * 8) for half in (digest[:8], digest[8:])]
        taken = all(self.mailboxes[bit >> 3] >> (bit & 7) & 1 for bit in places_taken)
        for bit in places_taken:
            self.mailboxes[bit >> 3] |= 1 << (bit & 7)
        return None if taken else lowered

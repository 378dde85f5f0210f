"""Writes the population into Salesforce: records, opportunity history, roles, activities, users and stages."""

from collections.abc import Iterable, Iterator
from datetime import date

from sandbox.salesforce.ids import KEY_PREFIXES, make_id
from sandbox.seed import story
from sandbox.seed.entities import dice
from sandbox.seed.fields import (
    API_CATEGORIES,
    PASSES,
    ROLES,
    SOURCES,
    STAGES,
    Fields,
    company_fields,
    contact_fields,
    lead_fields,
    stamp,
    user_id,
    versions,
)
from sandbox.seed.properties import object_id
from sandbox.seed.scene import Scene
from sandbox.store import Row

CRM = "salesforce"


def organization(scene: Scene, people: Iterable[tuple[str, str]]) -> None:
    """The organization, its users and its stages."""
    start = scene.now - 1200 * story.DAY

    def put(kind: str, seq: int, fields: Fields) -> None:
        row = Row(CRM, kind, make_id(KEY_PREFIXES[kind], seq), seq, start, start, start, False, None, fields)
        scene.pen.add(row, f"{kind}-{seq}")

    put("organization", 1, {
        "Name": "RevOps Demo", "OrganizationType": "Enterprise Edition", "InstanceName": "SB0", "IsSandbox": True,
        "Country": "US",
        "DefaultLocaleSidKey": "en_US", "LanguageLocaleKey": "en_US", "TimeZoneSidKey": "America/New_York",
        "FiscalYearStartMonth": 1,
    })  # fmt: skip
    # A token names its organization: it must be the one that a query of Organization answers with.
    scene.pen.store.set(CRM, "organization_id", make_id(KEY_PREFIXES["organization"], 1))
    for number, (first, last) in enumerate([("Ada", "Administrator"), *people]):
        email = f"{first[0]}.{last}@revops-demo.example".lower()
        put("user", number + 1, {
            "Username": email, "Email": email, "FirstName": first, "LastName": last, "Name": f"{first} {last}",
            "Alias": last[:8].lower(),
            "CommunityNickname": email.partition("@")[0], "IsActive": number - 1 not in story.INACTIVE,
            "UserType": "Standard",
            "TimeZoneSidKey": "America/New_York", "LocaleSidKey": "en_US", "EmailEncodingKey": "UTF-8",
            "LanguageLocaleKey": "en_US",
        })  # fmt: skip
    for number, (name, category, probability) in enumerate(STAGES, 1):
        put("stage", number, {
            "MasterLabel": name, "ApiName": name, "IsActive": True, "SortOrder": number, "IsClosed": number > 8,
            "IsWon": number == 9,
            "ForecastCategory": API_CATEGORIES.get(category, category), "ForecastCategoryName": category,
            "DefaultProbability": probability,
        })  # fmt: skip


class Salesforce:
    """Writes one kind after the other; opportunities and leads go first, as in HubSpot."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.counters: dict[str, int] = {}

    def write(self) -> None:
        """Everything but the organization."""
        self.deals()
        self.leads()
        self.contacts()
        self.companies()

    def deals(self) -> None:
        """Opportunities with history, contact roles and tasks."""
        for seq, entity, copy, created in self._records("deal"):
            deal = self.scene.deal(CRM, entity, copy, created)
            account = self.scene.record_of(CRM, "company", self.scene.cast.deal_companies[entity], entity)
            contacts = [
                found
                for person in self.scene.team(entity)
                if (found := self.scene.record_of(CRM, "contact", person, entity))
            ]
            deal_id = make_id("006", seq)
            for number, contact in enumerate(dict.fromkeys(contacts)):
                role = {
                    "OpportunityId": deal_id,
                    "ContactId": make_id("003", contact),
                    "Role": ROLES[number % 4],
                    "IsPrimary": number == 0,
                }
                self._extra("deal_contact_role", created, role, deal.owner)
            for item in deal.activities:
                self._activity(
                    item,
                    {"WhatId": deal_id, "WhoId": make_id("003", contacts[0]) if contacts else None, "Account": account},
                )
                if item.done:
                    self.scene.marks[CRM, "deal"].touch(seq, item.at)
                if item.done and contacts:
                    self.scene.marks[CRM, "contact"].touch(contacts[0], item.at)
            fields = self._deal_fields(seq, (entity, copy), deal)
            fields["AccountId"] = make_id("001", account) if account else None
            fields |= self._history(deal_id, deal)
            row = self._row(
                "deal", seq, created, fields, max(deal.last_change, self.scene.marks[CRM, "deal"].touched[seq])
            )
            note = f"pattern: {deal.pattern}" if not copy else f"copy {copy}: entered again"
            self.scene.pen.add(row, f"deal-{entity}", note)

    def leads(self) -> None:
        """Leads, none of them converted."""
        for seq, entity, copy, created in self._records("lead"):
            roll = dice(self.scene.seed, f"sl{copy}", entity)
            person, note = self.scene.person(CRM, "lead", entity, copy)
            touched = created
            for item in story.first_touch(created, self.scene.now, roll):
                self._activity(item, {"WhoId": make_id("00Q", seq)})
                touched = max(touched, item.at)
            employer = self.scene.cast.employers[entity]
            company = self.scene.world.company(employer) if employer >= 0 else None
            fields = lead_fields(person, company, touched > created, roll)
            contact = self.scene.record_of("hubspot", "contact", entity, 0)
            # The field is unique: one lead of a person, and of every second person only.
            known = contact if copy == 0 and entity % 2 == 0 else None
            fields["HubSpot_Contact_Id__c"] = object_id(known) if known else None
            self.scene.pen.add(self._row("lead", seq, created, fields, touched), f"person-{entity}", note)

    def contacts(self) -> None:
        """Contacts on their accounts."""
        for seq, entity, copy, created in self._records("contact"):
            person, note = self.scene.person(CRM, "contact", entity, copy)
            account = self.scene.record_of(CRM, "company", self.scene.cast.employers[entity], entity)
            twin = self.scene.twin(CRM, "contact", entity, copy)
            roll = dice(self.scene.seed, f"sp{copy}", entity)
            fields = contact_fields(person, roll)
            fields["AccountId"] = make_id("001", account) if account else None
            fields["HubSpot_Contact_Id__c"] = object_id(twin.seq) if twin and twin.told_here else None
            touched = self.scene.marks[CRM, "contact"].touched[seq]
            self.scene.pen.add(self._row("contact", seq, created, fields, touched), f"person-{entity}", note)

    def companies(self) -> None:
        """Accounts; a subsidiary hangs below its parent where both are here."""
        for seq, entity, copy, created in self._records("company"):
            company, note = self.scene.company(CRM, entity, copy)
            parent = self.scene.parent(CRM, entity)
            twin = self.scene.twin(CRM, "company", entity, copy)
            fields = company_fields(company, dice(self.scene.seed, f"sf{copy}", entity))
            fields["ParentId"] = make_id("001", parent) if parent else None
            fields["HubSpot_Company_Id__c"] = object_id(twin.seq) if twin and twin.told_here else None
            touched = self.scene.marks[CRM, "company"].touched[seq]
            self.scene.pen.add(self._row("company", seq, created, fields, touched), f"company-{entity}", note)

    def _records(self, kind: str) -> Iterator[tuple[int, int, int, int]]:
        roster = self.scene.roster(CRM, kind)
        for index in range(len(roster)):
            yield index + 1, roster.entity[index], roster.copy[index], roster.created[index]

    def _row(self, kind: str, seq: int, created: int, fields: Fields, touched: int) -> Row:
        roll = dice(self.scene.seed, f"s{kind[:3]}", seq)
        owner = fields.setdefault("OwnerId", user_id(roll.randrange(story.OWNERS)))
        fields |= {"CreatedById": owner, "LastModifiedById": owner}
        if self.scene.marks[CRM, kind].touched[seq] or (kind == "lead" and touched > created):
            fields["LastActivityDate"] = story.day_of(touched)
        created = created // 1000 * 1000
        modified = min(max(created + roll.randrange(3 * story.DAY), touched), self.scene.now) // 1000 * 1000
        return Row(CRM, kind, make_id(KEY_PREFIXES[kind], seq), seq, created, modified, modified, False, None, fields)

    def _extra(self, kind: str, at: int, fields: Fields, owner: int) -> str:
        """A record that is no entity of its own: history, role, task or event. Its id."""
        seq = self.counters[kind] = self.counters.get(kind, 0) + 1
        at = at // 1000 * 1000
        fields["CreatedById"] = user_id(owner)
        if kind != "deal_history":
            fields["LastModifiedById"] = user_id(owner)
        row = Row(CRM, kind, make_id(KEY_PREFIXES[kind], seq), seq, at, at, at, False, None, fields)
        self.scene.pen.add(row, f"{kind}-{CRM}-{seq}")
        return row.id

    def _activity(self, item: story.Activity, about: Fields) -> None:
        """A task, or an event for a meeting; accounts and contacts learn when they were last touched."""
        account = about.pop("Account", None)
        fields: Fields = {
            **about,
            "Subject": item.subject,
            "OwnerId": user_id(item.owner),
            "ActivityDate": story.day_of(item.at),
        }
        fields["AccountId"] = make_id("001", account) if account else None
        if item.kind == "meeting":
            times = {
                "StartDateTime": stamp(item.at),
                "ActivityDateTime": stamp(item.at),
                "EndDateTime": stamp(item.at + 1_800_000),
            }
            self._extra(
                "event",
                item.at,
                {**fields, **times, "DurationInMinutes": 30, "ShowAs": "Busy", "EventSubtype": "Event"},
                item.owner,
            )
        else:
            subtype = {"call": "Call", "email": "Email"}.get(item.kind, "Task")
            done = {"CompletedDateTime": stamp(item.at)} if item.done else {}
            status = {
                "Status": "Completed" if item.done else "Not Started",
                "IsClosed": item.done,
                "Priority": "Normal",
            }
            self._extra("task", item.at, {**fields, **status, **done, "TaskSubtype": subtype}, item.owner)
        if account and item.done:
            self.scene.marks[CRM, "company"].touch(account, item.at)

    def _deal_fields(self, seq: int, which: tuple[int, int], deal: story.Deal) -> Fields:
        name, category, probability = STAGES[PASSES[deal.stages[-1][1]][-1]]
        amount, day = deal.amounts[-1][1], date.fromisoformat(deal.closes[-1][1])
        twin = self.scene.twin(CRM, "deal", *which)
        return {
            "Name": deal.name, "StageName": name, "Probability": float(probability), "Amount": amount,
            "CloseDate": day.isoformat(),
            "ExpectedRevenue": amount * probability / 100 if amount is not None else None, "NextStep": deal.next_step,
            "Type": "New Customer" if deal.new_business else "Existing Customer - Upgrade",
            "LeadSource": SOURCES[seq % 5],
            "IsClosed": deal.stages[-1][1] >= story.WON, "IsWon": deal.stages[-1][1] == story.WON,
            "Description": deal.lost_reason,
            "ForecastCategoryName": category, "ForecastCategory": API_CATEGORIES.get(category, category),
            "OwnerId": user_id(deal.owner),
            "FiscalYear": day.year, "FiscalQuarter": (day.month + 2) // 3,
            "Fiscal": f"{day.year} {(day.month + 2) // 3}",
            "HubSpot_Deal_Id__c": object_id(twin.seq) if twin and twin.told_here else None,
        }  # fmt: skip

    def _history(self, deal_id: str, deal: story.Deal) -> Fields:
        """Write the OpportunityHistory; what the opportunity itself shows of it."""
        shown: Fields = {"PushCount": 0}
        before: Fields = {}
        for at, stage, day, amount in versions(deal):
            name, category, probability = STAGES[stage]
            entry: Fields = {
                "OpportunityId": deal_id, "StageName": name, "Amount": amount, "CloseDate": day,
                "Probability": float(probability),
                "ExpectedRevenue": amount * probability / 100 if amount is not None else None,
                "ForecastCategory": API_CATEGORIES.get(category, category), "PrevAmount": before.get("Amount"),
                "PrevCloseDate": before.get("CloseDate"),
            }  # fmt: skip
            made = self._extra("deal_history", at, entry, deal.owner)
            if before.get("StageName") != name:
                shown["LastStageChangeDate"] = stamp(at)
            if before and before["Amount"] != amount:
                shown["LastAmountChangedHistoryId"] = made
            if before and before["CloseDate"] != day:
                shown["LastCloseDateChangedHistoryId"] = made
                shown["PushCount"] += int(day[:7] > before["CloseDate"][:7])
            before = entry
        return shown

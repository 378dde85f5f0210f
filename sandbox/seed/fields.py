"""The population's values as Salesforce fields."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sandbox.salesforce.ids import make_id
from sandbox.seed import places, story
from sandbox.seed.entities import Company, Person

Fields = dict[str, Any]
# name, forecast category, default probability in percent
STAGES = (
    ("Prospecting", "Pipeline", 10), ("Qualification", "Pipeline", 10), ("Needs Analysis", "Pipeline", 20),
    ("Value Proposition", "Pipeline", 50), ("Id. Decision Makers", "Pipeline", 60), ("Perception Analysis",
    "Pipeline", 70),
    ("Proposal/Price Quote", "Best Case", 75), ("Negotiation/Review", "Commit", 90), ("Closed Won", "Closed", 100),
    ("Closed Lost", "Omitted", 0),
)  # fmt: skip
API_CATEGORIES = {"Best Case": "BestCase", "Commit": "Forecast"}
# The stages here that one of HubSpot's seven passes through: this organization looks closer at the middle.
PASSES = ((0, 1), (2,), (3, 4), (5, 6), (7,), (8,), (9,))
INDUSTRIES = {
    "COMPUTER_SOFTWARE": "Technology", "INFORMATION_TECHNOLOGY_AND_SERVICES": "Technology",
    "FINANCIAL_SERVICES": "Finance",
    "MANAGEMENT_CONSULTING": "Consulting", "LOGISTICS_AND_SUPPLY_CHAIN": "Shipping", "CONSTRUCTION": "Construction",
    "MACHINERY": "Machinery", "HOSPITAL_HEALTH_CARE": "Healthcare", "RETAIL": "Retail",
    "FOOD_BEVERAGES": "Food & Beverage",
    "RENEWABLES_ENVIRONMENT": "Energy", "EDUCATION_MANAGEMENT": "Education", "MARKETING_AND_ADVERTISING": "Media",
    "INSURANCE": "Insurance", "HOSPITALITY": "Hospitality", "AUTOMOTIVE": "Transportation",
}  # fmt: skip
SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other")
LEAD_STATUS = ("Open - Not Contacted", "Working - Contacted", "Closed - Not Converted")
ROLES = ("Decision Maker", "Business User", "Influencer", "Technical Buyer")


@cache
def user_id(number: int) -> str:
    """The user who is owner `number`; user 1 is the administrator that the interfaces run as."""
    return make_id("005", number + 2)


def stamp(at: int) -> str:
    """Epoch milliseconds as 2026-01-31T12:00:00.000+0000, cut to the second."""
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def versions(deal: story.Deal) -> Iterator[tuple[int, int, str, int | None]]:
    """(time, stage, close date, amount) after each change, oldest first; some stages stand for several here."""
    changes: list[tuple[int, str, Any]] = [(at, "day", day) for at, day in deal.closes]
    changes += [(at, "amount", amount) for at, amount in deal.amounts]
    for place, (at, stage) in enumerate(deal.stages):
        steps = PASSES[stage]
        until = deal.stages[place + 1][0] if place + 1 < len(deal.stages) else at
        pause = max((until - at) // len(steps), 0)
        changes += [(at + pause * number, "stage", step) for number, step in enumerate(steps)]
    now: dict[str, Any] = {"stage": None, "day": "", "amount": None}
    moments = sorted({at for at, _, _ in changes})
    for moment in moments:
        stages = [value for at, what, value in changes if at == moment and what == "stage"]
        now |= {what: value for at, what, value in changes if at == moment and what != "stage"}
        for stage in stages or [now["stage"]]:
            now["stage"] = stage
            yield moment, stage, now["day"], now["amount"]


def lead_fields(person: Person, company: Company | None, touched: bool, roll: random.Random) -> Fields:
    """A lead's company is required, so somebody typed something."""
    return {
        "FirstName": person.first, "LastName": person.last, "Company": person.company or "[not provided]",
        "Title": person.title,
        "Email": person.email, "Phone": person.phone, "MobilePhone": person.mobile, "Street": person.street,
        "City": person.city,
        "State": person.state, "PostalCode": person.postcode, "Country": places.BY_CODE[person.country].name,
        "Website": company.website if company and roll.random() < 0.4 else None,
        "Industry": INDUSTRIES[company.industry] if company else None, "LeadSource": roll.choice(SOURCES),
        "Status": roll.choice(LEAD_STATUS[1:]) if touched else LEAD_STATUS[0], "Rating": roll.choice(("Hot",
        "Warm", "Cold", None)),
        "NumberOfEmployees": company.employees if company and roll.random() < 0.5 else None, "IsConverted": False,
        "HasOptedOutOfEmail": roll.random() < 0.06,
    }  # fmt: skip


def contact_fields(person: Person, roll: random.Random) -> Fields:
    """A contact without its account."""
    return {
        "FirstName": person.first, "LastName": person.last, "Email": person.email, "Phone": person.phone,
        "MobilePhone": person.mobile,
        "Title": person.title, "MailingStreet": person.street, "MailingCity": person.city, "MailingState": person.state,
        "MailingPostalCode": person.postcode, "MailingCountry": places.BY_CODE[person.country].name,
        "LeadSource": roll.choice(SOURCES),
        "Department": person.team.title() or None, "HasOptedOutOfEmail": roll.random() < 0.06,
        "DoNotCall": roll.random() < 0.03,
    }  # fmt: skip


def company_fields(company: Company, roll: random.Random) -> Fields:
    """An account without its parent."""
    return {
        "Name": company.name, "Website": company.website, "Phone": company.phone, "BillingStreet": company.street,
        "BillingCity": company.city, "BillingState": company.state, "BillingPostalCode": company.postcode,
        "BillingCountry": places.BY_CODE[company.country].name, "NumberOfEmployees": company.employees,
        "AnnualRevenue": company.revenue,
        "Industry": INDUSTRIES[company.industry] if roll.random() < 0.85 else None,
        "Type": roll.choice(("Prospect", "Customer - Direct", "Other", None)),
    }  # fmt: skip

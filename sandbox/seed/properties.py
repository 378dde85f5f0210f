"""The population's values as HubSpot properties: every value a string, or None where there is none."""

import random
from datetime import UTC, datetime

from sandbox.seed import places, story
from sandbox.seed.entities import Company, Person

FIRST_ID = 10_000_000_000
FIRST_OWNER = 71_000_000
STAGES = (
    "appointmentscheduled", "qualifiedtobuy", "presentationscheduled", "decisionmakerboughtin", "contractsent",
    "closedwon",
    "closedlost",
)  # fmt: skip
PROBABILITIES = ("0.2", "0.4", "0.6", "0.8", "0.9", "1.0", "0.0")
FUNNEL = ("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer")
LEAD_STAGES = (
    "new-stage-id",
    "attempting-stage-id",
    "connected-stage-id",
    "qualified-stage-id",
    "unqualified-stage-id",
)
LEAD_STATUS = ("NEW", "OPEN", "IN_PROGRESS", "ATTEMPTED_TO_CONTACT", "CONNECTED", "UNQUALIFIED")
ORIGINS = ("CRM_UI", "IMPORT", "INTEGRATION", "FORM", "EMAIL")


def iso(at: int) -> str:
    """Epoch milliseconds as 2026-01-31T12:00:00.000Z."""
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{at % 1000:03d}Z"


def object_id(seq: int) -> str:
    """The id of the record numbered `seq` of its kind."""
    return str(FIRST_ID + seq)


def owner_id(number: int) -> str:
    """The id of an owner; the user id is another number."""
    return str(FIRST_OWNER + number)


def contact_fields(person: Person, email: str | None, roll: random.Random) -> dict[str, str | None]:
    """A contact with the e-mail address that it may have."""
    return {
        "firstname": person.first, "lastname": person.last, "email": email,
        "hs_email_domain": email.partition("@")[2] if email else None, "jobtitle": person.title,
        "company": person.company,
        "phone": person.phone, "mobilephone": person.mobile, "address": person.street, "city": person.city,
        "state": person.state, "zip": person.postcode, "country": places.BY_CODE[person.country].name,
        "hs_lead_status": roll.choice(LEAD_STATUS) if roll.random() < 0.6 else None,
        "hubspot_owner_id": owner_id(roll.randrange(story.OWNERS)) if roll.random() < 0.85 else None,
        "hs_is_contact": "true",
    }  # fmt: skip


def lead_fields(person: Person, touched: bool, roll: random.Random) -> dict[str, str | None]:
    """A lead; one that was worked on has left the first stage."""
    stage = LEAD_STAGES[roll.randrange(1, 5) if touched else 0]
    return {
        "hs_lead_name": f"{person.first} {person.last}", "hs_lead_type": "NEW_BUSINESS",
        "hs_lead_label": roll.choice(("HOT", "WARM", "COLD")), "hs_pipeline": "lead-pipeline-id",
        "hs_pipeline_stage": stage,
        "hs_lead_is_open": str(int(stage in LEAD_STAGES[:3])),
        "hubspot_owner_id": owner_id(roll.randrange(story.OWNERS)) if roll.random() < 0.8 else None,
    }  # fmt: skip


def company_fields(company: Company, roll: random.Random) -> dict[str, str | None]:
    """A company. Properties without a value are None, here and below."""
    return {
        "name": company.name, "domain": company.domain, "website": company.website, "phone": company.phone,
        "address": company.street, "city": company.city, "state": company.state, "zip": company.postcode,
        "country": places.BY_CODE[company.country].name, "industry": company.industry if roll.random() < 0.85 else None,
        "numberofemployees": str(company.employees) if company.employees is not None else None,
        "annualrevenue": str(company.revenue) if company.revenue is not None else None,
        "hubspot_owner_id": owner_id(roll.randrange(story.OWNERS)) if roll.random() < 0.85 else None,
    }  # fmt: skip


def last_work(touched: int, count: int) -> dict[str, str | None]:
    """When something was last done, and how often; nothing where nothing was."""
    if not touched:
        return {}
    at = iso(touched)
    return {
        "notes_last_updated": at,
        "notes_last_contacted": at,
        "hs_last_sales_activity_timestamp": at,
        "num_notes": str(count),
    }


def engagement(item: story.Activity) -> dict[str, str]:
    """The properties of one engagement besides time and owner."""
    match item.kind:
        case "call":
            return {
                "hs_call_title": item.subject,
                "hs_call_direction": "OUTBOUND",
                "hs_call_status": "COMPLETED",
                "hs_call_duration": "420000",
            }
        case "meeting":
            end = iso(item.at + 1_800_000)
            return {
                "hs_meeting_title": item.subject, "hs_meeting_start_time": iso(item.at), "hs_meeting_end_time": end,
                "hs_meeting_outcome": "COMPLETED",
            }  # fmt: skip
        case "email":
            return {"hs_email_subject": item.subject, "hs_email_direction": "EMAIL", "hs_email_status": "SENT"}
        case "note":
            return {"hs_note_body": f"{item.subject} after the conversation", "hs_body_preview": item.subject}
    status = "COMPLETED" if item.done else "NOT_STARTED"
    return {
        "hs_task_subject": item.subject,
        "hs_task_status": status,
        "hs_task_priority": "NONE",
        "hs_task_type": "TODO",
    }

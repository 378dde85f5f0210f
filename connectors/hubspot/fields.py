"""HubSpot's names for the neutral fields by kind, and its text form of every value."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from connectors.errors import Garbled, UsageError
from connectors.fields import NAMES
from connectors.records import FieldSpec
from connectors.values import Fields, Value

OBJECT = {"owner": "hubspot_owner_id", "source": "hs_object_source_label", "merged_into": "revops_merged_into"}
ADDRESS = {"city": "city", "state": "state", "postcode": "zip", "country": "country"}
MERGES = {"absorbed": "hs_merged_object_ids"}
ACTIVE = {**OBJECT, "created_at": "createdate", "last_activity_at": "notes_last_updated"}

NATIVE: Mapping[str, Mapping[str, str]] = {
    "company": {
        **{"name": "name", "domain": "domain", "website": "website", "phone": "phone", "street": "address", **ADDRESS},
        **{"industry": "industry", "employees": "numberofemployees", "revenue": "annualrevenue", "type": "type"},
        **{"description": "description", "lifecycle_stage": "lifecyclestage", "parent": "hs_parent_company_id"},
        **{**ACTIVE, "twin": "salesforceaccountid", **MERGES},
    },
    "contact": {
        **{"first_name": "firstname", "last_name": "lastname", "email": "email", "more_emails": "hs_additional_emails"},
        **{"phone": "phone", "mobile": "mobilephone", "title": "jobtitle", "company": "company", "website": "website"},
        **{**ADDRESS, "lifecycle_stage": "lifecyclestage", "opted_out": "hs_email_optout"},
        **{**ACTIVE, "twin": "salesforcecontactid", **MERGES},
    },
    "lead": {
        **{"name": "hs_lead_name", "status": "hs_pipeline_stage", "email": "hs_associated_contact_email"},
        **{"first_name": "hs_associated_contact_firstname", "last_name": "hs_associated_contact_lastname"},
        **{"company": "hs_associated_company_name", **OBJECT, "created_at": "hs_createdate"},
        "last_activity_at": "hs_last_sales_activity_timestamp",
    },
    "deal": {
        **{"name": "dealname", "amount": "amount", "currency": "deal_currency_code", "pipeline": "pipeline"},
        **{"stage": "dealstage", "close_date": "closedate", "type": "dealtype", "next_step": "hs_next_step"},
        **{"description": "description", "lost_reason": "closed_lost_reason", "closed": "hs_is_closed"},
        **{"forecast_category": "hs_manual_forecast_category", "probability": "hs_deal_stage_probability"},
        **{"won": "hs_is_closed_won", **ACTIVE, "twin": "hs_salesforceopportunityid"},
    },
    "task": {
        **{"subject": "hs_task_subject", "status": "hs_task_status", "due_at": "hs_timestamp"},
        **{"owner": "hubspot_owner_id", "created_at": "hs_createdate"},
    },
}
"""`created_at` and `last_activity_at` are HubSpot's "Create Date" and "Last Activity Date"; the twins are the ids that
HubSpot's own Salesforce integration fills in. A name the account does not show is left out by `describe`."""

MODIFIED = {"contact": "lastmodifieddate"}
"""The property that search filters a kind's changes by; `hs_lastmodifieddate` for every other kind."""

NUMERALS = re.compile(r"-?\d{9,16}")


def native(kind: str, name: str) -> str:
    """HubSpot's name of a neutral field; a name that is not neutral is HubSpot's own."""
    known = NATIVE.get(kind, {})
    return known.get(name) or name.removeprefix("hubspot_" if name.removeprefix("hubspot_") in _taken(kind) else "")


def neutral(kind: str, name: str) -> str:
    """The neutral name of a HubSpot property; its own name where it has none.

    A property whose own name means something else here (a contact's custom `title`) is called `hubspot_title`.
    """
    for ours, theirs in NATIVE.get(kind, {}).items():
        if theirs == name:
            return ours
    return f"hubspot_{name}" if name in _taken(kind) else name


def _taken(kind: str) -> frozenset[str]:
    return frozenset(NAMES.get(kind, ())) | NATIVE.get(kind, {}).keys()


def spec(kind: str, definition: Mapping[str, Any]) -> FieldSpec:
    """One entry of the properties endpoint, `Garbled` without a name. A set of options has the type `checkbox`."""
    if not definition.get("name"):
        raise Garbled("a property of the answer has no name")
    fixed = definition.get("modificationMetadata") or {}
    several = definition.get("fieldType") == "checkbox" and definition.get("type") == "enumeration"
    return FieldSpec(
        name=neutral(kind, str(definition["name"])),
        native=str(definition["name"]),
        type="checkbox" if several else str(definition.get("type", "string")),
        label=str(definition.get("label") or ""),
        writable=not (definition.get("calculated") or fixed.get("readOnlyValue")),
        unique=bool(definition.get("hasUniqueValue")),
        options=tuple(str(item.get("value")) for item in definition.get("options") or ()),
    )


def value(raw: object, type_: str) -> Value:
    """What a property of this type holds; a text that is not of its type stays a text, so that nothing is lost."""
    if raw is None or raw == "":
        return None
    text = str(raw)
    try:
        return READ.get(type_, str)(text)
    except (ValueError, InvalidOperation, OverflowError):
        return text


def text(item: Value) -> str:
    """A value as HubSpot takes it; blank clears. `UsageError` for an option that cannot be written."""
    match item:
        case None:
            return ""
        case bool():
            return "true" if item else "false"
        case Decimal():
            return format(item, "f")
        case datetime():
            return item.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case date():
            return item.isoformat()
        case tuple():
            return _options(item)
    return item


def texts(kind: str, fields: Fields) -> dict[str, str]:
    """The `properties` of a write."""
    return {native(kind, name): text(item) for name, item in fields.items()}


def _options(items: tuple[str, ...]) -> str:
    """Joined by semicolons. A leading one would append to what is there instead of replacing it."""
    if any(";" in item or not item for item in items):
        raise UsageError("an option that is blank or holds a semicolon cannot be written to HubSpot")
    return ";".join(items)


def _truth(raw: str) -> bool:
    if raw not in ("true", "false"):
        raise ValueError(raw)
    return raw == "true"


def _number(raw: str) -> Decimal:
    found = Decimal(raw)
    if not found.is_finite():
        raise ValueError(raw)
    return found


def _day(raw: str) -> date:
    """Written as a day, or as midnight UTC in milliseconds."""
    if NUMERALS.fullmatch(raw):
        return datetime.fromtimestamp(int(raw) / 1000, UTC).date()
    return date.fromisoformat(raw)


def moment(raw: str) -> datetime:
    """ISO 8601 or milliseconds since 1970; a moment without a zone is UTC. `ValueError` for anything else."""
    if NUMERALS.fullmatch(raw):
        whole, milliseconds = divmod(int(raw), 1000)
        return datetime.fromtimestamp(whole, UTC).replace(microsecond=milliseconds * 1000)
    found = datetime.fromisoformat(raw)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _set(raw: str) -> tuple[str, ...]:
    return tuple(part for part in raw.split(";") if part)


READ: Mapping[str, Callable[[str], Value]] = MappingProxyType(
    {"number": _number, "bool": _truth, "date": _day, "datetime": moment, "checkbox": _set}
)

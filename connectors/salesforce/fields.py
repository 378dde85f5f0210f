"""Neutral names and Salesforce's own, by kind, and which lookups are ties."""

from collections.abc import Mapping
from types import MappingProxyType

from connectors.errors import UsageError
from connectors.salesforce import soql

OBJECTS = {
    "owner": "User",
    "company": "Account",
    "contact": "Contact",
    "lead": "Lead",
    "deal": "Opportunity",
    "task": "Task",
}
KINDS = {native: kind for kind, native in OBJECTS.items()}

_OWNED = {"owner": "OwnerId", "created_at": "CreatedDate", "last_activity_at": "LastActivityDate"}
_MARKED = {"merged_into": "Revops_Merged_Into__c", "revops_key": "Revops_Key__c"}
_PERSON = {
    "first_name": "FirstName",
    "last_name": "LastName",
    "email": "Email",
    "phone": "Phone",
    "mobile": "MobilePhone",
    "title": "Title",
    "opted_out": "HasOptedOutOfEmail",
    "do_not_call": "DoNotCall",
    "source": "LeadSource",
    "twin": "HubSpot_Contact_Id__c",
}

NATIVE: Mapping[str, Mapping[str, str]] = {
    "company": {
        "name": "Name",
        "website": "Website",
        "phone": "Phone",
        "street": "BillingStreet",
        "city": "BillingCity",
        "state": "BillingState",
        "postcode": "BillingPostalCode",
        "country": "BillingCountry",
        "industry": "Industry",
        "employees": "NumberOfEmployees",
        "revenue": "AnnualRevenue",
        "description": "Description",
        "type": "Type",
        "parent": "ParentId",
        "source": "AccountSource",
        "twin": "HubSpot_Company_Id__c",
        **_OWNED,
        **_MARKED,
    },
    "contact": {
        **_PERSON,
        "city": "MailingCity",
        "state": "MailingState",
        "postcode": "MailingPostalCode",
        "country": "MailingCountry",
        **_OWNED,
        **_MARKED,
    },
    "lead": {
        **_PERSON,
        "name": "Name",
        "company": "Company",
        "city": "City",
        "state": "State",
        "country": "Country",
        "website": "Website",
        "status": "Status",
        "converted": "IsConverted",
        **_OWNED,
        **_MARKED,
    },
    "deal": {
        "name": "Name",
        "amount": "Amount",
        "currency": "CurrencyIsoCode",
        "stage": "StageName",
        "close_date": "CloseDate",
        "type": "Type",
        "next_step": "NextStep",
        "description": "Description",
        "forecast_category": "ForecastCategoryName",
        "probability": "Probability",
        "closed": "IsClosed",
        "won": "IsWon",
        "source": "LeadSource",
        "twin": "HubSpot_Deal_Id__c",
        **_OWNED,
        **_MARKED,
    },
    "task": {
        "subject": "Subject",
        "status": "Status",
        "due_at": "ActivityDate",
        "owner": "OwnerId",
        "created_at": "CreatedDate",
        "revops_key": "Revops_Key__c",
    },
    "owner": {"first_name": "FirstName", "last_name": "LastName", "email": "Email", "active": "IsActive"},
}
"""A name stands here whether or not the org has the field: what describe does not show is neither read nor offered."""

NEUTRAL: Mapping[str, Mapping[str, str]] = {
    kind: MappingProxyType({native: name for name, native in names.items()}) for kind, names in NATIVE.items()
}

NO_TIES: Mapping[str, frozenset[str]] = {
    "company": frozenset({"MasterRecordId"}),
    "contact": frozenset({"MasterRecordId"}),
    "lead": frozenset({"MasterRecordId"}),
    "deal": frozenset({"ContactId"}),  # repeats the primary contact role
    "task": frozenset({"AccountId", "RecurrenceActivityId"}),  # the account follows from WhoId and WhatId
}
"""Lookups that are no tie of their own."""

HOLDS = {
    ("contact", "company"): "AccountId",
    ("contact", "contact"): "ReportsToId",
    ("deal", "company"): "AccountId",
    ("company", "company"): "ParentId",
    ("task", "contact"): "WhoId",
    ("task", "lead"): "WhoId",
    ("task", "company"): "WhatId",
    ("task", "deal"): "WhatId",
}
"""The lookup of the first kind that points at the second, for a tie that does not name one."""

ROLE = "OpportunityContactRole"
"""The label of a tie between a deal and a contact, which is a record of its own rather than a lookup."""


def object_of(kind: str) -> str:
    """The object type of a kind; `UsageError` where this connector knows none."""
    if kind not in OBJECTS:
        raise UsageError(f"Salesforce has no kind {kind[:40]!r} here", f"Use one of: {', '.join(OBJECTS)}")
    return OBJECTS[kind]


def native(kind: str, name: str) -> str:
    """The API name of a field; a name that is not neutral is its own. `UsageError` for what cannot be a name."""
    found = NATIVE.get(kind, {}).get(name, name)
    try:
        return soql.name(found)
    except ValueError:
        raise UsageError(f"not a field name: {name[:80]!r}") from None


def neutral(kind: str, native_name: str) -> str:
    """The neutral name of an API field, its own name where there is none."""
    return NEUTRAL.get(kind, {}).get(native_name, native_name)

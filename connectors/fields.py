"""The neutral names of the standard fields, by kind; any other field keeps its CRM's own name."""

PERSON = ("first_name", "last_name", "email", "phone", "mobile", "title", "company", "city", "state", "country")
COMMON = ("owner", "source", "created_at", "last_activity_at", "twin", "merged_into")

NAMES: dict[str, tuple[str, ...]] = {
    "company": (
        *("name", "domain", "website", "phone", "street", "city", "state", "postcode", "country"),
        *("industry", "employees", "revenue", "description", "lifecycle_stage", "type", "parent", "absorbed", *COMMON),
    ),
    "contact": (
        *PERSON,
        "more_emails",
        "website",
        "postcode",
        "lifecycle_stage",
        "opted_out",
        "do_not_call",
        "absorbed",
        *COMMON,
    ),
    "lead": (*PERSON, "name", "website", "status", "converted", "opted_out", "do_not_call", *COMMON),
    "deal": (
        *("name", "amount", "currency", "pipeline", "stage", "close_date", "type", "next_step", "description"),
        *("lost_reason", "forecast_category", "probability", "closed", "won", *COMMON),
    ),
    "task": ("subject", "status", "due_at", "owner", "created_at"),
    "owner": ("first_name", "last_name", "email", "active"),
}
"""`owner` and `parent` hold a plain id of the same CRM; `twin` the id of the same thing in the other CRM;
`merged_into` the survivor's id on a record marked as a duplicate; `absorbed` the ids merged into a record before;
`source` what created the record."""

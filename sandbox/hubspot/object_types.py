"""The object types that HubSpot defines, by name and number, and what their records must and always do have."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One CRM object type: `kind` is the name in the store (a custom type's own number), the others are HubSpot's."""

    kind: str
    type_id: str
    plural: str
    scope: str  # crm.objects.<scope>.read; tickets have a scope of their own
    required: tuple[str, ...] = ()  # all of these on create
    one_of: tuple[str, ...] = ()  # at least one of these on create
    defaults: tuple[str, ...] = ()  # properties that a read gives unasked
    created: str = "hs_createdate"
    modified: str = "hs_lastmodifieddate"
    singular: str = ""  # the name in messages and association names, where it is not the kind
    label: str = ""  # how the interface names one record, where it is not the kind
    searched: tuple[str, ...] = ()  # properties in which `query` looks, for types that say so themselves

    @property
    def always(self) -> tuple[str, str, str]:
        """Properties of every answer, asked for or not."""
        return (self.created, self.modified, "hs_object_id")

    @property
    def name(self) -> str:
        """HubSpot's own singular name."""
        return self.singular or self.kind

    @property
    def is_custom(self) -> bool:
        """Whether this account defined the type."""
        return self.type_id.startswith("2-")


PERSON = ("email", "firstname", "lastname")
TYPES = (
    ObjectType(
        "contact",
        "0-1",
        "contacts",
        "contacts",
        one_of=PERSON,
        defaults=PERSON,
        created="createdate",
        modified="lastmodifieddate",
    ),
    ObjectType(
        "company",
        "0-2",
        "companies",
        "companies",
        one_of=("domain", "name"),
        defaults=("domain", "name"),
        created="createdate",
    ),
    ObjectType(
        "deal",
        "0-3",
        "deals",
        "deals",
        required=("dealname",),  # the docs name dealstage and pipeline too; a live create went without (recorded)
        defaults=("amount", "closedate", "dealname", "dealstage", "pipeline"),
        created="createdate",
    ),
    ObjectType(
        "ticket",
        "0-5",
        "tickets",
        "tickets",
        required=("subject", "hs_pipeline_stage"),
        defaults=("content", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_priority", "subject"),
        created="createdate",
    ),
    ObjectType("lead", "0-136", "leads", "leads", required=("hs_lead_name",)),
    ObjectType("task", "0-27", "tasks", "contacts", required=("hs_timestamp",)),
    ObjectType("note", "0-46", "notes", "contacts", required=("hs_timestamp",)),
    ObjectType("meeting", "0-47", "meetings", "contacts", required=("hs_timestamp",)),
    ObjectType("call", "0-48", "calls", "contacts", required=("hs_timestamp",)),
    ObjectType("email", "0-49", "emails", "contacts", required=("hs_timestamp", "hs_email_direction")),
    ObjectType(
        "product",
        "0-7",
        "products",
        "products",
        required=("name",),
        defaults=("description", "name", "price"),
        created="createdate",
        searched=("name", "description", "price", "hs_sku"),
    ),
    ObjectType(
        "line_item",
        "0-8",
        "line_items",
        "line_items",
        defaults=("amount", "hs_product_id", "quantity"),
        created="createdate",
        label="line item",
        searched=("name", "hs_sku"),
    ),
    ObjectType(
        "quote",
        "0-14",
        "quotes",
        "quotes",
        required=("hs_title", "hs_expiration_date"),
        defaults=("hs_expiration_date", "hs_public_url_key", "hs_status", "hs_title"),
        searched=("hs_title", "hs_quote_number"),
    ),
    ObjectType(
        "communication",
        "0-18",
        "communications",
        "contacts",
        required=("hs_timestamp", "hs_communication_channel_type"),
        searched=("hs_communication_body",),
    ),
    ObjectType(
        "postal_mail",
        "0-116",
        "postal_mail",
        "contacts",
        required=("hs_timestamp",),
        label="postal mail",
        searched=("hs_postal_mail_body",),
    ),
    ObjectType("goal_target", "0-74", "goal_targets", "goals", label="goal target"),
)
KINDS: Mapping[str, ObjectType] = {item.kind: item for item in TYPES}
NAMES: Mapping[str, ObjectType] = {name: item for item in TYPES for name in (item.kind, item.plural, item.type_id)}
# Types that exist in every account without being served here; schemas of custom types name them.
OTHERS: Mapping[str, str] = {"0-51": "conversation_session"}


def standard_type(name: str) -> ObjectType | None:
    """HubSpot's own type that a path segment names (singular, plural or 0-N, any case), or None."""
    return NAMES.get(name.lower())

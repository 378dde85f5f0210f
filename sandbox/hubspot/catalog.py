"""What a HubSpot account defines: object types, properties and pipelines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One CRM object type: `kind` is the neutral name in the store, the others are HubSpot's."""

    kind: str
    type_id: str
    plural: str
    scope: str  # crm.objects.<scope>.read; tickets have a scope of their own
    required: tuple[str, ...] = ()  # all of these on create
    one_of: tuple[str, ...] = ()  # at least one of these on create
    defaults: tuple[str, ...] = ()  # properties that a read gives unasked
    created: str = "hs_createdate"
    modified: str = "hs_lastmodifieddate"

    @property
    def always(self) -> tuple[str, str, str]:
        """Properties of every answer, asked for or not."""
        return (self.created, self.modified, "hs_object_id")


TYPES = (
    ObjectType(
        "contact",
        "0-1",
        "contacts",
        "contacts",
        one_of=("email", "firstname", "lastname"),
        defaults=("email", "firstname", "lastname"),
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
        required=("dealname", "dealstage"),
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
)
KINDS: Mapping[str, ObjectType] = {item.kind: item for item in TYPES}
NAMES: Mapping[str, ObjectType] = {name: item for item in TYPES for name in (item.kind, item.plural, item.type_id)}


def object_type(name: str) -> ObjectType | None:
    """The type that a path segment names (singular, plural or 0-N, any case), or None."""
    return NAMES.get(name.lower())


@dataclass(frozen=True, slots=True)
class Option:
    """One allowed value of an enumeration."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Property:
    """The definition of one property; `external` ones have options that live elsewhere (owners, pipelines)."""

    name: str
    type: str
    field_type: str
    label: str
    group: str
    description: str = ""
    options: tuple[Option, ...] = ()
    read_only: bool = False
    calculated: bool = False
    unique: bool = False
    external: bool = False
    hidden: bool = False
    custom: bool = False


LIFECYCLE = (
    Option("subscriber", "Subscriber"),
    Option("lead", "Lead"),
    Option("marketingqualifiedlead", "Marketing Qualified Lead"),
    Option("salesqualifiedlead", "Sales Qualified Lead"),
    Option("opportunity", "Opportunity"),
    Option("customer", "Customer"),
    Option("evangelist", "Evangelist"),
    Option("other", "Other"),
)
LEAD_STATUS = (
    Option("NEW", "New"),
    Option("OPEN", "Open"),
    Option("IN_PROGRESS", "In Progress"),
    Option("OPEN_DEAL", "Open Deal"),
    Option("UNQUALIFIED", "Unqualified"),
    Option("ATTEMPTED_TO_CONTACT", "Attempted to Contact"),
    Option("CONNECTED", "Connected"),
    Option("BAD_TIMING", "Bad timing"),
)
SHARED_OPTIONS = {"@lifecycle": LIFECYCLE, "@lead_status": LEAD_STATUS}
STAGE_STAMPS = (
    ("hs_v2_date_entered_", "Date entered"),
    ("hs_v2_date_exited_", "Date exited"),
    ("hs_v2_latest_time_in_", "Latest time in"),
    ("hs_v2_cumulative_time_in_", "Cumulative time in"),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage; its order in the pipeline is its order in the tuple."""

    id: str
    label: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One pipeline of one object type."""

    id: str
    label: str
    stages: tuple[Stage, ...]


def _deal(id: str, label: str, probability: str) -> Stage:  # noqa: A002 - HubSpot's word
    closed = "true" if probability in ("1.0", "0.0") else "false"
    return Stage(id, label, {"isClosed": closed, "probability": probability})


def _lifecycle(plural: str) -> Pipeline:
    return Pipeline(
        f"{plural}-lifecycle-pipeline", "Lifecycle Stage Pipeline", tuple(Stage(o.value, o.label) for o in LIFECYCLE)
    )


PIPELINES: Mapping[str, tuple[Pipeline, ...]] = {
    "deal": (
        Pipeline(
            "default",
            "Sales Pipeline",
            (
                _deal("appointmentscheduled", "Appointment Scheduled", "0.2"),
                _deal("qualifiedtobuy", "Qualified To Buy", "0.4"),
                _deal("presentationscheduled", "Presentation Scheduled", "0.6"),
                _deal("decisionmakerboughtin", "Decision Maker Bought-In", "0.8"),
                _deal("contractsent", "Contract Sent", "0.9"),
                _deal("closedwon", "Closed Won", "1.0"),
                _deal("closedlost", "Closed Lost", "0.0"),
            ),
        ),
        Pipeline(
            "87654321",
            "Renewals",
            (
                _deal("1000000001", "Renewal Upcoming", "0.5"),
                _deal("1000000002", "Renewal Negotiation", "0.7"),
                _deal("1000000003", "Renewed", "1.0"),
                _deal("1000000004", "Churned", "0.0"),
            ),
        ),
    ),
    "lead": (
        Pipeline(
            "lead-pipeline-id",
            "Lead pipeline",
            (
                Stage("new-stage-id", "New", {"leadState": "NEW"}),
                Stage("attempting-stage-id", "Attempting", {"leadState": "IN_PROGRESS"}),
                Stage("connected-stage-id", "Connected", {"leadState": "IN_PROGRESS"}),
                Stage("qualified-stage-id", "Qualified", {"leadState": "QUALIFIED"}),
                Stage("unqualified-stage-id", "Disqualified", {"leadState": "UNQUALIFIED"}),
            ),
        ),
    ),
    "ticket": (
        Pipeline(
            "0",
            "Support Pipeline",
            (
                Stage("1", "New", {"isClosed": "false", "ticketState": "OPEN"}),
                Stage("2", "Waiting on contact", {"isClosed": "false", "ticketState": "OPEN"}),
                Stage("3", "Waiting on us", {"isClosed": "false", "ticketState": "OPEN"}),
                Stage("4", "Closed", {"isClosed": "true", "ticketState": "CLOSED"}),
            ),
        ),
    ),
    "contact": (_lifecycle("contacts"),),
    "company": (_lifecycle("companies"),),
}
# The properties that name a record's pipeline and stage.
STAGE_OF: Mapping[str, tuple[str, str]] = {
    "deal": ("pipeline", "dealstage"),
    "lead": ("hs_pipeline", "hs_pipeline_stage"),
    "ticket": ("hs_pipeline", "hs_pipeline_stage"),
    "contact": ("hs_pipeline", "lifecyclestage"),
    "company": ("hs_pipeline", "lifecyclestage"),
}


@cache
def properties(kind: str) -> Mapping[str, Property]:
    """Every property that HubSpot (and this account) defines for a kind, by name."""
    found = {item.name: item for section in ("*", kind) for item in _section(section)}
    for pipeline in PIPELINES.get(kind, ()):
        for stage in pipeline.stages:
            for prefix, words in STAGE_STAMPS:
                shape = ("datetime", "date") if "_date_" in prefix else ("number", "number")
                label = f'{words} "{stage.label} ({pipeline.label})"'
                found[prefix + stage.id] = Property(
                    prefix + stage.id, *shape, label, "stages", read_only=True, calculated=True
                )
    return found


def _section(name: str) -> Iterator[Property]:
    inside = False
    for line in files(__package__).joinpath("properties.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            inside = line == f"[{name}]"
        elif inside and line and not line.startswith("#"):
            yield _property(line, "hs_information" if name == "*" else f"{name}information")


def _property(line: str, group: str) -> Property:
    name, shape, flags, label, *more = (cell.strip() for cell in line.split("|"))
    type_, field_type = shape.split("/")
    return Property(
        name=name,
        type=type_,
        field_type=field_type,
        label=label,
        group=group,
        options=_options(more[0] if more else "", type_),
        read_only="r" in flags or "c" in flags,
        calculated="c" in flags,
        unique="u" in flags,
        external="x" in flags,
        hidden="h" in flags,
        custom="n" in flags,
    )


def _options(text: str, type_: str) -> tuple[Option, ...]:
    if text.startswith("@"):
        return SHARED_OPTIONS[text]
    if type_ == "bool":
        return (Option("true", "True"), Option("false", "False"))
    return tuple(Option(*item.strip().split("=", 1)) for item in text.split(";") if item)

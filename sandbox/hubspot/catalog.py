"""What HubSpot defines in every account: properties, their options, and pipelines with their stages."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files

# When the properties came to be that HubSpot defines itself, epoch ms.
BORN_MS = 1_580_000_000_000


@dataclass(frozen=True, slots=True)
class Option:
    """One allowed value of an enumeration; without an `order` of its own it stands where the list has it."""

    value: str
    label: str
    description: str = ""
    order: int | None = None
    hidden: bool = False


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
    order: int = -1
    form_field: bool | None = None  # None: whatever can be written and is shown
    sensitivity: str = "non_sensitive"
    refers_to: str = ""  # the object type whose records are the options
    formula: str = ""
    show_currency: bool | None = None  # None: the definition does not say
    created: int = BORN_MS
    updated: int = BORN_MS


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
    """One stage; its place in the pipeline is its place in the tuple, `order` only what the API shows for it."""

    id: str
    label: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    order: int | None = None
    created: int = 0
    updated: int = 0


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One pipeline of one object type."""

    id: str
    label: str
    stages: tuple[Stage, ...]
    order: int | None = None
    created: int = 0
    updated: int = 0
    archived: bool = False


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
# The properties that name a record's pipeline and stage; custom types have the first of the two forms.
STAGE_OF: Mapping[str, tuple[str, str]] = {
    "lead": ("hs_pipeline", "hs_pipeline_stage"),
    "deal": ("pipeline", "dealstage"),
    "ticket": ("hs_pipeline", "hs_pipeline_stage"),
    "contact": ("hs_pipeline", "lifecyclestage"),
    "company": ("hs_pipeline", "lifecyclestage"),
}


def stage_of(kind: str) -> tuple[str, str] | None:
    """The names of a kind's pipeline and stage properties, or None for kinds without pipelines."""
    return STAGE_OF["lead"] if kind.startswith("2-") else STAGE_OF.get(kind)


@cache
def properties(kind: str, group: str = "") -> Mapping[str, Property]:
    """Every property that HubSpot (and this account) defines for a kind, by name; `group` holds what has no other."""
    home = group or f"{kind.replace('_', '')}information"
    found = {
        item.name: item
        for section in ("*", "custom" if kind.startswith("2-") else kind)
        for item in _section(section, home)
    }
    return {**found, **stamps(PIPELINES.get(kind, ()))}


def stamps(pipelines: Iterable[Pipeline]) -> dict[str, Property]:
    """The properties that HubSpot calculates for each stage of these pipelines, by name."""
    found: dict[str, Property] = {}
    for pipeline in pipelines:
        for stage in pipeline.stages:
            for prefix, words in STAGE_STAMPS:
                shape = ("datetime", "date") if "_date_" in prefix else ("number", "number")
                label = f'{words} "{stage.label} ({pipeline.label})"'
                found[prefix + stage.id] = Property(
                    prefix + stage.id, *shape, label, "stages", read_only=True, calculated=True
                )
    return found


def _section(name: str, group: str) -> Iterator[Property]:
    inside = False
    for line in files(__package__).joinpath("properties.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            inside = line == f"[{name}]"
        elif inside and line and not line.startswith("#"):
            item = _property(line, group)
            yield replace(item, created=0, updated=0) if name == "*" else item


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
    pairs = (item.strip().split("=", 1) for item in text.split(";") if item)
    return tuple(Option(value, label) for value, label in pairs)

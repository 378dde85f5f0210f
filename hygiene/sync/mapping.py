"""Which field of one CRM is which of the other, which way it goes, and who decides a conflict."""

from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hygiene.match.survive import CONSENT


class Side(StrEnum):
    """One of the two CRMs."""

    HUBSPOT = "hubspot"
    SALESFORCE = "salesforce"

    @property
    def other(self) -> "Side":
        """The one across."""
        return Side.SALESFORCE if self is Side.HUBSPOT else Side.HUBSPOT


class Direction(StrEnum):
    """Which way values go; the side that only receives is overwritten wherever it differs."""

    BOTH = "both"
    TO_HUBSPOT = "to_hubspot"
    TO_SALESFORCE = "to_salesforce"


class Policy(StrEnum):
    """Whose value counts where both sides changed a field, or where it is not known what they last agreed on."""

    SYSTEM_OF_RECORD = "system_of_record"
    MOST_RECENT = "most_recent"
    MOST_RESTRICTIVE = "most_restrictive"
    FURTHEST_LIFECYCLE = "furthest_lifecycle"
    MANUAL = "manual"


class Convert(StrEnum):
    """How HubSpot's value becomes Salesforce's: a moment there is a date here, a number a text, an owner his twin."""

    SAME = "same"
    OPTIONS = "options"
    DATE = "date"
    TEXT = "text"
    BOOLEAN = "boolean"
    OWNER = "owner"


LIFECYCLE = (
    *("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead"),
    *("opportunity", "customer", "evangelist"),
)
"""HubSpot's own lifecycle stages in their order; `other` has no place in it."""


class Strict(BaseModel):
    """A part of the mapping in which an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldRule(Strict):
    """One field of a twin."""

    hubspot: str = Field(min_length=1, description="The field's neutral name, or HubSpot's own.")
    salesforce: str = Field("", description="The same for Salesforce, where it is another one.")
    direction: Direction = Direction.BOTH
    convert: Convert = Convert.SAME
    options: dict[str, str] = Field(default_factory=dict, description="HubSpot's option, stage or pipeline: the other.")
    policy: Policy = Policy.MANUAL
    record: Side = Field(Side.SALESFORCE, description="The system of record, where the policy asks for one.")
    order: tuple[str, ...] = Field((), description="HubSpot's options from the least to the one that outranks all.")
    currency: str = Field("", description="The field that names the currency: amounts in two of them do not compare.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.convert is Convert.OPTIONS) != bool(self.options):
            raise ValueError("`convert: options` and `options` go together")
        if self.policy is Policy.MOST_RESTRICTIVE and not self.order and self.convert is not Convert.BOOLEAN:
            raise ValueError("most_restrictive needs `convert: boolean`, or the `order` of the options")
        if {self.hubspot, self.salesforce} & CONSENT and self.policy is not Policy.MOST_RESTRICTIVE:
            raise ValueError("consent never loosens: its policy is most_restrictive")
        return self

    def name(self, side: Side) -> str:
        """The field's name on a side."""
        return self.hubspot if side is Side.HUBSPOT else self.salesforce or self.hubspot

    @property
    def key(self) -> str:
        """What agreed values are kept under: another pair of fields never inherits them."""
        return self.hubspot if self.salesforce in ("", self.hubspot) else f"{self.hubspot}={self.salesforce}"

    def reaches(self, side: Side) -> bool:
        """Whether the field may be written on a side."""
        return self.direction is Direction.BOTH or self.direction.value == f"to_{side.value}"


class Mapping(Strict):
    """The fields that the twins of one kind share."""

    kind: str = Field(min_length=1, description="HubSpot's kind.")
    other: str = Field("", description="Salesforce's, where it is another one: a contact may be a lead there.")
    fields: tuple[FieldRule, ...] = ()
    gone: Literal["review", "ignore"] = Field(
        "review", description="What is done where one of two twins was archived, deleted or merged away."
    )

    @model_validator(mode="after")
    def _once(self) -> Self:
        for side in Side:
            names = [rule.name(side) for rule in self.fields if rule.reaches(side)]
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"{side.value} {', '.join(twice)} would be written from two fields")
        return self

    def kind_on(self, side: Side) -> str:
        """The kind on a side."""
        return self.kind if side is Side.HUBSPOT else self.other or self.kind

    def names(self, side: Side) -> tuple[str, ...]:
        """Every field that is read on a side."""
        own = {rule.name(side) for rule in self.fields} | {rule.currency for rule in self.fields if rule.currency}
        return tuple(sorted(own))


def _same(*names: str, policy: Policy = Policy.MANUAL) -> tuple[FieldRule, ...]:
    return tuple(FieldRule(hubspot=name, policy=policy) for name in names)


_ADDRESS = ("city", "state", "postcode", "country")
_OWNER = FieldRule(hubspot="owner", convert=Convert.OWNER)
_CONSENT = FieldRule(
    hubspot="opted_out",
    convert=Convert.BOOLEAN,
    policy=Policy.MOST_RESTRICTIVE,
    direction=Direction.TO_SALESFORCE,  # HubSpot lets nobody write `hs_email_optout` by the API.
)
_PERSON = _same("first_name", "last_name", "email", "phone", "mobile", "title")
DEFAULTS = (
    Mapping(
        kind="company",
        fields=(*_same("name", "website", "phone", "street", *_ADDRESS, "employees", "revenue", "description"), _OWNER),
    ),
    Mapping(kind="contact", fields=(*_PERSON, *_same(*_ADDRESS), _CONSENT, _OWNER)),
    Mapping(kind="contact", other="lead", fields=(*_PERSON, *_same("company", "city", "state", "country"), _CONSENT)),
    Mapping(
        kind="deal",
        fields=(
            FieldRule(hubspot="name"),
            FieldRule(hubspot="amount", currency="currency"),
            FieldRule(hubspot="close_date", convert=Convert.DATE),
            *_same("next_step", "description"),
            _OWNER,
        ),
    ),
)
"""The standard fields that mean the same in both CRMs. Options, stages and pipelines are a team's own: none is here."""

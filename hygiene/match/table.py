"""The match table: per kind the fields, the comparisons with their weights, the blocking keys, caps and thresholds."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Roles = dict[str, tuple[str, ...]]
"""Role -> the CRM fields that may fill it, the first filled one wins."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Comparison(_Strict):
    """One comparator, named by its file in `hygiene/match/compare/`.

    Full agreement adds `weight` points, full contradiction takes `against`. Of comparisons in one `group` only the
    best agreement counts: a domain and the domain of the same e-mail are one fact.
    """

    compare: str = Field(pattern=r"^[a-z_]+$")
    weight: float = Field(ge=0)
    against: float = Field(default=0.0, ge=0)
    group: str = ""


class Block(_Strict):
    """Records that agree on all of `keys` are compared; where more than the cap do, on `tighter` as well."""

    keys: tuple[str, ...] = Field(min_length=1)
    tighter: tuple[str, ...] = ()


class Table(_Strict):
    """How one kind is matched. Points are summed over the comparisons; thresholds are in points.

    `shape` says which features are made of the fields; `fields` maps each role to the CRM fields that may fill it,
    the first filled one wins.
    """

    shape: Literal["organization", "person"]
    fields: Roles
    comparisons: tuple[Comparison, ...]
    blocks: tuple[Block, ...]
    cap: int = Field(default=60, ge=2, description="The most records of one block that are all compared.")
    window: int = Field(default=8, ge=1, description="How many neighbors are compared in a block above the cap.")
    auto: float = Field(gt=0, description="Points from which a pair without contradiction is merged unasked.")
    review: float = Field(gt=0, description="Points from which a person is asked.")
    consistent: float = Field(default=4.0, description="The least points between any two members of one group.")
    max_cluster: int = Field(default=12, ge=2, description="A larger group is for review as a whole.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.review > self.auto:
            raise ValueError("review must not exceed auto")
        return self


PLACE_FIELDS: Roles = {"street": ("street",), "city": ("city",), "state": ("state",), "postcode": ("postcode",)}
COMPANY = Table(
    shape="organization",
    fields={
        "name": ("name",),
        "domain": ("domain", "website"),
        "phone": ("phone",),
        **PLACE_FIELDS,
        "country": ("country",),
        "parent": ("parent",),
        "twin": ("twin",),
    },
    comparisons=(
        Comparison(compare="company_name", weight=8, against=8, group="name"),
        Comparison(compare="domain", weight=6, against=3, group="web"),
        Comparison(compare="phone", weight=5.5, against=3.5),
        Comparison(compare="street", weight=5, against=6, group="place"),
        Comparison(compare="town", weight=1.5, against=4.5, group="place"),
        Comparison(compare="country", weight=0, against=6),
        Comparison(compare="family", weight=0, against=4),
        Comparison(compare="twin", weight=4, against=0),
    ),
    blocks=(
        Block(keys=("domain",), tighter=("name_head",)),
        Block(keys=("phone",), tighter=("name_head",)),
        Block(keys=("label",), tighter=("name_head",)),
        Block(keys=("name_ordered",), tighter=("city",)),
        Block(keys=("name_squashed",), tighter=("city",)),
        Block(keys=("name_head", "city"), tighter=("road",)),
        Block(keys=("name_head", "postcode"), tighter=("road",)),
        Block(keys=("road", "house", "postcode"), tighter=("name_head",)),
        Block(keys=("road", "house", "city"), tighter=("name_head",)),
        Block(keys=("twin",)),
    ),
    auto=11,
    review=7,
)

PERSON_FIELDS: Roles = {
    "first_name": ("first_name",),
    "last_name": ("last_name",),
    "name": ("name",),
    "email": ("email",),
    "phone": ("phone",),
    "mobile": ("mobile",),
    "company": ("company",),
    **PLACE_FIELDS,
    "country": ("country",),
    "birth_date": ("birth_date",),
    "twin": ("twin",),
}
CONTACT = Table(
    shape="person",
    fields=PERSON_FIELDS,
    comparisons=(
        Comparison(compare="person_name", weight=5.5, against=8),
        Comparison(compare="email", weight=11, against=3, group="mail"),
        Comparison(compare="mobile", weight=6, against=1.5, group="line"),
        Comparison(compare="phone", weight=5, against=0.5, group="line"),
        Comparison(compare="employer", weight=3, against=2, group="mail"),
        Comparison(compare="birth_date", weight=6, against=6),
        Comparison(compare="street", weight=4.5, against=1, group="place"),
        Comparison(compare="town", weight=1.5, against=1, group="place"),
        Comparison(compare="country", weight=0, against=3),
        Comparison(compare="twin", weight=4, against=0),
    ),
    blocks=(
        Block(keys=("email",), tighter=("last",)),
        Block(keys=("mobile",), tighter=("last",)),
        Block(keys=("phone",), tighter=("last",)),
        Block(keys=("full_name",), tighter=("employer",)),
        Block(keys=("initial", "last", "employer"), tighter=("first",)),
        Block(keys=("initial", "last", "company"), tighter=("first",)),
        Block(keys=("first", "employer"), tighter=("last",)),
        Block(keys=("mailbox", "label"), tighter=("last",)),
        Block(keys=("last", "postcode"), tighter=("first",)),
        Block(keys=("first", "road", "house"), tighter=("last",)),
        Block(keys=("last", "birth_date"), tighter=("first",)),
        Block(keys=("first", "birth_date"), tighter=("last",)),
        Block(keys=("twin",)),
    ),
    auto=11,
    review=7,
)
LEAD = CONTACT.model_copy(update={"fields": {**PERSON_FIELDS, "converted": ("converted",)}})

TABLES: dict[str, Table] = {"company": COMPANY, "contact": CONTACT, "lead": LEAD}
"""The defaults in code; `config/match.yaml` mirrors them, and a test holds the two equal."""

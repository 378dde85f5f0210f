"""The match table: per kind the fields, the comparisons with their weights, the blocking keys, caps and thresholds."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Roles = dict[str, tuple[str, ...]]
"""Role -> the CRM fields that may fill it, the first filled one wins."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Comparison(_Strict):
    """One comparator, named by its file in `hygiene/match/compare/`.

    Full agreement adds `weight` points, full contradiction takes `against`. Of comparisons in one `group` only the
    best agreement counts: a domain and the domain of the same e-mail are one fact. With `vetoes` off its contradictions
    cost points and no more.
    """

    compare: str = Field(pattern=r"^[a-z_]+$")
    weight: float = Field(ge=0)
    against: float = Field(default=0.0, ge=0)
    group: str = ""
    vetoes: bool = True


class Block(_Strict):
    """Records that agree on all of `keys` are compared; where more than the cap do, on `tighter` as well."""

    keys: tuple[str, ...] = Field(min_length=1)
    tighter: tuple[str, ...] = ()


Knot = tuple[float, Annotated[float, Field(gt=0, lt=1)]]
"""Points, and the share of pairs with so many that are duplicates."""


class Calibration(_Strict):
    """What points are worth as a probability, for pairs with and without contradiction.

    Measured by `bench/calibrate.py`; between two knots the log odds run straight, beyond them they stay.
    """

    clean: tuple[Knot, ...] = Field(min_length=2)
    contradicted: tuple[Knot, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        for knots in (self.clean, self.contradicted):
            if any(a >= b for a, b in pairwise(knots)) or any(a[1] > b[1] for a, b in pairwise(knots)):
                raise ValueError("the knots of a calibration rise, in points and in probability")
        return self


class Table(_Strict):
    """How one kind is matched. Points are summed over the comparisons and read as a probability.

    `shape` says which features are made of the fields; `fields` maps each role to the CRM fields that may fill it,
    the first filled one wins.
    """

    shape: Literal["organization", "person"]
    fields: Roles
    comparisons: tuple[Comparison, ...]
    blocks: tuple[Block, ...]
    cap: int = Field(default=60, ge=2, description="The most records of one block that are all compared.")
    window: int = Field(default=8, ge=1, description="How many neighbors are compared in a block above the cap.")
    calibration: Calibration
    auto: float = Field(gt=0, lt=1, description="Probability from which an uncontradicted pair is merged unasked.")
    review: float = Field(gt=0, lt=1, description="Probability from which a person is asked.")
    consistent: float = Field(gt=0, lt=1, description="The least probability between any two members of one group.")
    max_cluster: int = Field(default=12, ge=2, description="A larger group is for review as a whole.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.review > self.auto:
            raise ValueError("review must not exceed auto")
        return self


COMPANY_CALIBRATION = Calibration(
    clean=(
        (-6, 0.02),
        (-2, 0.06),
        (1, 0.15),
        (3, 0.35),
        (5, 0.62),
        (7, 0.85),
        (9, 0.98),
        (11, 0.997),
        (16, 0.9995),
        (40, 0.99999),
    ),
    contradicted=(
        (-13, 0.003),
        (-8, 0.02),
        (-4, 0.05),
        (-2, 0.07),
        (0, 0.19),
        (2, 0.33),
        (4, 0.45),
        (6, 0.6),
        (8, 0.87),
        (10, 0.95),
        (15, 0.98),
        (30, 0.99),
    ),
)
PERSON_CALIBRATION = Calibration(
    clean=(
        (-2, 0.1),
        (3, 0.5),
        (5, 0.78),
        (7, 0.89),
        (9, 0.965),
        (11, 0.984),
        (13, 0.995),
        (17, 0.9995),
        (40, 0.99999),
    ),
    contradicted=(
        (-20, 0.001),
        (-6, 0.02),
        (1, 0.06),
        (3, 0.17),
        (6.5, 0.55),
        (9, 0.78),
        (11, 0.91),
        (15, 0.985),
        (30, 0.995),
    ),
)
PLACE_FIELDS: Roles = {"street": ("street",), "city": ("city",), "state": ("state",), "postcode": ("postcode",)}
COMPANY = Table(
    shape="organization",
    fields={
        "name": ("name",),
        "domain": ("domain", "website"),
        "phone": ("phone",),
        **PLACE_FIELDS,
        "country": ("country",),
        "tax_id": ("tax_id",),
        "linkedin": ("linkedin",),
        "parent": ("parent",),
        "twin": ("twin",),
    },
    comparisons=(
        Comparison(compare="company_name", weight=6, against=8, group="name"),
        Comparison(compare="domain", weight=2.5, against=4.5, group="web"),
        Comparison(compare="phone", weight=5, against=3),
        Comparison(compare="street", weight=5, against=4.5, group="place"),
        Comparison(compare="town", weight=3.5, against=3, group="place"),
        Comparison(compare="country", weight=0, against=6),
        Comparison(compare="identifier", weight=8, against=6),
        Comparison(compare="linkedin", weight=5, against=3),
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
        Block(keys=("road", "house"), tighter=("city",)),
        Block(keys=("name_sound", "city"), tighter=("road",)),
        Block(keys=("name_sound", "postcode"), tighter=("road",)),
        Block(keys=("tax_id",)),
        Block(keys=("linkedin",)),
        Block(keys=("twin",)),
    ),
    calibration=COMPANY_CALIBRATION,
    auto=0.98,
    review=0.5,
    consistent=0.35,
)

PERSON_FIELDS: Roles = {
    "first_name": ("first_name",),
    "last_name": ("last_name",),
    "name": ("name",),
    "email": ("email",),
    "phone": ("phone",),
    "mobile": ("mobile",),
    "company": ("company",),
    "website": ("website",),
    **PLACE_FIELDS,
    "country": ("country",),
    "birth_date": ("birth_date",),
    "tax_id": ("tax_id",),
    "linkedin": ("linkedin",),
    "twin": ("twin",),
}
CONTACT = Table(
    shape="person",
    fields=PERSON_FIELDS,
    comparisons=(
        Comparison(compare="person_name", weight=6.5, against=8),
        Comparison(compare="personal", weight=0),
        Comparison(compare="email", weight=12, against=2.5, group="mail"),
        Comparison(compare="mobile", weight=7, against=2, group="line"),
        Comparison(compare="phone", weight=6, against=0.8, group="line"),
        Comparison(compare="employer", weight=4, against=5, group="mail"),
        Comparison(compare="birth_date", weight=9.5, against=5),
        Comparison(compare="street", weight=5.5, against=2.5, group="place", vetoes=False),
        Comparison(compare="town", weight=2, against=1.5, group="place", vetoes=False),
        Comparison(compare="country", weight=0, against=6),
        Comparison(compare="identifier", weight=12, against=6),
        Comparison(compare="linkedin", weight=8, against=3),
        Comparison(compare="twin", weight=4, against=0),
    ),
    blocks=(
        Block(keys=("email",), tighter=("last",)),
        Block(keys=("mobile",), tighter=("last",)),
        Block(keys=("phone",), tighter=("last",)),
        Block(keys=("full_name",), tighter=("employer",)),
        Block(keys=("last", "employer"), tighter=("first",)),
        Block(keys=("last", "company"), tighter=("first",)),
        Block(keys=("first", "employer"), tighter=("last",)),
        Block(keys=("first", "company"), tighter=("last",)),
        Block(keys=("mailbox", "label"), tighter=("last",)),
        Block(keys=("first_root", "last"), tighter=("city",)),
        Block(keys=("first_sound", "last_sound"), tighter=("city",)),
        Block(keys=("initial", "last", "city"), tighter=("first",)),
        Block(keys=("last", "postcode"), tighter=("first",)),
        Block(keys=("first", "postcode"), tighter=("last",)),
        Block(keys=("road", "house"), tighter=("postcode",)),
        Block(keys=("birth_date",), tighter=("last_sound",)),
        Block(keys=("tax_id",)),
        Block(keys=("linkedin",)),
        Block(keys=("twin",)),
    ),
    calibration=PERSON_CALIBRATION,
    auto=0.992,
    review=0.5,
    consistent=0.4,
)
LEAD = CONTACT.model_copy(update={"fields": {**PERSON_FIELDS, "converted": ("converted",)}})

TABLES: dict[str, Table] = {"company": COMPANY, "contact": CONTACT, "lead": LEAD}
"""The defaults in code; `config/match.yaml` mirrors them, and a test holds the two equal."""

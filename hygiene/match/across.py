"""Matches records of two kinds: which company a person or a lead belongs to, which contact a lead is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from hygiene.check import Evidence
from hygiene.clean.column import coded
from hygiene.match.compare import comparator
from hygiene.match.features import Features, Rows, features
from hygiene.match.score import Pairs, Scorer, Verdict
from hygiene.match.sides import beside, met, plain, without
from hygiene.match.table import COMPANY, CONTACT, Block, Calibration, Comparison, Roles, Table
from hygiene.view import Columns


class Across(BaseModel):
    """How the records of one kind find theirs among another: what fills the roles of `table` on either side.

    The comparators are those of duplicates; the weights say what an agreement tells of the tie.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    left: Roles
    right: Roles
    table: Table
    margin: float = Field(default=2.0, ge=0, description="Points by which the best must lead the next one to be sure.")

    @model_validator(mode="after")
    def _known(self) -> Self:
        for item in self.table.comparisons:
            comparator(item.compare)
        return self


@dataclass(frozen=True, slots=True)
class Match:
    """The right row that a left row belongs to; `rival` is the next best, where it is near and another thing."""

    left: int
    right: int
    verdict: Verdict
    probability: float
    evidence: tuple[Evidence, ...]
    rival: int | None = None


def across(left: Columns, right: Columns, rules: Across, region: str = "", *, same: Table = COMPANY) -> list[Match]:
    """The best match of each left row that has one for auto or review, in the order of the rows; one workspace each.

    A match is sure where it is probable, uncontradicted, and ahead of every right row that is not the same thing;
    `same` is the table that tells whether two right rows are.
    """
    both = beside(left, right, (rules.left, rules.right))
    rows, split = features(both, plain(rules.table), region), len(left)
    scorer = Scorer(_counted(rows, split), rules.table)
    pairs = scorer.score(*met(rows, split, rules.table))
    pairs = pairs.take(pairs.verdict >= Verdict.REVIEW)
    found = list(_best(pairs, Scorer(rows, same), rules.margin)) if len(pairs) else []
    a, b = (np.array([pair[side] for pair in found], dtype=np.int64) for side in (0, 1))
    why = scorer.explain(a, b)
    return [
        Match(at, to - split, verdict, share, reasons, None if rival is None else rival - split)
        for (at, to, verdict, share, rival), reasons in zip(found, why, strict=True)
    ]


def _best(pairs: Pairs, same: Scorer, margin: float) -> Iterator[tuple[int, int, Verdict, float, int | None]]:
    """For each left row its best right row, with the verdict on it and the rival that keeps it from being sure."""
    order = np.lexsort((pairs.b, -pairs.points, pairs.veto, pairs.a))
    a, b, points = pairs.a[order], pairs.b[order], pairs.points[order]
    starts = np.flatnonzero(np.concatenate(([True], a[1:] != a[:-1])))
    top = np.repeat(starts, np.diff(np.append(starts, len(a))))
    near = np.flatnonzero((top != np.arange(len(a))) & (points > points[top] - margin))
    apart = near[_apart(same, b[top[near]], b[near])]
    rivals = dict(zip(top[apart][::-1].tolist(), b[apart][::-1].tolist(), strict=True))
    shares, verdicts = pairs.probability[order].tolist(), pairs.verdict[order].tolist()
    for at in starts.tolist():
        sure = verdicts[at] == Verdict.AUTO and at not in rivals
        yield int(a[at]), int(b[at]), Verdict.AUTO if sure else Verdict.REVIEW, shares[at], rivals.get(at)


def _apart(same: Scorer, a: Rows, b: Rows) -> NDArray[np.bool_]:
    """Where two right rows are not one: between two records of one company or person there is nothing to decide."""
    if not len(a):
        return np.zeros(0, dtype=bool)
    scored = same.score(a, b)
    return scored.veto | (scored.probability < same.table.review)


def _counted(rows: Features, split: int) -> Features:
    """The rows with names on the right alone: how many companies share a value is not a matter of its employees."""
    named = rows["identity"].text().copy()
    named[:split] = ""
    return Features({**rows.columns, "identity": coded(named)})


def _roles(**fields: tuple[str, ...]) -> Roles:
    return fields


PLACE = _roles(street=("street",), city=("city",), state=("state",), postcode=("postcode",), country=("country",))
EMPLOYER = Across(
    left=_roles(name=("company",), domain=("email", "website"), phone=("phone",)) | PLACE,
    right=_roles(name=("name",), domain=("domain", "website"), phone=("phone",)) | PLACE,
    table=Table(
        shape="organization",
        fields=_roles(name=("name",), domain=("domain",), phone=("phone",)) | PLACE,
        comparisons=(
            Comparison(compare="domain", weight=8, against=4),
            Comparison(compare="company_name", weight=7, against=4, vetoes=False),
            Comparison(compare="phone", weight=4.5, against=0),
            Comparison(compare="street", weight=3, against=0, group="place", vetoes=False),
            Comparison(compare="town", weight=1.5, against=0.5, group="place"),
            Comparison(compare="country", weight=0, against=2, vetoes=False),
        ),
        blocks=(
            Block(keys=("domain",), tighter=("name_head",)),
            Block(keys=("label",), tighter=("name_head",)),
            Block(keys=("name_ordered",), tighter=("city",)),
            Block(keys=("name_squashed",), tighter=("city",)),
            Block(keys=("phone",), tighter=("name_head",)),
            Block(keys=("name_head",), tighter=("city",)),
            Block(keys=("name_sound",), tighter=("city",)),
        ),
        calibration=Calibration(
            clean=((-2, 0.05), (2, 0.3), (4, 0.6), (6, 0.9), (8, 0.98), (11, 0.995), (20, 0.9999)),
            contradicted=((-2, 0.03), (4, 0.3), (8, 0.7), (14, 0.95)),
        ),
        auto=0.95,
        review=0.6,
        consistent=0.35,
    ),
)
"""A person's employer: the domain of the mail says most, the company's name next; a free mailbox says nothing."""
PERSON = without(CONTACT, "twin")
"""A contact as its own CRM's leads know it: the id that a record bears of the other CRM names another kind there."""
SAME_PERSON = Across(left=PERSON.fields, right=PERSON.fields, table=PERSON)
"""A lead and a contact are compared as two contacts are."""

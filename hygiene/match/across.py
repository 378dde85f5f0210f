"""Matches records of two kinds: which company a person or a lead belongs to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from hygiene.check import Evidence
from hygiene.clean import domain, email
from hygiene.clean.column import coded, joined
from hygiene.clean.text import fold, usable
from hygiene.match.block import Keys
from hygiene.match.compare import comparator
from hygiene.match.features import Features, Rows, features
from hygiene.match.score import Pairs, Scorer, Verdict
from hygiene.match.table import COMPANY, Block, Calibration, Comparison, Roles, Table
from hygiene.view import Column, Columns

NAME = "name"
SITE = "domain"
"""The role that is made of mailboxes and sites: the first domain among them that strangers do not share."""


class Across(BaseModel):
    """How the records of one kind find theirs among another: what fills the roles of `table` on either side.

    The comparators are those of duplicates; the weights say what an agreement tells of who works where.
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


def across(left: Columns, right: Columns, rules: Across, region: str = "") -> list[Match]:
    """The best match of each left row that has one for auto or review, in the order of the rows; one workspace each.

    A match is sure where it is probable, uncontradicted, and ahead of every right row that is not the same thing.
    """
    rows, split = features(_both(left, right, rules), _joint(rules), region), len(left)
    scorer = Scorer(_counted(rows, split), rules.table)
    pairs = scorer.score(*_met(rows, split, rules.table))
    pairs = pairs.take(pairs.verdict >= Verdict.REVIEW)
    found = list(_best(pairs, Scorer(rows, COMPANY), rules.margin)) if len(pairs) else []
    a, b = (np.array([pair[side] for pair in found], dtype=np.int64) for side in (0, 1))
    why = scorer.explain(a, b)
    return [
        Match(at, to - split, verdict, share, reasons, None if rival is None else rival - split)
        for (at, to, verdict, share, rival), reasons in zip(found, why, strict=True)
    ]


def _best(pairs: Pairs, companies: Scorer, margin: float) -> Iterator[tuple[int, int, Verdict, float, int | None]]:
    """For each left row its best right row, with the verdict on it and the rival that keeps it from being sure."""
    order = np.lexsort((pairs.b, -pairs.points, pairs.veto, pairs.a))
    a, b, points = pairs.a[order], pairs.b[order], pairs.points[order]
    starts = np.flatnonzero(np.concatenate(([True], a[1:] != a[:-1])))
    top = np.repeat(starts, np.diff(np.append(starts, len(a))))
    near = np.flatnonzero((top != np.arange(len(a))) & (points > points[top] - margin))
    apart = near[_apart(companies, b[top[near]], b[near])]
    rivals = dict(zip(top[apart][::-1].tolist(), b[apart][::-1].tolist(), strict=True))
    shares, verdicts = pairs.probability[order].tolist(), pairs.verdict[order].tolist()
    for at in starts.tolist():
        sure = verdicts[at] == Verdict.AUTO and at not in rivals
        yield int(a[at]), int(b[at]), Verdict.AUTO if sure else Verdict.REVIEW, shares[at], rivals.get(at)


def _apart(companies: Scorer, a: Rows, b: Rows) -> NDArray[np.bool_]:
    """Where two right rows are not one: between two records of one company there is nothing to decide."""
    if not len(a):
        return np.zeros(0, dtype=bool)
    scored = companies.score(a, b)
    return scored.veto | (scored.probability < companies.table.review)


def _met(rows: Features, split: int, table: Table) -> tuple[Rows, Rows]:
    """Each pair of a left and a right row that agree on the keys of a block, once, in ascending order."""
    found = [_block(rows, split, block, table.cap) for block in table.blocks]
    unique = np.unique(np.concatenate(found))
    return unique // len(rows), unique % len(rows)


def _block(rows: Features, split: int, block: Block, cap: int) -> Keys:
    """Where more than `cap` right rows share the keys of a block, the tighter key must agree as well."""
    key = _key(rows, block.keys)
    found, large = _pairs(key, split, cap)
    if len(large) and block.tighter:
        tight = _key(rows, (*block.keys, *block.tighter))
        tight[:split][~np.isin(key[:split], large)] = 0
        found = np.concatenate([found, _pairs(tight, split, cap)[0]])
    return found


def _key(rows: Features, keys: tuple[str, ...]) -> Keys:
    """One number a row, equal where all the keys are; 0 where one of them is blank."""
    found = rows["workspace"].codes.astype(np.int64)
    for name in keys:
        codes = rows[name].codes
        found = np.unique(found * (len(rows[name].values) + 1) + codes, return_inverse=True)[1].astype(np.int64)
    filled = np.logical_and.reduce([rows[name].codes > 0 for name in keys])
    return np.where(filled, found + 1, 0)


def _pairs(key: Keys, split: int, cap: int) -> tuple[Keys, Keys]:
    """Left and right rows of equal key as `left * rows + right`, and the keys that too many right rows share."""
    order = np.argsort(key[split:], kind="stable")
    there = key[split:][order]
    low, high = np.searchsorted(there, key[:split], "left"), np.searchsorted(there, key[:split], "right")
    count = np.where(key[:split] > 0, high - low, 0)
    large = np.unique(key[:split][count > cap])
    count = np.where(count > cap, 0, count)
    left = np.repeat(np.arange(split), count)
    place = np.arange(len(left)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
    return left * len(key) + order[place] + split, large


def _joint(rules: Across) -> Table:
    """The table over columns that are called as their roles."""
    return rules.table.model_copy(update={"fields": {role: (role,) for role in rules.table.fields}})


def _both(left: Columns, right: Columns, rules: Across) -> Columns:
    """The rows of both sides in one, left ones first, a column a role."""
    places = tuple(sorted({*left.workspaces, *right.workspaces}))
    where = [[places.index(name) for name in side.workspaces] for side in (left, right)]
    spaces = [
        np.array(at, dtype=np.int16)[side.workspace] for at, side in zip(where, (left, right), strict=True) if len(side)
    ]
    sides = ((left, rules.left), (right, rules.right))
    data = {
        role: np.concatenate([_filled(side, role, roles.get(role, ())) for side, roles in sides])
        for role in rules.table.fields
    }
    workspace = np.concatenate(spaces) if spaces else np.zeros(0, dtype=np.int16)
    if NAME in data and SITE in data:
        data[NAME] = _guessed(data[NAME], data[SITE], workspace, len(left))
    return Columns(left.kind, places, workspace, np.concatenate([left.ids, right.ids]), data)


def _guessed(names: Column, sites: Column, workspace: NDArray[np.int16], split: int) -> Column:
    """Left rows without a name, and of a domain that no right row has, are named as the domain is: `acme-bank.com`."""
    places = workspace.tolist()
    known = set(zip(places[split:], sites[split:].tolist(), strict=True))
    found = names.copy()
    for row in np.flatnonzero((names[:split] == "") & (sites[:split] != "")).tolist():
        if (places[row], sites[row]) not in known:
            found[row] = domain.label(sites[row])
    return found


def _filled(side: Columns, role: str, fields: tuple[str, ...]) -> Column:
    """The first of the fields that says anything; of sites and mailboxes, the first that is not shared by strangers."""
    there = [coded(side.data[name]) for name in fields if name in side.data]
    if not there or not len(side):
        return np.full(len(side), "", dtype=object)
    return joined(there, _own if role == SITE else _first).text()


def _first(*texts: str) -> str:
    """A CRM that wants a company of everybody is told `[not provided]`, which is no name."""
    return next((text for text in texts if usable(fold(text).strip("[](){}<>"))), "")


def _own(*texts: str) -> str:
    return next(
        filter(None, (email.employer(email.email(text)) if "@" in text else domain.own(text) for text in texts)), ""
    )


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
            Comparison(compare="phone", weight=3, against=0),
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

"""Asks whether anything agrees that is one person's alone: an office, a house and a name are shared by many."""

import numpy as np
from numpy.typing import NDArray

from hygiene.clean.domain import shared
from hygiene.clean.person import nickname
from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing, comparator, levels
from hygiene.match.compare.email import office, repeated
from hygiene.match.compare.mobile import one_line
from hygiene.match.features import Features, Rows

REASONS = (
    UNKNOWN,
    Reason("something of one person's own agrees", 0.0),
    Reason("nothing agrees that is one person's alone", 0.0, asks=True),
    Reason("a mobile agrees, which a family may share, and not both given names are written out", 0.0, asks=True),
)
SHOWN = ("first_name", "email", "mobile")
SHARING: Sharing | None = None
SLIP_OF_DOMAIN = 3
"""The level of `email` at which the mailbox is the same and its domain all but that."""


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """A person's own are a mailbox that no office reads, a mobile, a date of birth, a number or page given to one."""
    own = _mailbox(rows, a, b) | rows.equal("linkedin", a, b) | rows.equal("twin", a, b)
    own |= _agrees(rows, "tax_id", "identifier", (a, b))
    born = np.flatnonzero(_agrees(rows, "birth_date", "birth_date", (a, b)))
    own[born] |= ~_twins(rows, a[born], b[born])
    mobile, whole = rows.shared(one_line, a, b), rows.once(_whole)
    return levels([own | (mobile & whole[a] & whole[b]), mobile, rows.once(_told)[a] & rows.once(_told)[b]], [1, 3, 2])


def _mailbox(rows: Features, a: Rows, b: Rows) -> NDArray[np.bool_]:
    same = rows.equal("mailbox", a, b) & ~rows.once(office)[a]
    whole, household = rows.once(_whole), rows.once(_households)
    same &= ~(household[a] | household[b]) | (whole[a] & whole[b])
    own = same & rows.equal("email", a, b)
    at = np.flatnonzero(same & ~own)
    own[at] = comparator("email").compare(rows, a[at], b[at]) == SLIP_OF_DOMAIN
    return own


def _agrees(rows: Features, feature: str, name: str, pair: tuple[Rows, Rows]) -> NDArray[np.bool_]:
    """Where a comparator that has agreement and a slip of it for levels 1 and 2 says one of them."""
    part = comparator(name)
    found = np.zeros(len(pair[0]), dtype=bool)
    codes = rows[feature].codes
    at = np.flatnonzero((codes[pair[0]] > 0) & (codes[pair[1]] > 0))
    if len(at):
        found[at] = np.isin(part.compare(rows, pair[0][at], pair[1][at]), (1, 2))
    return found


def _twins(rows: Features, a: Rows, b: Rows) -> NDArray[np.bool_]:
    """Where given names that are but alike (Karin, Katrin, K.) may be those of twins: they share the day of birth."""
    first = rows["first"]
    at = np.flatnonzero(rows.differ("first", a, b) & ~rows.equal("full_name", a, b))
    found = np.zeros(len(a), dtype=bool)
    texts = (first.values[first.codes[side[at]]].tolist() for side in (a, b))
    found[at] = [not nickname(one, other) for one, other in zip(*texts, strict=True)]
    return found


def _households(rows: Features) -> NDArray[np.bool_]:
    """Where a mailbox at a provider bears the family's name alone: `smith@`, `the.smiths2@`, `smithfamily@`.

    As of an office, it is asked of mailboxes alone that several rows have.
    """
    box, last = rows["mailbox"], rows["last"]
    found = rows["host"].holds(shared) & (last.codes > 0) & rows.once(repeated)
    texts = (column.values[column.codes[found]].tolist() for column in (box, last))
    found[found] = list(map(_family, *texts))
    return found


def _family(box: str, last: str) -> bool:
    letters = "".join(filter(str.isalpha, box)).replace("family", "").removeprefix("the")
    return letters.removesuffix("s") == last.replace(" ", "").removesuffix("s")


def _told(rows: Features) -> NDArray[np.bool_]:
    """Where there is anything that another record could agree with."""
    said = [rows[name].codes > 0 for name in ("first", "last", "email", "phone", "company", "road")]
    return np.asarray(np.logical_or.reduce(said))


def _whole(rows: Features) -> NDArray[np.bool_]:
    """Where both names are there and the given name is more than an initial."""
    return rows["first"].holds(lambda text: len(text) > 1) & (rows["last"].codes > 0)

"""Compares e-mail addresses; a mailbox that an office reads is weak, two that differ by digits are two persons."""

import re

import numpy as np
from numpy.typing import NDArray

from hygiene.clean.column import Coded
from hygiene.clean.domain import shared
from hygiene.clean.email import desk
from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing, each, filled, levels, slips
from hygiene.match.features import Features, Rows

REASONS = (
    UNKNOWN,
    Reason("same e-mail address", 1.0),
    Reason("same office mailbox", 0.2),
    Reason("same mailbox, the domain has a slip or another ending", 0.6),
    Reason("same domain, the mailbox has a slip", 0.45),
    Reason("same mailbox name elsewhere", 0.2),
    Reason("mailboxes differ by digits alone", -1.0, veto=True),
    Reason("different mailboxes in one domain", -0.5),
    Reason("different e-mail addresses", -0.1),
)
SHOWN = ("email",)
SHARING = Sharing("email", by="identity", free=2, most=6)
LETTERS = str.maketrans("", "", "0123456789")
BARE = re.compile(r"[a-z](?:[a-z._-]*[a-z])?")


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """A slip is one letter in a mailbox of five or more, or up to two in a domain; two providers are no slip."""
    email, box = rows["email"], rows["mailbox"]
    host, long = rows["host"], rows.once(_long)
    both = filled(email, a, b)
    provider = rows.once(_provider)
    same, home = rows.equal("email", a, b), both & (host.codes[a] == host.codes[b])
    public = rows.once(office)
    twins = rows.equal("mailbox", a, b) & ~public[a]
    near = both & twins & ~(provider[a] & provider[b] & _rivals(rows, a, b))
    near[near] = slips(host, a[near], b[near], 2)
    slip = home & long[a] & long[b]
    slip[slip] = slips(box, a[slip], b[slip], 1)
    marked = rows.once(_marked)
    digits = home & ~same & (marked[a] | marked[b])
    digits[digits] = each(box, box.codes[a[digits]], box.codes[b[digits]], _one_but_for_digits)
    conditions = [same & public[a], same, digits, near, slip, twins & long[a], home, both]
    return levels(conditions, [2, 1, 6, 3, 4, 5, 7, 8])


def _long(rows: Features) -> NDArray[np.bool_]:
    return rows["mailbox"].holds(lambda box: len(box) >= 5)


def office(rows: Features) -> NDArray[np.bool_]:
    """Where nobody's own mailbox stands: an office reads it, or it is named as the domain is (`acme@acme.com`).

    Asked of mailboxes that several rows have alone: of any other nothing hangs on the answer.
    """
    box, label = rows["mailbox"], rows["label"]
    several, desks = rows.once(repeated), np.zeros(box.size, dtype=bool)
    codes = np.flatnonzero(np.bincount(box.codes[several], minlength=box.size))
    desks[codes] = [desk(name) for name in box.values[codes].tolist()]
    found = desks[box.codes]
    at = np.flatnonzero(several & (label.codes > 0))
    at = at[box.signs.letters[box.codes[at]] == label.signs.letters[label.codes[at]]]
    found[at] |= box.values[box.codes[at]] == label.values[label.codes[at]]
    return found


def repeated(rows: Features) -> NDArray[np.bool_]:
    """Where another row has the same mailbox, at whatever domain."""
    box = rows["mailbox"]
    return np.asarray(box.counts()[box.codes] > 1)


def _rivals(rows: Features, a: Rows, b: Rows) -> NDArray[np.bool_]:
    """Where two providers are two (aol and aim, gmx.de and gmx.net, gmail and ymail), and not one misspelled."""
    label, head = rows.once(_host_label), rows.once(_host_head)
    slip = (label.codes[a] != label.codes[b]) & (head.codes[a] == head.codes[b])
    return np.asarray(~(slip & rows.once(_host_long)[a] & rows.once(_host_long)[b]))


def _host_label(rows: Features) -> Coded:
    return rows["host"].map(lambda host: host.partition(".")[0])


def _host_head(rows: Features) -> Coded:
    return rows["host"].map(lambda host: host[:1])


def _host_long(rows: Features) -> NDArray[np.bool_]:
    return rows["host"].holds(lambda host: len(host.partition(".")[0]) >= 5)


def _provider(rows: Features) -> NDArray[np.bool_]:
    return rows["host"].holds(shared)


def _marked(rows: Features) -> NDArray[np.bool_]:
    """Where a mailbox is more than its letters: two that are not are told apart by their letters alone."""
    return rows["mailbox"].holds(lambda box: BARE.fullmatch(box) is None and _bare(box) != box)


def _one_but_for_digits(a: str, b: str) -> bool:
    return _bare(a) == _bare(b)


def _bare(box: str) -> str:
    """A mailbox without digits; one without any letter stays."""
    return box.translate(LETTERS).strip("._-") or box

"""Puts the records of two sides into one table, and meets those of one side with those of the other."""

import numpy as np
from numpy.typing import NDArray

from hygiene.clean import domain, email
from hygiene.clean.column import coded, joined
from hygiene.clean.name import company, squashed
from hygiene.clean.text import fold, usable
from hygiene.match.block import Keys
from hygiene.match.features import Features, Rows
from hygiene.match.table import Block, Roles, Table
from hygiene.view import Column, Columns

NAME = "name"
SITE = "domain"
"""The role that is made of mailboxes and sites: the first domain among them that strangers do not share."""
MAILBOX = "mailbox"
"""Not a role of any table: the letters of the first mailbox among those."""
LETTERS = 8
"""The fewest in a mailbox that is a company's name: below that it may be anybody's."""


def plain(table: Table) -> Table:
    """The table over columns that are called as their roles."""
    return table.model_copy(update={"fields": {role: (role,) for role in table.fields}})


def without(table: Table, *roles: str) -> Table:
    """The table as if these roles, called as their comparators and keys are, were not there."""
    return table.model_copy(
        update={
            "fields": {role: fields for role, fields in table.fields.items() if role not in roles},
            "comparisons": tuple(item for item in table.comparisons if item.compare not in roles),
            "blocks": tuple(block for block in table.blocks if not set(roles) & set(block.keys)),
        }
    )


def beside(left: Columns, right: Columns, filled: tuple[Roles, Roles]) -> Columns:
    """The rows of both sides in one, left ones first, a column for each role that either side fills."""
    places = tuple(sorted({*left.workspaces, *right.workspaces}))
    where = [[places.index(name) for name in side.workspaces] for side in (left, right)]
    spaces = [
        np.array(at, dtype=np.int16)[side.workspace] for at, side in zip(where, (left, right), strict=True) if len(side)
    ]
    sides = tuple(zip((left, right), filled, strict=True))
    data = {
        role: np.concatenate([_filled(side, role, roles.get(role, ())) for side, roles in sides])
        for role in dict.fromkeys([*filled[0], *filled[1]])
    }
    workspace = np.concatenate(spaces) if spaces else np.zeros(0, dtype=np.int16)
    if NAME in data and SITE in data:
        data[NAME] = _guessed(data[NAME], data[SITE], workspace, len(left))
        boxes = _filled(left, MAILBOX, filled[0][SITE])
        data[NAME] = _signed(data[NAME], data[SITE], boxes, workspace)
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


def _signed(names: Column, sites: Column, boxes: Column, workspace: NDArray[np.int16]) -> Column:
    """Left rows without name and site whose mailbox is a right row's name are named so: `acmebakery1@gmail.com`."""
    split, places, found = len(boxes), workspace.tolist(), names.copy()
    bare = np.flatnonzero((names[:split] == "") & (sites[:split] == "") & (boxes != "")).tolist()
    wanted = {(places[row], boxes[row]) for row in bare}
    known: dict[tuple[int, str], str] = {}
    for at, text in enumerate(names[split:].tolist() if wanted else (), split):
        if (key := (places[at], squashed(company(text)))) in wanted:
            known.setdefault(key, text)
    for row in bare:
        found[row] = known.get((places[row], boxes[row]), "")
    return found


def _filled(side: Columns, role: str, fields: tuple[str, ...]) -> Column:
    """The first of the fields that says anything; of sites and mailboxes, the first that is not shared by strangers."""
    there = [coded(side.data[name]) for name in fields if name in side.data]
    if not there or not len(side):
        return np.full(len(side), "", dtype=object)
    return joined(there, {SITE: _own, MAILBOX: _box}.get(role, _first)).text()


def _first(*texts: str) -> str:
    """A CRM that wants a company of everybody is told `[not provided]`, which is no name."""
    return next((text for text in texts if usable(fold(text).strip("[](){}<>"))), "")


def _own(*texts: str) -> str:
    return next(
        filter(None, (email.employer(email.email(text)) if "@" in text else domain.own(text) for text in texts)), ""
    )


def _box(*texts: str) -> str:
    box = next((email.mailbox(email.email(text)).rstrip("0123456789") for text in texts if "@" in text), "")
    return box if len(box) >= LETTERS else ""


def met(rows: Features, split: int, table: Table) -> tuple[Rows, Rows]:
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

"""Edits the journal behind the tool's back: entries changed, taken out, put in, swapped or cut off are all found."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from connectors.errors import RefusedError
from sync.database import open_store
from sync.ledger.anchor import Anchor
from sync.ledger.journal import DiskJournal
from sync.session import wall_clock
from tests.rel.bench import bench
from tests.rel.part import Part, Result, Share, Tier, mine

SMALL, RELEASE = 150, 10_000
CELLS = ("seq", "at", "run", "key", "group_id", "step", "state", "ref", "facts", "commitment", "previous", "hash")
TEXTS = ("x", "", "verified", "hubspot:1/company/2", '{"code":"x"}', "0" * 64)
Edit = Callable[[sqlite3.Connection, random.Random], bool]


def trials(tier: Tier, seed: int, share: Share) -> Iterator[Result]:
    """Random edits of a journal that a whole plan left, each undone before the next."""
    count = RELEASE if tier is Tier.RELEASE else SMALL
    with bench("whole") as made, made.trial("whole") as trial:
        trial.attempt()
        path = trial.stage.state / "ledger.db"
        engine = open_store("ledger", f"sqlite:///{path}", durable=False)
        journal, anchor = DiskJournal(engine, wall_clock), Anchor(trial.stage.state / "journal.head")
        with closing(sqlite3.connect(path)) as file, closing(sqlite3.connect(":memory:")) as whole:
            file.backup(whole)
            for number in range(count):
                if mine(share, number):
                    dice = random.Random(f"{seed}/{number}")
                    yield Result(unseen(path, whole, dice, lambda: found(journal, anchor)))
        engine.dispose()


def found(journal: DiskJournal, anchor: Anchor) -> bool:
    """Whether the tool notices."""
    try:
        anchor.check(journal)
    except RefusedError:
        return True
    return bool(journal.verify()[1])


def unseen(path: Path, whole: sqlite3.Connection, dice: random.Random, noticed: Callable[[], bool]) -> list[str]:
    """An edit that nobody notices; the journal is as it was afterwards."""
    edit = dice.choice(EDITS)
    with closing(sqlite3.connect(path)) as file:
        with file:
            changed = edit(file, dice)
        blind = changed and not noticed()
        whole.backup(file)
    return [f"{edit.__name__} was not found"] if blind else []


def changes(file: sqlite3.Connection, dice: random.Random) -> bool:
    """One cell of an entry."""
    cell, at = dice.choice(CELLS), _some(file, dice)
    old = file.execute(f"SELECT {cell} FROM entry WHERE seq = ?", (at,)).fetchone()[0]
    new = old + dice.choice((-1, 1, 10**6)) if isinstance(old, int) else dice.choice(TEXTS)
    taken = cell == "seq" and file.execute("SELECT 1 FROM entry WHERE seq = ?", (new,)).fetchone()
    if old == new or taken:
        return False
    file.execute(f"UPDATE entry SET {cell} = ? WHERE seq = ?", (new, at))
    return True


def takes_out(file: sqlite3.Connection, dice: random.Random) -> bool:
    """One entry, with its values."""
    at = _some(file, dice)
    file.execute("DELETE FROM value WHERE seq = ?", (at,))
    return file.execute("DELETE FROM entry WHERE seq = ?", (at,)).rowcount == 1


def cuts_off(file: sqlite3.Connection, dice: random.Random) -> bool:
    """The end, with its values."""
    at = _some(file, dice)
    file.execute("DELETE FROM value WHERE seq >= ?", (at,))
    return file.execute("DELETE FROM entry WHERE seq >= ?", (at,)).rowcount > 0


def puts_in(file: sqlite3.Connection, dice: random.Random) -> bool:
    """A copy of an entry behind the end."""
    names = ", ".join(CELLS[1:])
    file.execute(
        f"INSERT INTO entry (seq, {names}) SELECT (SELECT max(seq) + 1 FROM entry), {names} FROM entry WHERE seq = ?",
        (_some(file, dice),),
    )
    return True


def swaps(file: sqlite3.Connection, dice: random.Random) -> bool:
    """Two entries' states."""
    a, b = _some(file, dice), _some(file, dice)
    states = [file.execute("SELECT state FROM entry WHERE seq = ?", (at,)).fetchone()[0] for at in (a, b)]
    if states[0] == states[1]:
        return False
    file.executemany("UPDATE entry SET state = ? WHERE seq = ?", [(states[1], a), (states[0], b)])
    return True


def changes_values(file: sqlite3.Connection, dice: random.Random) -> bool:
    """What an entry is committed to: its values or their salt."""
    seqs = [row[0] for row in file.execute("SELECT seq FROM value ORDER BY seq")]
    cell, new = dice.choice((("body", '{"before":{}}'), ("salt", "00" * 16)))
    return file.execute(f"UPDATE value SET {cell} = ? WHERE seq = ?", (new, dice.choice(seqs))).rowcount == 1


def invents_values(file: sqlite3.Connection, dice: random.Random) -> bool:
    """Values for an entry that was committed to none."""
    sql = "SELECT seq FROM entry WHERE seq NOT IN (SELECT seq FROM value) ORDER BY seq"
    bare = [row[0] for row in file.execute(sql)]
    file.execute("INSERT INTO value (seq, salt, body) VALUES (?, ?, '{}')", (dice.choice(bare), "00" * 16))
    return True


def _some(file: sqlite3.Connection, dice: random.Random) -> int:
    return dice.choice([int(row[0]) for row in file.execute("SELECT seq FROM entry ORDER BY seq")])


EDITS: tuple[Edit, ...] = (changes, changes, takes_out, cuts_off, puts_in, swaps, changes_values, invents_values)
PART = Part("tamper", "edits of the journal behind the tool's back", trials)

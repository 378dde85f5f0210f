"""Writes rows, history, links and truth to the store in chunks."""

from array import array
from typing import Any

from sandbox.store import Row, Store

CHUNK = 4000
Past = tuple[str, str, str, str, int, str | None, dict[str, Any]]
Link = tuple[str, str, str, str, int]


class Pen:
    """Collects what is to be written and writes it whenever a chunk is full; `flush` writes the rest."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.rows: list[Row] = []
        self.past: list[Past] = []
        self.links: dict[str, list[Link]] = {}
        self.truth: list[tuple[str, str, str, str, str]] = []

    def add(self, row: Row, entity: str, note: str = "") -> None:
        """One record and what it really is."""
        self.rows.append(row)
        self.truth.append((row.crm, row.kind, row.id, entity, note))
        if len(self.rows) >= CHUNK:
            self.flush()

    def link(self, crm: str, one: tuple[str, str], other: tuple[str, str], types: tuple[int, int]) -> None:
        """A link both ways between two (kind, id), with the type id of each way."""
        found = self.links.setdefault(crm, [])
        found.append((*one, *other, types[0]))
        found.append((*other, *one, types[1]))

    def flush(self) -> None:
        """Write everything collected."""
        self.store.put_all(self.rows)
        self.store.db.execute("BEGIN")
        self.store.remember(self.past)
        for crm, links in self.links.items():
            self.store.link(crm, links)
        self.store.db.executemany("INSERT OR REPLACE INTO truth VALUES (?,?,?,?,?)", self.truth)
        self.store.db.execute("COMMIT")
        self.rows, self.past, self.links, self.truth = [], [], {}, []


class Marks:
    """What deals and work leave on the records they touch, by sequence number."""

    def __init__(self, size: int) -> None:
        self.touched = array("q", bytes(8 * (size + 1)))
        self.count = array("i", bytes(4 * (size + 1)))
        self.deals = array("i", bytes(4 * (size + 1)))
        self.people = array("i", bytes(4 * (size + 1)))
        self.rank = array("b", bytes(size + 1))

    def touch(self, seq: int, at: int) -> None:
        """Work was done on the record."""
        self.touched[seq] = max(self.touched[seq], at)
        self.count[seq] += 1

    def deal(self, seq: int, rank: int) -> None:
        """A deal was made with it; rank 4 is an opportunity and 5 a customer."""
        self.deals[seq] += 1
        self.rank[seq] = max(self.rank[seq], rank)

"""Who was erased and must not come back: keyed hashes of ids and e-mail addresses, and nothing else of a person."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import Engine, select

from connectors.records import Record, Ref
from sync.database import millis, upsert, writing
from sync.ledger.tables import ForgottenRow

FORGOTTEN = ForgottenRow.__table__  # type: ignore[attr-defined]
PEOPLE = ("contact", "lead")


@dataclass(frozen=True)
class Forgotten:
    """The list as it stood when first asked; a record is `in` it by its id or by one of its addresses."""

    engine: Engine

    def add(self, refs: Iterable[Ref], addresses: Iterable[str], now: datetime) -> None:
        """Keep these ids and addresses away from the mirror from now on."""
        salt = self._salt or secrets.token_hex(32)
        named = {*(str(ref) for ref in refs), *(address.casefold() for address in addresses)}
        rows = [{"mark": _mark(salt, name), "salt": salt, "at": millis(now)} for name in sorted(named)]
        if rows:
            with writing(self.engine) as connection:
                upsert(connection, FORGOTTEN, rows)

    def __contains__(self, record: object) -> bool:
        known = self._rows
        return bool(known) and isinstance(record, Record) and any(_mark(self._salt, n) in known for n in _names(record))

    @cached_property
    def _rows(self) -> dict[str, str]:
        with self.engine.connect() as connection:
            return {row.mark: row.salt for row in connection.execute(select(FORGOTTEN))}

    @property
    def _salt(self) -> str:
        return next(iter(self._rows.values()), "")


def addresses(record: Record) -> set[str]:
    """The e-mail addresses of a person; those that a record of another kind mentions say nothing of who it is."""
    if record.ref.kind not in PEOPLE:
        return set()
    values = [value for name, value in record.fields.items() if "email" in name.casefold()]
    parts = (part for value in values for part in (value if isinstance(value, tuple) else (value,)))
    texts = (text for part in parts if isinstance(part, str) for text in part.split(";"))
    return {text.strip().casefold() for text in texts if "@" in text}


def _names(record: Record) -> Iterator[str]:
    yield str(record.ref)
    yield from addresses(record)


def _mark(salt: str, name: str) -> str:
    return hmac.new(bytes.fromhex(salt), name.encode(), hashlib.sha256).hexdigest()

"""First contact with a live account: when it was looked over, and the run whose first groups were verified there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from sync.database import millis, moment, upsert, writing
from sync.ledger.tables import ContactRow

CONTACT = ContactRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Contact:
    """What is known of one account. `api_version` is the one it was looked over with; `examined_at` is None where
    the last look found an error, or there was none; `proved_by` is the run that proved a write, blank for none."""

    workspace: str
    api_version: str = ""
    examined_at: datetime | None = None
    proved_by: str = ""


class Contacts:
    """Remembers by workspace; a ledger that was lost or restored begins with strangers again."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self.engine = engine
        self.now = now

    def of(self, workspace: str) -> Contact:
        """What is known of an account; a stranger where nothing is."""
        with self.engine.connect() as connection:
            row = connection.execute(select(CONTACT).where(CONTACT.c.workspace == workspace)).first()
        if row is None:
            return Contact(workspace)
        at = None if row.examined_at is None else moment(row.examined_at)
        return Contact(workspace, row.api_version, at, row.proved_by)

    def examined(self, workspace: str, api_version: str, passed: bool) -> None:
        """`doctor` looked the account over; an error takes an earlier pass back."""
        self._keep(workspace, {"api_version": api_version, "examined_at": millis(self.now()) if passed else None})

    def proved(self, workspace: str, run: str) -> None:
        """A run wrote to the account, and every one of its first groups was verified."""
        if not self.of(workspace).proved_by:
            self._keep(workspace, {"proved_by": run})

    def _keep(self, workspace: str, cells: Mapping[str, object]) -> None:
        blank = {"workspace": workspace, "api_version": "", "examined_at": None, "proved_by": ""}
        with writing(self.engine) as connection:
            row = connection.execute(select(CONTACT).where(CONTACT.c.workspace == workspace)).first()
            known = dict(row._mapping) if row else {}
            upsert(connection, CONTACT, [{**blank, **known, **cells}])

"""Why runs stopped before their plan was through: kept until they are, so that nobody has to remember it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, select

from sync.database import millis, moment, upsert, writing
from sync.ledger.tables import HaltRow

HALT = HaltRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Halt:
    """Why a run stopped, and when."""

    run: str
    why: str
    at: datetime


class Halts:
    """One reason for each run that stopped; the last one counts."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self.engine = engine
        self.now = now

    def keep(self, run: str, why: str) -> None:
        """A run stopped, or, for a blank reason, is through."""
        with writing(self.engine) as connection:
            connection.execute(delete(HALT).where(HALT.c.run == run))
            if why:
                upsert(connection, HALT, [{"run": run, "why": why, "at": millis(self.now())}])

    def of(self, run: str) -> Halt | None:
        """Why a run stopped; None where it said nothing, as when it was killed."""
        with self.engine.connect() as connection:
            row = connection.execute(select(HALT).where(HALT.c.run == run)).first()
        return Halt(row.run, row.why, moment(row.at)) if row else None

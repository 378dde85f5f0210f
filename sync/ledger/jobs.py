"""The scheduled jobs through time: when each ran, how it ended, what people were told last."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, insert, select, update

from connectors.values import Json
from sync.database import millis, moment, writing
from sync.ledger.tables import JobRow

JOB = JobRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Job:
    """One scheduled job. `code` is its exit code, None while it runs or where its process died."""

    seq: int
    started_at: datetime
    finished_at: datetime | None
    code: int | None
    state: str
    why: str
    facts: Mapping[str, Json]


class Jobs:
    """The history of scheduled jobs; `now` stamps them."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self.engine = engine
        self.now = now

    def begin(self) -> int:
        """A job starts; its number."""
        row = {"started_at": millis(self.now()), "state": "running", "why": "", "facts": {}, "told": ""}
        with writing(self.engine) as connection:
            key = connection.execute(insert(JOB).values(row)).inserted_primary_key
        return int(key[0]) if key else 0

    def finish(self, seq: int, code: int, state: str, why: str, facts: Mapping[str, Json]) -> None:
        """A job ended."""
        cells = {"code": code, "state": state, "why": why, "facts": dict(facts), "finished_at": millis(self.now())}
        with writing(self.engine) as connection:
            connection.execute(update(JOB).where(JOB.c.seq == seq).values(**cells))

    def tell(self, seq: int, what: str) -> None:
        """People were told of this state at the end of this job."""
        with writing(self.engine) as connection:
            connection.execute(update(JOB).where(JOB.c.seq == seq).values(told=what))

    def told(self) -> str:
        """The state that people were told last; blank where they never were."""
        query = select(JOB.c.told).where(JOB.c.told != "").order_by(JOB.c.seq.desc()).limit(1)
        with self.engine.connect() as connection:
            return connection.scalar(query) or ""

    def last(self, most: int) -> list[Job]:
        """The newest jobs, the newest first."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(JOB).order_by(JOB.c.seq.desc()).limit(most)).all()
        return [_job(row) for row in rows]


def _job(row: Any) -> Job:
    finished = None if row.finished_at is None else moment(row.finished_at)
    return Job(row.seq, moment(row.started_at), finished, row.code, row.state, row.why, row.facts)

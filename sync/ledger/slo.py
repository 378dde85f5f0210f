"""Readings of targets through time: what was found when, and the state that people were told last."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Engine, insert, select

from metrics.slo import Place, Reading, State, Verdict, place_of
from sync.database import millis, moment, writing
from sync.ledger.tables import ReadingRow

READING = ReadingRow.__table__  # type: ignore[attr-defined]


class Readings:
    """Every look at a target is kept; nothing of it is about a record. `now` stamps them."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self.engine = engine
        self.now = now

    def past(self, slo: str, most: int = 10_000) -> Mapping[Place, list[Reading]]:
        """The newest readings of a target by place, the newest first in each."""
        query = select(READING).where(READING.c.slo == slo).order_by(READING.c.seq.desc()).limit(most)
        found: dict[Place, list[Reading]] = {}
        with self.engine.connect() as connection:
            for row in connection.execute(query):
                value = None if row.value is None else Decimal(row.value)
                reading = Reading(row.period, moment(row.at), value, State(row.state))
                found.setdefault((row.slo, row.account, row.about), []).append(reading)
        return found

    def keep(self, verdicts: Iterable[Verdict], told: frozenset[Place] = frozenset()) -> None:
        """Keep what was found now; at these places people were told of it."""
        at = self.now()
        rows = [_cells(verdict, at, place_of(verdict) in told) for verdict in verdicts]
        if rows:
            with writing(self.engine) as connection:
                connection.execute(insert(READING), rows)

    def told(self) -> Mapping[Place, State]:
        """The state that people were told last, of each place that they were told of."""
        query = select(READING).where(READING.c.told.is_(True)).order_by(READING.c.seq)
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
        return {(row.slo, row.account, row.about): State(row.state) for row in rows}


def _cells(verdict: Verdict, at: datetime, told: bool) -> dict[str, object]:
    slo, account, about = place_of(verdict)
    value = verdict.figure.value
    return {
        "slo": slo,
        "account": account,
        "about": about,
        "period": verdict.slo.period(at),
        "at": millis(at),
        "value": None if value is None else format(value, "f"),
        "state": verdict.state.value,
        "told": told,
    }

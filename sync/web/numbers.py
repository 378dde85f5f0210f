"""What the gate says of itself: events that wait, verdicts and their lag, plans in the queue, the age of the mirror."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from connectors.errors import RevopsError
from connectors.values import Json
from sync.ledger.inbox import Inbox
from sync.ledger.verdicts import Verdicts
from sync.mirror.pull import certificates
from sync.session import Session

FRESH = 15.0
"""Seconds for which the accounts of the mirror are remembered: they change when somebody pulls a new one."""


@dataclass
class Numbers:
    """Reads the stores when asked; safe to call from several threads."""

    session: Session
    clock: Callable[[], float] = time.monotonic
    _accounts: tuple[float, frozenset[str]] = field(default=(float("-inf"), frozenset()))

    def accounts(self) -> frozenset[str]:
        """The workspaces whose deals were pulled."""
        at, found = self._accounts
        if self.clock() - at > FRESH:
            found = frozenset(self.pulled())
            self._accounts = (self.clock(), found)
        return found

    def pulled(self) -> dict[str, datetime]:
        """When each workspace's deals were last pulled."""
        known = certificates(self.session.mirror_store)
        return {workspace: item.finished_at for (workspace, kind), item in known.items() if kind == "deal"}

    def metrics(self) -> Mapping[str, tuple[str, float]]:
        """Name -> (help, value) of every gauge."""
        inbox, verdicts = (
            Inbox(self.session.ledger_store, self.session.now),
            Verdicts(self.session.ledger_store, self.session.now),
        )
        depth, oldest = inbox.depth()
        median, longest = verdicts.lag()
        found = {
            "inbox_waiting": ("Events that nobody has looked at yet.", float(depth)),
            "inbox_oldest_seconds": ("How long the oldest of them waits.", self._age(oldest)),
            "verdict_lag_seconds_median": ("From arrival to verdict, of the last thousand.", median),
            "verdict_lag_seconds_longest": ("The longest of them.", longest),
            "queue_waiting": ("Plans that wait for `apply --queue`.", float(verdicts.waiting())),
            "mirror_age_seconds": ("Since the oldest of the last pulls of deals.", self._age(self._stalest())),
        }
        counts = verdicts.counts()
        actions = {name: ("Verdicts by what was done.", float(counts.get(name, 0))) for name in ACTIONS}
        return found | {f"verdicts_{name}": value for name, value in actions.items()}

    def health(self) -> tuple[int, Mapping[str, Json]]:
        """200 where events can be kept and nothing needs a person, else 503, with the numbers that say why."""
        try:
            return 200, {"status": "ok", **{name: value for name, (_, value) in self.metrics().items()}}
        except (SQLAlchemyError, RevopsError) as error:
            return 503, {"status": "the stores cannot be read", "error": type(error).__name__}

    def _stalest(self) -> datetime | None:
        return min(self.pulled().values(), default=None)

    def _age(self, since: datetime | None) -> float:
        return 0.0 if since is None else max(0.0, (self.session.now() - since).total_seconds())


ACTIONS = ("none", "alert", "task", "revert")

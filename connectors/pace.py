"""Call budgets, kept by a sliding window and corrected by what the CRM's headers say."""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """So many calls in any window of so many seconds."""

    calls: int
    seconds: float


class Pace:
    """Holds callers back until a call fits its budget; safe to share between threads.

    `clock` returns seconds that only grow and `sleep` waits, so that tests run in virtual time. `daily_left` is the
    CRM's last word on the calls left today, None before it said one.
    """

    def __init__(
        self,
        budgets: Mapping[str, Budget],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.budgets = dict(budgets)
        self.clock = clock
        self.sleep = sleep
        self.daily_left: int | None = None
        self._sent: dict[str, deque[float]] = {name: deque() for name in budgets}
        self._not_before: dict[str, float] = dict.fromkeys(budgets, float("-inf"))
        self._lock = threading.Lock()

    def take(self, name: str) -> None:
        """Wait until one more call fits the budget, and count it."""
        while (wait := self._reserve(name)) > 0:
            self.sleep(wait)

    def hold(self, name: str, seconds: float) -> None:
        """The CRM asked for a pause: nobody calls on this budget for so long."""
        with self._lock:
            self._not_before[name] = max(self._not_before[name], self.clock() + seconds)

    def learn(self, name: str, calls: int) -> None:
        """The CRM stated its allowance for the window; other tools share it, so a smaller one is believed at once."""
        with self._lock:
            self.budgets[name] = Budget(max(1, calls), self.budgets[name].seconds)

    def heard(self, name: str, left: int) -> None:
        """The CRM said how many calls the window still holds: what others used of it counts as called just now."""
        with self._lock:
            now, sent = self.clock(), self._sent[name]
            self._forget(name, now)
            others = self.budgets[name].calls - left - len(sent)
            sent.extend([now] * max(0, others))

    def _reserve(self, name: str) -> float:
        """Seconds still to wait; 0 when the call was counted."""
        with self._lock:
            now, budget, sent = self.clock(), self.budgets[name], self._sent[name]
            self._forget(name, now)
            full = sent[-budget.calls] + budget.seconds - now if len(sent) >= budget.calls else 0.0
            wait = max(full, self._not_before[name] - now)
            if wait <= 0:
                sent.append(now)
            return wait

    def _forget(self, name: str, now: float) -> None:
        """Drop the calls that have left the window."""
        sent = self._sent[name]
        while sent and sent[0] <= now - self.budgets[name].seconds:
            sent.popleft()

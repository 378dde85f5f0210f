"""The sandbox's time: the real one shifted by an offset, or one that stands still until it is moved."""

import time
from typing import Any


class Clock:
    """Epoch milliseconds that tests and users may set, freeze and advance."""

    def __init__(self, frozen_ms: int | None = None) -> None:
        self._offset = 0
        self._frozen = frozen_ms

    @property
    def frozen(self) -> bool:
        """Whether time only moves by `advance`."""
        return self._frozen is not None

    def now_ms(self) -> int:
        """The present, in epoch milliseconds."""
        return self._frozen if self._frozen is not None else time.time_ns() // 1_000_000 + self._offset

    def advance(self, seconds: float) -> None:
        """Move the present, frozen or not, by this many seconds (backwards if negative)."""
        step = round(seconds * 1000)
        if self._frozen is None:
            self._offset += step
        else:
            self._frozen += step

    def freeze(self, at_ms: int | None = None) -> None:
        """Stand still, at this moment or now."""
        self._frozen = self.now_ms() if at_ms is None else at_ms

    def resume(self) -> None:
        """Run on from the present moment."""
        if self._frozen is not None:
            self._offset = self._frozen - time.time_ns() // 1_000_000
            self._frozen = None

    def set(self, at_ms: int) -> None:
        """Make this the present; a running clock runs on from there."""
        self.advance((at_ms - self.now_ms()) / 1000)

    def wait(self, seconds: float) -> None:
        """Let this much time pass: really when running, at once when frozen."""
        if self.frozen:
            self.advance(seconds)
        else:
            time.sleep(seconds)

    def change(self, orders: dict[str, Any]) -> None:
        """Obey {set_ms, advance_seconds, freeze, resume}, in this order; the others may be absent."""
        if "set_ms" in orders:
            self.set(int(orders["set_ms"]))
        if "advance_seconds" in orders:
            self.advance(float(orders["advance_seconds"]))
        if orders.get("freeze"):
            self.freeze()
        if orders.get("resume"):
            self.resume()

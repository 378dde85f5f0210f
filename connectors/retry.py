"""How often, and after how long a wait, a read is sent again."""

from collections.abc import Callable

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from connectors.errors import Ambiguous, Busy, Expired, Garbled, NotProcessed

READ_TRIES = 6
PATIENCE = 120.0
"""Seconds that a read, or a run, waits for a busy CRM: nobody sleeps for hours while holding a lock."""


def retrying(sleep: Callable[[float], None]) -> Retrying:
    """The policy for reads; the last error is raised as it is."""
    return Retrying(
        retry=retry_if_exception(_again), stop=stop_after_attempt(READ_TRIES), wait=_wait, sleep=sleep, reraise=True
    )


def _again(error: BaseException) -> bool:
    """Whether a read that failed so may be sent again."""
    if isinstance(error, Busy):
        return error.wait <= PATIENCE
    return isinstance(error, NotProcessed | Ambiguous | Garbled) and not isinstance(error, Expired)


def _wait(state: RetryCallState) -> float:
    """Seconds before the next try: what the CRM asked for, else 0.5, 1, 2 ... up to 30."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, Busy):
        return error.wait
    return float(min(30.0, 0.5 * 2 ** (state.attempt_number - 1)))

"""How far a share that was found in a sample may be from that of the whole."""

from collections.abc import Callable
from math import exp, lgamma, log

STEPS = 60
"""Halvings of the unit interval: more than a float can tell apart."""


def interval(right: int, checked: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact interval of Clopper and Pearson (1934): at least so sure for every true share and any size.

    The sample must be drawn at random; that the whole is finite only makes the interval safer. (0, 1) for no sample.
    """
    if not 0 <= right <= checked or not 0 < confidence < 1:
        raise ValueError("so many of so many, and a confidence between 0 and 1")
    tail = (1 - confidence) / 2
    low = _root(lambda share: 1 - _upto(right - 1, checked, share), tail) if right else 0.0
    high = _root(lambda share: -_upto(right, checked, share), -tail) if right < checked else 1.0
    return low, high


def _upto(right: int, checked: int, share: float) -> float:
    """The probability of at most so many right ones."""
    if share in (0.0, 1.0):
        return 1.0 if share == 0.0 or right >= checked else 0.0
    logs = (
        lgamma(checked + 1) - lgamma(k + 1) - lgamma(checked - k + 1) + k * log(share) + (checked - k) * log(1 - share)
        for k in range(right + 1)
    )
    return sum(map(exp, logs))


def _root(rising: Callable[[float], float], wanted: float) -> float:
    """Where a function that rises from 0 to 1 takes a value."""
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
    return (low + high) / 2

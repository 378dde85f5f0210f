"""How long stays last on average when some of them are not over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True, order=True)
class Stay:
    """So many days in a stage, and whether the stay is over."""

    days: float
    over: bool = True


def completed_mean(stays: Iterable[Stay]) -> float:
    """The mean of the stays that are over; 0 where none is. It is too short: the long ones are not over yet."""
    days = [stay.days for stay in stays if stay.over]
    return sum(days) / len(days) if days else 0.0


def restricted_mean(stays: Sequence[Stay]) -> float:
    """The mean that the stays not yet over are counted into: the area under the product-limit curve.

    The curve (Kaplan and Meier 1958) ends with the longest stay that is over, so that a deal forgotten for years does
    not lengthen the average that it is measured by. Stays that end and stays cut off after equal days: the ends first.
    """
    area, share, before, at_risk = 0.0, 1.0, 0.0, len(stays)
    for days, equal in groupby(sorted(stays), key=lambda stay: stay.days):
        ended = [stay.over for stay in equal]
        if any(ended):
            area, share, before = area + share * (days - before), share * (1 - sum(ended) / at_risk), days
        at_risk -= len(ended)
    return area

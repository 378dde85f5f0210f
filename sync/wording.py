"""Figures and targets in words, for tables, reports and messages."""

from decimal import Decimal

from metrics.figure import Figure, Unit
from metrics.slo import Slo

PERCENT = Decimal(100)
WORDS = (("less than", "below"), ("at most", "max"), ("at least", "min"))


def amount(figure: Figure) -> str:
    """The value as people read it: a share in percent with its count, money with its currency."""
    value = figure.value
    if value is None:
        return "nothing to count" if figure.known else figure.note
    if figure.unit is Unit.SHARE:
        return f"{percent(value)} ({figure.count} of {figure.of})"
    return f"{value:,.2f} {figure.about}".strip()


def percent(value: Decimal) -> str:
    """A share in percent: never rounded up to all of it, nor down to nothing of it."""
    shown = f"{value * PERCENT:.1f}"
    if shown == "100.0" and value < 1:
        shown = "99.9"
    if shown == "0.0" and value > 0:
        shown = "0.1"
    return f"{shown.removesuffix('.0')} %"


def worded(slo: Slo) -> str:
    """What a target asks for."""
    limits = ((word, getattr(slo, name)) for word, name in WORDS)
    return ", ".join(f"{word} {_limit(slo, limit)}" for word, limit in limits if limit is not None)


def _limit(slo: Slo, limit: Decimal) -> str:
    return percent(limit) if slo.measure.UNIT is Unit.SHARE else f"{limit:,.2f}"

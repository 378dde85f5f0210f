"""Targets as sheets: how they stand, and how they stood before."""

from collections import Counter
from collections.abc import Iterable

from metrics.figure import Unit
from metrics.slo import Place, Reading, State, Verdict, place_of
from sync.jobs.audit import Line
from sync.jobs.slo import Looked
from sync.render import Cell, Sheet
from sync.render.figures import WORDS, shown
from sync.render.report import of_figures
from sync.wording import worded

COLUMNS = ("target", "account", "about", "value", "asked", "state", "before", "trend", "budget_left")
MORE = ("owner", "every", "changed_from", "note")


def verdicts(looked: Looked, format_: str) -> Sheet:
    """One row a target and account; `changed_from` is the state that people were told last, where it is another."""
    changed = {place_of(item.verdict): item.before for item in looked.changes}
    words = format_ in WORDS
    rows = [(*_row(item, words), changed.get(place_of(item), ""), item.figure.note) for item in looked.verdicts]
    lines = [Line(item.figure, item) for item in looked.verdicts]
    return Sheet("", (*COLUMNS, *MORE), rows, report=of_figures("slo", lines))


def summary(looked: Looked) -> str:
    """How many targets stand how, for a person at the terminal."""
    counts = Counter(item.state for item in looked.verdicts)
    stand = ", ".join(f"{counts[state]} {state.value}" for state in State if counts[state])
    return f"{stand or 'no target is due'}; {len(looked.changes)} changed"


def readings(unit: Unit, past: Iterable[tuple[Place, Reading]], format_: str) -> Sheet:
    """One row a reading, the newest first in each account."""
    words = format_ in WORDS
    rows = [
        (account, about, item.period, f"{item.at:%Y-%m-%d %H:%M}", shown(item.value, unit, words), item.state.value)
        for (_, account, about), item in past
    ]
    return Sheet("", ("account", "about", "period", "at", "value", "state"), rows)


def _row(verdict: Verdict, words: bool) -> tuple[Cell, ...]:
    figure, slo = verdict.figure, verdict.slo
    return (
        slo.id,
        figure.account,
        figure.about,
        shown(figure.value, figure.unit, words),
        worded(slo),
        verdict.state.value,
        shown(verdict.before, figure.unit, words),
        verdict.trend,
        verdict.left,
        slo.owner,
        slo.every.value,
    )

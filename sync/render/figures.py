"""Figures as sheets: the hygiene table, the records behind it, and the list of the quarterly audit."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from connectors.records import Ref
from metrics.figure import Figure, Part, Unit
from sync.jobs.audit import Line
from sync.jobs.checklist import Item
from sync.jobs.sample import Accuracy
from sync.render import Cell, Sheet
from sync.render.report import of_figures
from sync.wording import percent, worded

WORDS = ("table", "md")
"""Formats for people: a share is shown in percent there, and as a number elsewhere."""
COLUMNS = ("name", "account", "about", "value", "count", "of", "asked", "state", "owner", "every", "note")
SLICED = ("name", "account", "about", "whole", "state", "slice", "value", "count", "of")


def table(lines: Sequence[Line], as_of: datetime, format_: str) -> Sheet:
    """One row a figure."""
    words = format_ in WORDS
    more = () if words else ("formula", "version")
    rows = [(*_row(line, words), *(() if words else (line.figure.formula, line.figure.version))) for line in lines]
    facts = {"as_of": f"{as_of:%Y-%m-%d %H:%M} UTC"}
    return Sheet("", (*COLUMNS, *more), rows, facts, of_figures("audit", lines))


def broken(lines: Sequence[Line], names: Mapping[tuple[str, str], str], format_: str) -> Sheet:
    """One row a slice of a figure, beside the whole; `names` are those of slices, by account and slice."""
    words = format_ in WORDS
    rows = []
    for line in lines:
        figure, state = line.figure, line.verdict.state.value if line.verdict else ""
        head = (line.name, figure.account, figure.about, shown(figure.value, figure.unit, words), state)
        rows += [(*head, *_slice(figure, part, names, words)) for part in figure.parts]
        rows += [] if figure.known else [(*head, figure.note, None, None, None)]
    return Sheet("", SLICED, rows, report=of_figures("audit", lines))


def behind(lines: Iterable[Line], slices: Mapping[Ref, str] | None = None) -> Sheet:
    """One row a record that somebody has to look at, with its slice where there are any."""
    rows = [(line.name, line.figure.about, str(ref), ref) for line in lines for ref in line.figure.refs]
    if slices is None:
        return Sheet("", ("name", "about", "record"), [row[:3] for row in rows])
    return Sheet("", ("name", "about", "record", "slice"), [(*row[:3], slices[row[3]]) for row in rows])


def items(found: Iterable[Item]) -> Sheet:
    """One row an item of the list and account."""
    rows = [(item.item, item.account, item.found, item.count, item.act) for item in found]
    return Sheet("", ("item", "account", "found", "records", "next"), rows)


def accuracies(found: Iterable[Accuracy], format_: str) -> Sheet:
    """One row a field: the share of the sample that is right, and the interval for the share of all."""
    words = format_ in WORDS
    rows = [
        (item.field, item.right, item.checked, item.unchecked, *[shown(it, Unit.SHARE, words) for it in shares])
        for item in found
        for shares in [(item.share, item.low, item.high)]
    ]
    return Sheet("", ("field", "right", "checked", "unchecked", "accuracy", "from", "to"), rows)


def shown(value: Decimal | None, unit: Unit, words: bool) -> Cell:
    """A figure's value in a cell."""
    if value is None:
        return None
    if words:
        return percent(value) if unit is Unit.SHARE else f"{value:,.2f}"
    return round(float(value), 6) if unit is Unit.SHARE else format(value, "f")


def _row(line: Line, words: bool) -> tuple[Cell, ...]:
    figure, verdict = line.figure, line.verdict
    slo = verdict.slo if verdict else None
    counts = figure.known and figure.unit is Unit.SHARE
    return (
        line.name,
        figure.account,
        figure.about,
        shown(figure.value, figure.unit, words),
        int(figure.count) if counts else None,
        int(figure.of) if counts and figure.of is not None else None,
        worded(slo) if slo else "",
        verdict.state.value if verdict else "",
        slo.owner if slo else "",
        slo.every.value if slo else "",
        figure.note,
    )


def _slice(figure: Figure, part: Part, names: Mapping[tuple[str, str], str], words: bool) -> tuple[Cell, ...]:
    name = names.get((figure.account, part.name), part.name) or "(none)"
    if part.of is None:
        return name, shown(part.count, figure.unit, words), None, None
    share = part.count / part.of if part.of else None
    return name, shown(share, Unit.SHARE, words), int(part.count), int(part.of)

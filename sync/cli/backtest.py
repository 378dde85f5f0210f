"""`backtest`: what the gate would have stopped."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from sync.cli import display, formatted, opened

if TYPE_CHECKING:
    from sync.jobs.backtest import Replayed, Tally
    from sync.render import Sheet

DAY = click.DateTime(["%Y-%m-%d"])
QUARTER = timedelta(days=90)


@click.command()
@click.option("--since", type=DAY, help="The first day of the moves (UTC); by default 90 days before the last.")
@click.option("--until", type=DAY, help="The day after the last one; by default all moves up to now.")
@click.option("--rule", "names", multiple=True, help="Ask this check of deals, whether or not it gates; repeatable.")
@click.option("--ids", is_flag=True, help="Each move that would have been stopped, instead of the counts.")
@formatted
def command(since: datetime | None, until: datetime | None, names: tuple[str, ...], ids: bool, format_: str) -> None:
    """Replay past moves of deals through the gate, with what was known just before each.

    Says how many deals it would have stopped, what they are worth and what became of them, by account and rule, and how
    many moves cannot be judged because nobody knows what a field held then. Asks no CRM.
    """
    from connectors.errors import UsageError
    from sync.jobs.backtest import Window, backtest, tallied

    with opened() as session:
        end = until.replace(tzinfo=UTC) if until else session.now()
        begin = since.replace(tzinfo=UTC) if since else end - QUARTER
        if begin >= end:
            raise UsageError(f"{begin:%Y-%m-%d} is not before {end:%Y-%m-%d}", "Name an earlier day in --since")
        items = backtest(session, Window(begin, end), names)
        sheet = _moves(items) if ids else _counts(tallied(items), format_ == "table")
    display(sheet, format_)


def _counts(found: "Mapping[tuple[str, str], Tally]", spoken: bool) -> "Sheet":
    from sync.jobs.backtest import Answer, Fate
    from sync.render import Sheet

    columns = ("account", "rule", "moves", "stopped", "unknown", "deals", *(fate.value for fate in Fate))
    rows = []
    for (account, rule), tally in found.items():
        moves = (tally.moves.total(), tally.moves[Answer.STOPPED], tally.moves[Answer.UNKNOWN])
        fates = tally.fates()
        worth = (_money(tally.worth()), _money(tally.worth(Fate.LOST)))
        shares = (tally.lost(Answer.STOPPED), tally.lost(Answer.PASSED))
        rows.append((account, rule, *moves, fates.total(), *(fates[fate] for fate in Fate), *worth, *shares))
    more = ("worth", "worth lost", "lost share", "lost share of the rest")
    return Sheet("", (*columns, *more), rows, dict(_told(found)) if spoken else {})


def _told(found: "Mapping[tuple[str, str], Tally]") -> "Iterable[tuple[str, str]]":
    """One sentence for each account, and another on what nobody knows of its past."""
    from sync.jobs.backtest import ANY, Answer, Fate

    for account, tally in ((account, tally) for (account, rule), tally in found.items() if rule == ANY):
        fates, worth = tally.fates(), _money(tally.worth())
        deals = f"{fates.total()} deals{f' worth {worth}' if worth else ''}"
        yield account, f"this gate would have stopped {deals}; {fates[Fate.LOST]} of them were lost anyway"
        if dark := tally.moves[Answer.UNKNOWN]:
            names = ", ".join(f"{name} ({count})" for name, count in tally.unknown.most_common(5))
            share = f"{dark} of {tally.moves.total()} moves"
            yield f"{account}, not judged", f"{share}, for nobody knows what they had then: {names}"


def _moves(items: "Iterable[Replayed]") -> "Sheet":
    from sync.jobs.backtest import ANY, Answer
    from sync.render import Sheet

    rows = [
        (
            str(item.deal),
            f"{item.move.span.entered:%Y-%m-%d %H:%M:%S}",
            item.move.before,
            item.move.span.stage,
            item.rule,
            ", ".join(item.names),
            item.end.fate.value,
            _money({item.end.currency: item.end.amount}) if item.end.amount is not None else "",
        )
        for item in items
        if item.answer is Answer.STOPPED and item.rule != ANY
    ]
    return Sheet("", ("deal", "at", "from", "to", "rule", "lacks", "fate", "worth"), rows)


def _money(sums: "Mapping[str, Decimal]") -> str:
    """Sums by currency, as in `EUR 1,200,000; USD 300.50`."""
    return "; ".join(f"{currency} {amount:,f}".strip() for currency, amount in sums.items())

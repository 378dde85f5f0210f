"""`history`: the scheduled jobs and the applies, and how each ended."""

from datetime import datetime

import click

from sync.cli import display, formatted, opened


@click.command()
@click.option("--last", type=click.IntRange(1), default=20, show_default=True, help="How many to show.")
@formatted
def command(last: int, format_: str) -> None:
    """Show when the scheduled job ran and what was applied, the newest first; asks no CRM."""
    from sync.jobs.history import history
    from sync.render import Sheet

    with opened() as session:
        found = history(session, last)
    rows = [
        (f"{item.at:%Y-%m-%d %H:%M}", _minutes(item.at, item.ended), item.what, item.state, item.counts, item.code)
        for item in found
    ]
    display(Sheet("", ("when", "minutes", "what", "state", "counts", "exit"), rows), format_)


def _minutes(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else round((end - start).total_seconds() / 60, 1)

"""`leaks`: which import, form, integration or person makes the duplicates."""

from typing import TYPE_CHECKING

import click

from sync.cli import display, formatted, opened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from metrics.leaks import Leak
    from sync.render import Sheet

KINDS = ("company", "contact", "lead")


@click.command()
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(["company", "contact", "lead"]), help="Only this kind."
)
@click.option("--weeks", type=click.IntRange(1, 520), default=12, show_default=True, help="How far back to look.")
@click.option("--doubtful", is_flag=True, help="Count groups too that wait for a person's word.")
@click.option("--all", "show", flag_value="all", help="Show sources too that made no duplicate.")
@click.option("--ids", "show", flag_value="ids", help="A row for each record that was there already.")
@formatted
def command(kinds: tuple[str, ...], weeks: int, doubtful: bool, show: str | None, format_: str) -> None:
    """Show what made records that were there already, by source and week; writes nothing.

    A source is told by the fields of `leaks.by` in the settings.
    """
    from sync.jobs.leaks import leaked

    with opened() as session:
        found = [item for item in leaked(session, kinds, weeks, doubtful) if item.again or show == "all"]
    display(_records(found) if show == "ids" else _table(found), format_)


def _table(found: "Iterable[Leak]") -> "Sheet":
    from sync.render import Sheet

    columns = ("account", "kind", "source", "week", "made", "there already", "share")
    rows = [
        (item.account, item.kind, item.source, item.week, item.made, item.again, f"{item.again / item.made:.0%}")
        for item in found
    ]
    return Sheet("", columns, rows, {"made again": sum(item.again for item in found)})


def _records(found: "Iterable[Leak]") -> "Sheet":
    from sync.render import Sheet

    rows = [(str(ref), item.source, item.week) for item in found for ref in item.refs]
    return Sheet("", ("record", "source", "week"), rows)

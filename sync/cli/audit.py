"""`audit`: the hygiene table of each account, against the team's targets."""

from typing import TYPE_CHECKING

import click

from sync.cli import dated, display, opened, reported

if TYPE_CHECKING:
    from sync.jobs.pull import When


@click.command()
@click.argument("names", nargs=-1)
@click.option("--by", default="", help="Break figures down by a field such as owner (owner.name shows names).")
@click.option("--ids", "show", flag_value="ids", help="The records behind each figure, instead of the figures.")
@click.option(
    "--checklist", "show", flag_value="list", help="The quarterly audit: what each item comes to, and what to do next."
)
@dated
@reported
def command(names: tuple[str, ...], by: str, show: str | None, when: "When", format_: str) -> None:
    """Show the figures of every account, or the named ones, with their targets; writes nothing.

    A name is that of a target, of a figure, or of a figure with its kind, such as fill_rate:deal. `slo` has the exit
    code for pipelines.
    """
    from sync.jobs.audit import audit, people, slices
    from sync.jobs.checklist import quarterly
    from sync.jobs.pull import past
    from sync.ledger.slo import Readings
    from sync.render.figures import behind, broken, items, table

    if show == "list" and (names or by):
        raise click.UsageError("--checklist has its own figures: leave out names and --by")
    with opened() as session:
        view = past(session, when)
        if show == "list":
            display(items(quarterly(session.settings, view)), format_)
            return
        lines = audit(session.settings, view, names, by, Readings(session.ledger_store, session.now).past)
        if show == "ids":
            display(behind(lines, slices(lines, view, by) if by else None), format_)
        elif by:
            display(broken(lines, people(view) if by.endswith(".name") else {}, format_), format_)
        else:
            display(table(lines, view.as_of, format_), format_)

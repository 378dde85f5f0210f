"""`explain`: everything known of one record."""

import click

from sync.cli import display, formatted, opened


@click.command()
@click.argument("ref")
@click.option("--to", "stage", default="", help="Of a deal: what the gate's rules say if it moved to this stage.")
@click.option("--reveal", is_flag=True, help="Show the values themselves; keep them on this machine.")
@formatted
def command(ref: str, stage: str, reveal: bool, format_: str) -> None:
    """Show a record (workspace/kind/id) as the mirror has it, its ties, its twin and what was found about it.

    Of a deal also each rule of the gate: what it misses, what it saw, since when, and what to do.
    """
    from sync.jobs.explain import explain
    from sync.render import Sheet

    with opened() as session:
        facts, rows = explain(session, ref, reveal, stage)
    display(Sheet("", ("about", "what"), rows, facts), format_)

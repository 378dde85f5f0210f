"""`journal`: the record of everything that was tried."""

import click

from sync.cli import display, formatted, opened


@click.group()
def command() -> None:
    """Look after the journal."""


@command.command()
@formatted
def verify(format_: str) -> None:
    """Check every entry against the chain and every value against its commitment; exit 4 when one does not hold."""
    from sync.render import Sheet

    with opened() as session:
        count, faults = session.journal.verify()
        head = session.journal.head()[1]
    facts = {"entries": count, "head": head, "valid": not faults}
    display(Sheet("", ("fault",), [(fault,) for fault in faults], facts), format_)
    if faults:
        raise click.exceptions.Exit(4)

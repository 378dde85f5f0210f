"""`doctor`: check credentials, accounts, fields and the day's calls before anything else."""

import click

from sync.cli import display, formatted, opened


@click.command()
@click.option("--add-fields", "adding", is_flag=True, help="Add the fields for marks and keys, where the CRM lets us.")
@formatted
def command(adding: bool, format_: str) -> None:
    """Ask each CRM who we are and what we may see; say what is missing and who can mend it."""
    from sync.jobs.doctor import add_fields, examine
    from sync.render import Sheet

    with opened() as session:
        rows = list(add_fields(session) if adding else examine(session))
    display(Sheet("", ("where", "state", "what"), rows), format_)
    if any(state == "error" for _, state, _ in rows):
        raise click.exceptions.Exit(2)

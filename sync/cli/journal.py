"""`journal`: the record of everything that was tried."""

from pathlib import Path

import click

from sync.cli import display, formatted, opened, say


@click.group()
def command() -> None:
    """Look after the journal, and the ledger that it stands in."""


@command.command()
@click.option("--deep", is_flag=True, help="Read every row of both stores as well, and what is kept for matching.")
@formatted
def verify(deep: bool, format_: str) -> None:
    """Check every entry against the chain and every value against its commitment; exit 4 when one does not hold."""
    from sync.jobs.verify import verified
    from sync.render import Sheet

    with opened() as session:
        count, faults = verified(session, deep)
        head = session.journal.head()[1]
    facts = {"entries": count, "head": head, "valid": not faults}
    display(Sheet("", ("fault",), [(fault,) for fault in faults], facts), format_)
    if faults:
        raise click.exceptions.Exit(4)


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy the ledger to a new FILE, whole as of one moment, while others use it."""
    from sync.ledger.backup import backup as copy

    with opened() as session:
        count = copy(session.ledger_store, file)
    say(f"{file}: {count} entries; it holds personal data, as the ledger does")


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: Path, yes: bool) -> None:
    """Put a copy made by `backup` in the place of the ledger; what was written since is then unknown to it."""
    from sync.ledger.backup import restore as put_back

    if not yes:
        click.confirm("Replace the ledger?", abort=True, err=True)
    with opened() as session, session.alone("writer"):
        count = put_back(session.ledger_store, file)
    say(f"{count} entries; before anything may be applied: `revops-sync pull --full`, `revops-sync journal accept`")


@command.command()
def accept() -> None:
    """Take the ledger as it stands for the true one, after a restore; plans made before now are void."""
    with opened() as session, session.alone("writer"):
        session.anchor.accept(session.journal, session.now())
    say("accepted; make new plans")


@command.command()
@formatted
def unsettled(format_: str) -> None:
    """List the changes of which nobody knows what became: look in the CRM, then say so with `settle`."""
    from sync.jobs.settle import unsettled as listed
    from sync.render import Sheet

    with opened() as session:
        found = listed(session)
    rows = [(item.run, item.row, item.verb, item.ref, ", ".join(item.against)) for item in found]
    display(Sheet("", ("run", "row", "change", "record", "speaks against it"), rows, {"unsettled": len(rows)}), format_)


@command.command()
@click.argument("run")
@click.argument("row")
@click.option("--as", "word", type=click.Choice(["applied", "not-sent"]), required=True, help="What the CRM shows.")
def settle(run: str, row: str, word: str) -> None:
    """Say what became of ROW (GROUP/STEP) in RUN after looking in the CRM; the journal keeps who said it."""
    from sync.jobs.settle import settle as take

    with opened() as session, session.alone("writer"):
        said = take(session, run, row, word)
    say(f"{said.row}: {said.verb} on {said.ref or 'a new record'} taken for {word}; apply its plan again to go on")

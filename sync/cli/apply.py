"""`apply`: the one command that writes to a CRM."""

import sys
from pathlib import Path

import click

from sync.cli import display, formatted, interruptible, opened, progress, say


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--approve", "hash_", help="Approve the plan of this hash, as `show` prints it, and apply it.")
@click.option(
    "--canary", type=click.IntRange(0), default=0, help="Carry out so many groups whole first; stop if one fails."
)
@click.option("--max-calls", type=click.IntRange(0), help="Refuse a plan that is forecast to take more API calls.")
@click.option("--max-irreversible", type=click.IntRange(0), help="Refuse a plan that merges more records for good.")
@formatted
def command(
    file: Path, hash_: str | None, canary: int, max_calls: int | None, max_irreversible: int | None, format_: str
) -> None:
    """Carry out an approved plan, or go on with the run of it that was stopped."""
    from sync.apply.guard import Bounds
    from sync.cli.approve import allow
    from sync.jobs.apply import carry_out
    from sync.jobs.halts import reminders
    from sync.plan.file import plan_hash, read
    from sync.render.run import sheet

    content = read(file)
    with interruptible() as halt, opened(halt=halt) as session:
        for line in reminders(session):
            say(line)
        if hash_ is not None or (session.ledger.approval(plan_hash(content)) is None and sys.stdin.isatty()):
            allow(session, content, hash_)
        bounds = Bounds(max_calls, max_irreversible, session.settings.config.apply.reserve_calls)
        with progress("applying") as bar:
            applied = carry_out(content, session, bounds, canary, bar)
    display(sheet(applied), format_)
    if applied.report.stopped:
        say(f"stopped: {applied.report.stopped}; run the same command again to go on")
    if applied.report.exit_code:
        raise click.exceptions.Exit(applied.report.exit_code)

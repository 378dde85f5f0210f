"""`apply`: the one command that writes to a CRM."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync.cli import display, formatted, interruptible, opened, progress, say

if TYPE_CHECKING:
    from sync.apply.guard import Bounds
    from sync.session import Session


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--queue", is_flag=True, help="First carry out what the gate queued; without a file nothing else.")
@click.option("--approve", "hash_", help="Approve the plan of this hash, as `show` prints it, and apply it.")
@click.option(
    "--canary", type=click.IntRange(0), default=0, help="Carry out so many groups whole first; stop if one fails."
)
@click.option("--max-calls", type=click.IntRange(0), help="Refuse a plan that is forecast to take more API calls.")
@click.option("--max-irreversible", type=click.IntRange(0), help="Refuse a plan that merges more records for good.")
@formatted
def command(
    file: Path | None,
    queue: bool,
    hash_: str | None,
    canary: int,
    max_calls: int | None,
    max_irreversible: int | None,
    format_: str,
) -> None:
    """Carry out an approved plan, or go on with the run of it that was stopped."""
    from sync.apply.guard import Bounds
    from sync.cli.approve import allow
    from sync.jobs.apply import carry_out
    from sync.jobs.halts import reminders
    from sync.plan.file import plan_hash, read
    from sync.render.run import sheet

    if file is None and not queue:
        raise click.UsageError("Name a plan file, or give --queue.")
    content = read(file) if file else b""
    with interruptible() as halt, opened(halt=halt) as session:
        for line in reminders(session):
            say(line)
        bounds = Bounds(max_calls, max_irreversible, session.settings.config.apply.reserve_calls)
        if queue:
            _drain(session, bounds, canary, None if file else format_)
        if file is None:
            return
        if hash_ is not None or (session.ledger.approval(plan_hash(content)) is None and sys.stdin.isatty()):
            allow(session, content, hash_)
        with progress("applying") as bar:
            applied = carry_out(content, session, bounds, canary, bar)
    display(sheet(applied), format_)
    if applied.report.stopped:
        say(f"stopped: {applied.report.stopped}; run the same command again to go on")
    if applied.report.exit_code:
        raise click.exceptions.Exit(applied.report.exit_code)


def _drain(session: "Session", bounds: "Bounds", canary: int, format_: str | None) -> None:
    """Carry out the gate's queue; with a format it is shown, else only said. Ends here where a plan failed."""
    from sync.jobs.queue import drain, worst
    from sync.render import Sheet

    drained = list(drain(session, bounds, canary))
    rows = [(item.queued.plan[:12], str(item.queued.ref), item.state, item.why) for item in drained]
    if format_ is None:
        say(f"the gate's queue: {', '.join(f'{ref} {state}' for _, ref, state, _ in rows) or 'empty'}")
    else:
        display(Sheet("", ("plan", "deal", "state", "why"), rows), format_)
    if worst(drained):
        raise click.exceptions.Exit(worst(drained))

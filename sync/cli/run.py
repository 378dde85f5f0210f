"""`run`: the scheduled job."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync.cli import display, formatted, interruptible, opened, say

if TYPE_CHECKING:
    from sync.jobs.run import Split
    from sync.render import Sheet
    from sync.session import Session


@click.command()
@click.option("--dry-run", is_flag=True, help="Show what would be applied and what would wait; nothing is kept.")
@click.option(
    "--env-file",
    type=click.Path(path_type=Path),
    help="Take variables from this file (NAME=value a line, mode 0600); those of the process win.",
)
@formatted
def command(dry_run: bool, env_file: Path | None, format_: str) -> None:
    """The scheduled job: go on with what was left, pull, check, plan, apply what the policy names, notify.

    What the policy does not name waits in the state folder, as waiting/plan.json, for `approve`; the next run applies
    it. By default the policy names nothing.
    """
    import os

    from sync.jobs.schedule import variables

    environ = {**(variables(env_file) if env_file else {}), **os.environ}
    with interruptible() as halt, opened(environ, halt=halt) as session:
        if dry_run:
            from sync.jobs.run import preview

            display(_preview(preview(session)), format_)
            return
        code = _run(session, format_)
    if code:
        raise click.exceptions.Exit(code)


def _run(session: "Session", format_: str) -> int:
    from sync.jobs.run import scheduled
    from sync.render import Sheet

    outcome = scheduled(session)
    for line in outcome.untold:
        say(line)
    if outcome.why:
        say(f"{outcome.state}: {outcome.why}")
    facts = {"state": outcome.state, **outcome.facts}
    display(Sheet("", ("waits",), [(name,) for name in outcome.waiting], facts), format_)
    if outcome.plan:
        say(f"{len(outcome.waiting)} groups wait: revops-sync show {session.settings.state / 'waiting' / 'plan.json'}")
    return outcome.code


def _preview(parts: "Split") -> "Sheet":
    from sync.render import Sheet

    split = (("apply", parts.allowed.plan), ("wait", parts.waiting.plan))
    rows = [
        (what, group.id, group.check, group.grade.value, str(group.refs[0]))
        for what, of in split
        for group in of.groups
    ]
    facts = {"findings": parts.findings, **{f"would {what}": len(of.groups) for what, of in split}}
    return Sheet("", ("would", "group", "check", "grade", "record"), rows, facts)

"""`slo`: the team's targets, their trend and error budget, and an exit code for a pipeline."""

import click

from sync.cli import display, opened, reported, say


@click.command()
@click.argument("names", nargs=-1)
@click.option("--due", is_flag=True, help="Only targets that nobody has looked at in their period yet.")
@click.option("--history", is_flag=True, help="Every earlier reading of the one target that is named.")
@click.option("--within-budget", is_flag=True, help="Exit 1 only where more periods breached than the budget allows.")
@reported
def command(names: tuple[str, ...], due: bool, history: bool, within_budget: bool, format_: str) -> None:
    """Look at the team's targets, or the named ones; exit 1 where one is breached.

    What was found is kept in the ledger. People are told by SLACK_WEBHOOK_URL, REVOPS_WEBHOOK_URL or REVOPS_SMTP_URL
    where a target's state is another one than they were told last.
    """
    from metrics.slo import State
    from sync.jobs.pull import seen
    from sync.jobs.slo import look, past
    from sync.render.targets import readings, summary, verdicts

    if history and len(names) != 1:
        raise click.UsageError("--history shows one target: name it")
    with opened() as session:
        if history:
            display(readings(*past(session, names[0]), format_), format_)
            return
        looked = look(session, seen(session), names, due)
    display(verdicts(looked, format_), format_)
    for words in (summary(looked), *looked.untold):
        say(words)
    late = (State.BREACHED,) if within_budget else (State.BREACHED, State.SPENDING)
    if any(item.state in late for item in looked.verdicts):
        raise click.exceptions.Exit(1)

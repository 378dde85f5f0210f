"""`check`: findings, and an exit code for a pipeline."""

from typing import TYPE_CHECKING

import click

from sync.cli import dated, display, opened, reported

if TYPE_CHECKING:
    from sync.jobs.pull import When


@click.command()
@click.argument("names", nargs=-1)
@click.option("--fail-on", type=click.Choice(["info", "warning", "error"]), help="Exit 1 when a finding is as bad.")
@dated
@reported
def command(names: tuple[str, ...], fail_on: str | None, when: "When", format_: str) -> None:
    """Ask the named checks, or all, and list what they find."""
    from hygiene.check import Severity, run
    from sync.jobs.check import ask, chosen
    from sync.jobs.pull import past
    from sync.render import Sheet
    from sync.render.report import of_findings

    with opened() as session:
        checks = chosen(session, names)
        findings = list(run(checks, past(session, when))) if when[0] else ask(session, checks)
    rows = [
        (
            item.key,
            item.severity.value,
            item.band.value,
            round(item.score, 4),
            item.message,
            " ".join(map(str, item.refs)),
        )
        for item in findings
    ]
    columns = ("finding", "severity", "band", "score", "message", "records")
    facts = {"findings": len(rows)} if format_ == "table" else {}
    display(Sheet("", columns, rows, facts, of_findings(checks, findings)), format_)
    ranks = list(Severity)
    if fail_on and any(ranks.index(item.severity) >= ranks.index(Severity(fail_on)) for item in findings):
        raise click.exceptions.Exit(1)

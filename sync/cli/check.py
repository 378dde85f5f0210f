"""`check`: findings, and an exit code for a pipeline."""

import click

from sync.cli import display, formatted, opened


@click.command()
@click.argument("names", nargs=-1)
@click.option("--fail-on", type=click.Choice(["info", "warning", "error"]), help="Exit 1 when a finding is as bad.")
@formatted
def command(names: tuple[str, ...], fail_on: str | None, format_: str) -> None:
    """Ask the named checks, or all, and list what they find."""
    from hygiene.check import Severity
    from sync.jobs.check import ask, chosen
    from sync.render import Sheet

    with opened() as session:
        findings = ask(session, chosen(session, names))
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
    display(Sheet("", columns, rows, {"findings": len(rows)} if format_ == "table" else {}), format_)
    ranks = list(Severity)
    if fail_on and any(ranks.index(item.severity) >= ranks.index(Severity(fail_on)) for item in findings):
        raise click.exceptions.Exit(1)

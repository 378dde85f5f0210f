"""`plan`: every enabled check -> one plan."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync.cli import display, formatted, opened, say

if TYPE_CHECKING:
    from hygiene.check import Finding
    from sync.jobs.plan import Made
    from sync.render import Sheet

RECOUNT = "Match every record anew and count again what is common, instead of only what changed since the last run."


@click.command()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the plan here, plan.md beside it.")
@click.option("--check", "names", multiple=True, help="Only this check (repeatable).")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 10 when there are changes.")
@click.option("--recount", is_flag=True, help=RECOUNT)
@formatted
def command(out: Path | None, names: tuple[str, ...], detailed_exitcode: bool, recount: bool, format_: str) -> None:
    """Ask every check and turn the answers into one plan; nothing is written to a CRM."""
    from sync.jobs.check import ask, chosen
    from sync.jobs.halts import reminders
    from sync.jobs.plan import plan

    with opened() as session:
        for line in reminders(session):
            say(line)
        findings = ask(session, chosen(session, names), recount)
        made = plan(session, findings)
        told(made, findings, out, format_)
    if detailed_exitcode and made.plan.groups:
        raise click.exceptions.Exit(10)


def told(made: "Made", findings: Sequence["Finding"], out: Path | None, format_: str) -> None:
    """Show a plan, and write it where a file is named."""
    from sync.files import write
    from sync.render.plan import markdown

    if format_ == "md":
        click.echo(markdown(made.plan, made.hash, made.left), nl=False)
    else:
        display(sheet(made, findings), format_)
    if out is not None:
        write(out, made.content)
        write(out.with_suffix(".md"), markdown(made.plan, made.hash, made.left).encode())
        say(f"wrote {out} and {out.with_suffix('.md')}; next: revops-sync show {out}, then apply {out}")


def sheet(made: "Made", findings: Sequence["Finding"]) -> "Sheet":
    """A plan's groups as rows: ids and counts, no values."""
    from hygiene.check import Band
    from sync.render import Sheet

    counts = made.plan.counts()
    facts = {
        "plan": made.hash,
        "findings": len(findings),
        "for review": sum(finding.band is Band.REVIEW for finding in findings),
        "groups": counts["groups"],
        "steps": counts["steps"],
        "merged for good": counts["merged_for_good"],
        "left out": len(made.left),
        "API calls forecast": made.plan.calls,
    }
    rows = [
        (group.id, group.check, group.grade.value, str(group.refs[0]), len(group.refs), len(group.steps))
        for group in made.plan.groups
    ]
    return Sheet("", ("group", "check", "grade", "record", "records", "steps"), rows, facts)

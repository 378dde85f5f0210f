"""`dedupe`: the plan for duplicates; it never writes to a CRM, with or without --dry-run."""

from pathlib import Path

import click

from sync.cli import formatted, opened
from sync.cli.plan import told

KINDS = {"companies": "company", "contacts": "contact", "leads": "lead"}


@click.command()
@click.argument("kinds", nargs=-1, type=click.Choice(list(KINDS)))
@click.option("--dry-run", is_flag=True, help="Says what this does anyway: plan, never write.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the plan here, plan.md beside it.")
@formatted
def command(kinds: tuple[str, ...], dry_run: bool, out: Path | None, format_: str) -> None:
    """Find duplicate companies, contacts and leads and show the plan that would merge them."""
    from sync.jobs.check import ask, chosen
    from sync.jobs.plan import plan

    with opened() as session:
        checks = chosen(session, ["duplicate"], [KINDS[kind] for kind in kinds])
        findings = ask(session, checks)
        told(plan(session, findings), findings, out, format_)

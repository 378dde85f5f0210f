"""`forget`: the right to be erased, as far as this tool reaches."""

from pathlib import Path

import click

from sync.cli import display, formatted, opened, say


@click.command()
@click.argument("ref", required=False)
@click.option("--expired", is_flag=True, help="Erase what is older than the settings' `retention` allows.")
@click.option(
    "--in",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=(Path(),),
    help="A folder with plans and backups (repeatable); the state's own is always one.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@formatted
def command(ref: str | None, expired: bool, folders: tuple[Path, ...], yes: bool, format_: str) -> None:
    """Erase a person (REF as `check` and `show` print it) from mirror, history, journal values, plans and backups.

    With them go the records that were merged into theirs and their twins in the other CRM. The journal's chain stays
    valid; changes whose values are gone can no longer be undone. Neither CRM is touched.
    """
    from connectors.errors import UsageError
    from connectors.records import Ref
    from sync.jobs.forget import forget, forget_expired
    from sync.render import Sheet

    if bool(ref) == expired:
        raise UsageError("name one record, or say --expired", "`revops-sync forget hubspot:123/contact/456`")
    if not yes:
        click.confirm(f"Erase {ref or 'what is past its time'} for good?", abort=True, err=True)
    with opened() as session:
        try:
            done = forget_expired(session) if expired else forget(session, Ref.parse(str(ref)), folders)
        except ValueError as error:
            raise UsageError(str(error), "Write it as workspace/kind/id") from None
    for run in done.runs:
        say(f"run {run}: what it changed there can no longer be undone")
    for other in done.elsewhere:
        say(f"{other} still mentions the address; only its own CRM can change that")
    if ref:
        say("not reached: the CRMs themselves, copies that others made, ledger backups, snapshots of the disk")
    facts = {"rows": done.rows, "values": done.values, "findings": done.findings}
    rows = [("record", str(one)) for one in done.refs] + [("file", str(path)) for path in done.files]
    display(Sheet("", ("what", "erased"), rows, facts if format_ in ("table", "json") else {}), format_)

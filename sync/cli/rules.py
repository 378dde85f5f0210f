"""`rules`: the gate's rules for a CRM to hold to by itself."""

from pathlib import Path

import click

from sync.cli import display, formatted, opened, say


@click.command()
@click.option("--crm", type=click.Choice(["hubspot", "salesforce"]), required=True, help="Whose form they take.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write them below this folder.")
@click.option("--active", is_flag=True, help="Salesforce rules that stop people once they are deployed.")
@click.option("--against", type=click.Path(path_type=Path), help="Compare with the rules that were retrieved into it.")
@formatted
def command(crm: str, out: Path | None, active: bool, against: Path | None, format_: str) -> None:
    """Write the gate's rules as Salesforce validation rules or HubSpot pipeline rules, or compare them.

    Nothing is sent to a CRM: an administrator deploys the files. What a CRM has no way to ask is listed. With --against
    exit 1 where the CRM holds to other rules than the gate.
    """
    from sync.jobs.gate_export import drift, exported, written
    from sync.render import Sheet

    if out and against:
        raise click.UsageError("--out writes and --against compares: name one of them")
    with opened() as session:
        if against:
            differences = drift(session, crm, against)
        else:
            found = exported(session, crm, active)
    if against:
        display(Sheet("", ("rule", "drift"), [(item.path, item.what) for item in differences]), format_)
        say(f"{len(differences)} differences" if differences else "the same rules")
        raise click.exceptions.Exit(1 if differences else 0)
    rows = [(path, "written" if out else "") for path in (written(found, out) if out else found.files)]
    rows += [(f"{item.rule}: {item.what}", f"not said: {item.why}") for item in found.left_out]
    display(Sheet("", ("rule", "what"), [(str(name), what) for name, what in rows]), format_)

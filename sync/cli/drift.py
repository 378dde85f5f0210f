"""`drift`: how far the two CRMs have drifted apart, by field of the records that are one thing."""

import click

from sync.cli import display, formatted, opened, say


@click.command()
@click.option("--kind", default="", help="Only the twins of this kind.")
@click.option("--ids", is_flag=True, help="Each twin and field that does not agree, instead of the counts.")
@click.option("--match", is_flag=True, help="First look for twins that no id tells; `review` lists the unsure ones.")
@formatted
def command(kind: str, ids: bool, match: bool, format_: str) -> None:
    """Show how many twins agree, differ or are empty on one side, field by field; writes to no CRM."""
    from sync.jobs.drift import State, apart, drift, paired
    from sync.jobs.twins import search
    from sync.render import Sheet

    with opened() as session:
        if match:
            known = search(session)
            say(f"{known.paired} new pairs, {known.waiting} wait for a word: `revops-sync review` lists them")
        if ids:
            columns: tuple[str, ...] = ("kind", "field", "state", "hubspot", "salesforce")
            rows: list[tuple[str | int, ...]] = [
                (item.kinds, item.field, item.state.value, str(item.hubspot), str(item.salesforce))
                for item in apart(session, kind)
            ]
        else:
            columns = ("kind", "field", "twins", *(state.value for state in State))
            lines = drift(session, kind)
            rows = [(x.kinds, x.field, x.counts.total(), *(x.counts[state] for state in State)) for x in lines]
        facts = {"twins": paired(session)} if format_ == "table" else {}
    display(Sheet("", columns, rows, facts), format_)

"""`pull`: CRM -> mirror."""

import click

from sync.cli import display, formatted, opened, progress, say


@click.command()
@click.option("--full", is_flag=True, help="List everything again; only this can notice deleted records.")
@click.option("--kind", "kinds", multiple=True, help="Only this kind (repeatable).")
@formatted
def command(full: bool, kinds: tuple[str, ...], format_: str) -> None:
    """Bring the mirror up to date: what changed since the last pull, or everything with --full."""
    from sync.jobs.pull import pull_all
    from sync.render import Sheet

    with opened() as session, progress("pulling") as bar:
        certificates, twins = pull_all(session, full, kinds, lambda kind, seen, total: bar(seen, total))
    for item in certificates:
        for doubt in item.doubts:
            say(f"{item.workspace} {item.kind}: not certified: {doubt}")
        if item.away:
            say(f"{item.workspace} {item.kind}: {item.away} forgotten, left out though the CRM still has them")
    rows = [(c.workspace, c.kind, c.mode, c.seen, c.changed, c.gone, not c.doubts) for c in certificates]
    columns = ("workspace", "kind", "mode", "seen", "changed", "gone", "certified")
    display(Sheet("", columns, rows, {"new twins": twins} if format_ == "table" else {}), format_)

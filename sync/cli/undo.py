"""`undo`: the plan that undoes a run."""

from pathlib import Path

import click

from sync.cli import display, formatted, opened, say


@click.command()
@click.argument("run")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Write the plan here.")
@formatted
def command(run: str, out: Path, format_: str) -> None:
    """Make the plan that writes back what a run changed, and list what stays and why."""
    from sync.files import write
    from sync.jobs.undo import undo_run
    from sync.render import Sheet
    from sync.render.plan import markdown

    with opened() as session:
        made, kept = undo_run(session, run)
    write(out, made.content)
    write(out.with_suffix(".md"), markdown(made.plan, made.hash).encode())
    rows = [(item.group, item.verb, item.ref, item.reason) for item in kept]
    facts = {"plan": made.hash, "groups": len(made.plan.groups), "stays": len(rows)}
    display(Sheet("", ("group", "change", "record", "why it stays"), rows, facts), format_)
    say(f"wrote {out}; next: revops-sync show {out}, then apply {out}")

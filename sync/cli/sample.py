"""`sample`: how right enriched data is, by a person's look at a random sample."""

from pathlib import Path
from typing import Any

import click

from sync.cli import display, formatted, opened, say


@click.group()
def command() -> None:
    """Draw a random sheet of values to verify, and read what the verified sheet says of all of them."""


@command.command()
@click.argument("kind", type=click.Choice(["company", "contact", "lead"]))
@click.option("--size", type=click.IntRange(1), default=50, show_default=True, help="How many records to draw.")
@click.option("--seed", default="1", show_default=True, help="The same seed draws the same records.")
@click.option("--account", default="", help="Only records of this account, such as hubspot:12345.")
@click.option(
    "--field", "fields", multiple=True, help="A field to verify (repeatable); by default those of enrichment."
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A new file for the sheet; it holds values.",
)
def draw(out: Path, **asked: Any) -> None:
    """Write a CSV with one line a value and an empty column `right`: yes, no, or blank where nobody looked."""
    from sync.jobs.pull import seen
    from sync.jobs.sample import Wanted, keep
    from sync.jobs.sample import draw as drawn

    with opened() as session:
        rows = list(drawn(seen(session), Wanted(**asked)))
    keep(out, rows)
    say(f"wrote {len(rows)} values of {len({row[0] for row in rows})} records to {out}; next: sample read {out}")


@command.command()
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--confidence", type=click.FloatRange(0, 1, True, True), default=0.95, show_default=True, help="How sure to be."
)
@formatted
def read(path: Path, confidence: float, format_: str) -> None:
    """Show for each field how many of its values are right, and where the share of all of them lies."""
    from sync.jobs.sample import read as told
    from sync.render.figures import accuracies

    display(accuracies(told(path, confidence), format_), format_)

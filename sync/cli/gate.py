"""`gate`: whether a deal may move."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from sync.cli import display, formatted, opened

if TYPE_CHECKING:
    from sync.render import Sheet


@click.command()
@click.argument("file", type=click.File("rb"), required=False)
@click.option("--deal", help="A deal of the mirror, as in hubspot:12345/deal/678.")
@click.option("--to", "stage", default="", help="The stage that it would move to (id or label).")
@formatted
def command(file: Any, deal: str | None, stage: str, format_: str) -> None:
    """Say whether a deal may move, why not and what to do; exit code 1 where it may not.

    The deal is one of the mirror (--deal, --to), or a JSON file or - for standard input: {"ref": ..., "to": ...,
    "fields": {...}}, or a deal as HubSpot's or Salesforce's API has it.
    """
    from connectors.errors import UsageError
    from sync.jobs.gate import answer, asked

    if (file is None) == (deal is None):
        raise UsageError("name a file or --deal, not both and not neither", "revops-sync gate --deal REF --to STAGE")
    with opened() as session:
        told = asked(session, deal, stage).told() if deal else answer(session, _body(file))
    if format_ == "json":
        click.echo(json.dumps(told, indent=2))
    else:
        display(_sheet(told), format_)
    if not told["allow"]:
        raise click.exceptions.Exit(1)


def _body(file: Any) -> Any:
    from connectors.errors import UsageError

    name = getattr(file, "name", "-")
    try:
        return json.loads(file.read().decode())
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name if file is not sys.stdin else '-'}: not JSON: {error}", "Write one object") from None


def _sheet(told: Any) -> "Sheet":
    from sync.render import Sheet

    rows = [
        (item["rule"], lack["name"], lack["what"], (lack["since"] or "")[:16], item["mend"])
        for item in told["rules"]
        for lack in item["lacks"] or [{"name": "", "what": item["message"], "since": None}]
    ]
    age = told["mirror_age_seconds"]
    facts = {
        "deal": told["deal"],
        "move": f"{told['from']} -> {told['to']}",
        "verdict": "may move" if told["allow"] else "may not move",
        "not asked": "; ".join(told["unknown"]),
        "the mirror is": f"{age / 60:.0f} minutes old" if age is not None else "of unknown age",
    }
    return Sheet("", ("rule", "what", "why", "since", "what to do"), rows, {k: v for k, v in facts.items() if v})

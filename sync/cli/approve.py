"""`approve`: a person allows one plan, by its hash."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync.cli import opened, say

if TYPE_CHECKING:
    from sync.session import Session


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--hash", "hash_", help="The plan's hash as `show` prints it; needed where nobody can be asked.")
def command(file: Path, hash_: str | None) -> None:
    """Allow a plan to be applied. Any change to its file afterwards makes the approval void."""
    from sync.plan.file import read

    with opened() as session:
        allow(session, read(file), hash_)


def allow(session: "Session", content: bytes, hash_: str | None) -> None:
    """Record the approval of these bytes; a person at a terminal is shown the counts and asked."""
    from getpass import getuser

    from connectors.errors import RefusedError
    from sync.plan.file import decode, plan_hash
    from sync.render.impact import summary

    plan, name = decode(content), plan_hash(content)
    counts = plan.counts()
    if hash_ is not None and hash_ != name:
        raise RefusedError(f"the file's hash is {name}, not {hash_}", "Read the plan that is there now with `show`")
    if hash_ is None:
        if not sys.stdin.isatty():
            raise RefusedError("nobody is here to approve the plan", f"Name its hash: --hash {name} (apply: --approve)")
        say("  " + ", ".join(f"{count} {word.replace('_', ' ')}" for word, count in counts.items()))
        if moved := summary(plan.groups):
            say(f"  merges: {moved}")
        say(f"  {plan.calls} API calls to {', '.join(plan.workspaces)}")
        word = click.prompt("Type the number of groups to approve", err=True)
        if word.strip() != str(counts["groups"]):
            raise RefusedError("not approved", "The number of groups stands above")
    session.ledger.approve(name, getuser(), dict(counts))
    say(f"approved {name[:12]}")

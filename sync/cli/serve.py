"""`serve`: processes that answer over HTTP and cannot write to any CRM."""

import os

import click

from sync.cli import interruptible, opened, say

EXTRA = "pip install 'revops-sync[web]'"


@click.group()
def command() -> None:
    """Answer over HTTP, from processes that hold no writer's credential."""


@command.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; TLS stands before it.")
@click.option("--port", type=click.IntRange(1, 65535), default=8802, show_default=True)
@click.option(
    "--only",
    type=click.Choice(("receive", "work")),
    help="Only take notifications in, or only work through them; without it a worker runs beside the endpoints.",
)
@click.option(
    "--once", is_flag=True, help="With `--only work`: end when nothing waits any more, as for a scheduled job."
)
def gate(host: str, port: int, only: str | None, once: bool) -> None:
    """The stage gate for webhooks of HubSpot, notifications of Salesforce, and questions of anybody with a token."""
    from contextlib import ExitStack

    from connectors.errors import UsageError

    try:
        from sync.jobs.serve import READ_ONLY, Address, serve, worker_beside
        from sync.web.doors import unarmed
        from sync.web.rules import judge
        from sync.web.worker import work
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is not installed", EXTRA) from None
    unarmed(os.environ)
    environ = {**os.environ, **READ_ONLY}
    if only == "work":
        with interruptible() as halt, opened(environ, halt) as session:
            work(session, judge(session), say, once)
        return
    with ExitStack() as stack:
        session = stack.enter_context(opened(environ))
        if only is None:
            stack.enter_context(worker_beside(("serve", "gate", "--only", "work"), say))
        serve(session, Address(host, port), say)

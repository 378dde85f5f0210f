"""`sandbox`: serve a HubSpot and a Salesforce on loopback to try everything on."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync.cli import say

if TYPE_CHECKING:
    from sandbox.app import Sandbox


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8801, show_default=True, help="0 takes a free one.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same records.")
@click.option("--companies", type=click.IntRange(0), default=300, show_default=True)
@click.option("--contacts", type=click.IntRange(0), default=700, show_default=True)
@click.option("--leads", type=click.IntRange(0), default=150, show_default=True)
@click.option("--deals", type=click.IntRange(0), default=200, show_default=True)
@click.option("--empty", is_flag=True, help="No records but what --load brings.")
@click.option("--load", "loads", multiple=True, metavar="KIND=FILE", help="Load companies or contacts from a CSV file.")
@click.option("--map", "maps", multiple=True, metavar="TARGET=COLUMN,...", help="Which columns a --load means.")
@click.option("--tls", is_flag=True, help="Serve https with a certificate made for this run.")
def command(port: int, loads: tuple[str, ...], maps: tuple[str, ...], tls: bool, empty: bool, **sizes: int) -> None:
    """Serve two CRMs on loopback. The first lines are the `export` lines that point this tool at them."""
    import tempfile
    import threading
    from contextlib import ExitStack, suppress

    from connectors.errors import UsageError
    from sandbox.server import self_signed, serve

    sandbox = made(sizes.pop("seed"), None if empty else sizes)
    for number, load in enumerate(loads):
        _load(sandbox, load, maps[number] if number < len(maps) else "")
    with ExitStack() as stack:
        pair = self_signed(Path(stack.enter_context(tempfile.TemporaryDirectory()))) if tls else None
        try:
            base_url = stack.enter_context(serve(sandbox, port, pair))
        except OSError as error:
            raise UsageError(f"port {port}: {error.strerror}", "Name another with --port; 0 takes a free one") from None
        stack.enter_context(suppress(KeyboardInterrupt))
        for name, value in environment(base_url, str(pair[0]) if pair else "").items():
            click.echo(f"export {name}={value}")
        say(f"# serving on {base_url}; the truth is at {base_url}/_sandbox/truth; stop with Ctrl-C")
        threading.Event().wait()


def made(seed: int, sizes: Mapping[str, int] | None) -> "Sandbox":
    """A sandbox of test accounts, seeded with so many records of each kind in each CRM, or empty."""
    from sandbox.app import Sandbox
    from sandbox.seed import seed as fill

    sandbox = Sandbox()
    counts = sizes or dict.fromkeys(("companies", "contacts", "leads", "deals"), 0)
    fill(sandbox.store, seed=seed, now_ms=sandbox.clock.now_ms(), **counts)
    sandbox.store.set("hubspot", "account_type", "SANDBOX")
    return sandbox


def environment(base_url: str, ca_bundle: str = "") -> dict[str, str]:
    """The variables that point this tool at a sandbox."""
    found = {
        "HUBSPOT_BASE_URL": base_url,
        "HUBSPOT_ACCESS_TOKEN": "pat-na1-sandbox-reader",
        "HUBSPOT_WRITE_TOKEN": "pat-na1-sandbox-writer",
        "SALESFORCE_INSTANCE_URL": base_url,
        "SALESFORCE_CLIENT_ID": "sandbox-reader",
        "SALESFORCE_CLIENT_SECRET": "sandbox-reader-secret",
        "SALESFORCE_WRITE_CLIENT_ID": "sandbox-writer",
        "SALESFORCE_WRITE_CLIENT_SECRET": "sandbox-writer-secret",
    }
    return found | ({"REVOPS_CA_BUNDLE": ca_bundle} if ca_bundle else {})


def _load(sandbox: "Sandbox", load: str, columns: str) -> None:
    """Load one CSV file into both CRMs' store of a kind."""
    from connectors.errors import UsageError
    from sandbox.seed.listing import ListingError, load_csv

    kind, _, file = load.partition("=")
    kinds = {"companies": "company", "contacts": "contact"}
    if kind not in kinds or not file:
        raise UsageError(f"--load {load}", "Give KIND=FILE, as in --load companies=list.csv")
    targets = dict(_pairs(columns))
    try:
        load_csv(sandbox.store, "hubspot", kinds[kind], Path(file), targets, sandbox.clock.now_ms())
    except ListingError as error:
        raise UsageError(str(error)) from None


def _pairs(columns: str) -> Sequence[tuple[str, str]]:
    from connectors.errors import UsageError

    pairs = [part.partition("=") for part in columns.split(",") if part]
    if not pairs or not all(target and column for target, _, column in pairs):
        raise UsageError(f"--map {columns}", "Give TARGET=COLUMN pairs, as in --map name=Company,phone=Tel")
    return [(target.strip(), column.strip()) for target, _, column in pairs]

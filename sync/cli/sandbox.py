"""`sandbox`: serve a HubSpot and a Salesforce on loopback to try everything on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
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
@click.option(
    "--load",
    "loads",
    multiple=True,
    metavar="[CRM:]KIND=FILE",
    help="Load companies or contacts from a CSV file into HubSpot, or the CRM named.",
)
@click.option("--map", "maps", multiple=True, metavar="TARGET=COLUMN,...", help="Which columns a --load means.")
@click.option("--faults", multiple=True, metavar="FILE", type=click.Path(path_type=Path), help="Follow a fault script.")
@click.option("--live", is_flag=True, help="Play production accounts: what a first contact is told and asked for.")
@click.option("--two-origins", is_flag=True, help="An origin for each CRM; Salesforce takes the next port.")
@click.option("--tls", is_flag=True, help="Serve https with a certificate authority made for this run.")
def command(port: int, loads: tuple[str, ...], maps: tuple[str, ...], faults: tuple[Path, ...], **options: int) -> None:
    """Serve two CRMs on loopback. The first lines are the `export` lines that point this tool at them."""
    import signal
    import tempfile
    import threading
    from contextlib import ExitStack, suppress

    tls, apart, live = (bool(options.pop(name)) for name in ("tls", "two_origins", "live"))
    with ExitStack() as stack:
        stack.enter_context(suppress(KeyboardInterrupt))
        sandbox = made(options.pop("seed"), None if options.pop("empty") else options)
        if live:
            go_live(sandbox)
        for number, load in enumerate(loads):
            _load(sandbox, load, maps[number] if number < len(maps) else "")
        _follow(sandbox, faults)
        # A stop by SIGTERM must leave no key behind either.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        hubspot, salesforce, ca = stack.enter_context(_served(sandbox, port, folder if tls else None, apart))
        for name, value in environment(hubspot, ca, salesforce).items():
            click.echo(f"export {name}={value}")
        where = f"{hubspot} and {salesforce}" if apart else hubspot
        say(f"# serving on {where}; the truth is at {hubspot}/_sandbox/truth; stop with Ctrl-C")
        if ca:
            say(f"# other clients trust it by SSL_CERT_FILE, REQUESTS_CA_BUNDLE or NODE_EXTRA_CA_CERTS={ca}")
        threading.Event().wait()


@contextmanager
def _served(sandbox: "Sandbox", port: int, folder: Path | None, apart: bool) -> Iterator[tuple[str, str, str]]:
    """HubSpot's base URL, Salesforce's, and the file of the CA (empty without TLS, which needs a folder)."""
    from contextlib import ExitStack

    from connectors.errors import UsageError
    from sandbox.certificates import CertificateError, make
    from sandbox.server import serve, serve_apart

    with ExitStack() as stack:
        try:
            trust = make(folder) if folder else None
            pair = (trust.chain, trust.key) if trust else None
            if apart:
                urls = stack.enter_context(serve_apart(sandbox, (port, port and port + 1), pair))
            else:
                urls = (stack.enter_context(serve(sandbox, port, pair)),) * 2
        except OSError as error:
            raise UsageError(f"port {port}: {error.strerror}", "Name another with --port; 0 takes a free one") from None
        except CertificateError as error:
            raise UsageError(str(error), "Leave --tls out, or install revops-sync with its dependencies") from None
        yield *urls, str(trust.ca) if trust else ""


def made(seed: int, sizes: Mapping[str, int] | None) -> "Sandbox":
    """A sandbox of test accounts, seeded with so many records of each kind in each CRM, or empty."""
    from sandbox.app import Sandbox
    from sandbox.seed import seed as fill
    from sandbox.store import SPILLING, Store

    sandbox = Sandbox(Store(SPILLING))
    counts = sizes or dict.fromkeys(("companies", "contacts", "leads", "deals"), 0)
    fill(sandbox.store, seed=seed, now_ms=sandbox.clock.now_ms(), **counts)
    sandbox.store.set("hubspot", "account_type", "SANDBOX")
    return sandbox


def go_live(sandbox: "Sandbox") -> None:
    """Let both CRMs say that they are production accounts."""
    sandbox.store.set("hubspot", "account_type", "STANDARD")
    for row in sandbox.store.rows("crm = ? AND kind = ?", ("salesforce", "organization")):
        sandbox.store.put(replace(row, fields={**row.fields, "IsSandbox": False}))


def environment(base_url: str, ca_bundle: str = "", salesforce_url: str = "") -> dict[str, str]:
    """The variables that point this tool at a sandbox; Salesforce may be on an origin of its own."""
    found = {
        "HUBSPOT_BASE_URL": base_url,
        "HUBSPOT_ACCESS_TOKEN": "pat-na1-sandbox-reader",
        "HUBSPOT_WRITE_TOKEN": "pat-na1-sandbox-writer",
        "SALESFORCE_INSTANCE_URL": salesforce_url or base_url,
        "SALESFORCE_CLIENT_ID": "sandbox-reader",
        "SALESFORCE_CLIENT_SECRET": "sandbox-reader-secret",
        "SALESFORCE_WRITE_CLIENT_ID": "sandbox-writer",
        "SALESFORCE_WRITE_CLIENT_SECRET": "sandbox-writer-secret",
    }
    return found | ({"REVOPS_CA_BUNDLE": ca_bundle} if ca_bundle else {})


def _follow(sandbox: "Sandbox", files: Iterable[Path]) -> None:
    """Give the sandbox its fault scripts."""
    from connectors.errors import UsageError
    from sandbox.faults import FaultError, read

    try:
        for script in [read(file) for file in files]:
            sandbox.faults.follow(script)
    except FaultError as error:
        raise UsageError(str(error)) from None


def _load(sandbox: "Sandbox", load: str, columns: str) -> None:
    """Load one CSV file into a CRM's records of a kind; into HubSpot where none is named."""
    from connectors.errors import UsageError
    from sandbox.seed.listing import ListingError, load_csv

    place, _, file = load.partition("=")
    crm, _, kind = place.rpartition(":")
    kinds = {"companies": "company", "contacts": "contact"}
    if crm not in ("", "hubspot", "salesforce") or kind not in kinds or not file:
        raise UsageError(f"--load {load}", "Give KIND=FILE, as in --load companies=list.csv, or salesforce:KIND=FILE")
    targets = dict(_pairs(columns))
    try:
        load_csv(sandbox.store, crm or "hubspot", kinds[kind], Path(file), targets, sandbox.clock.now_ms())
    except ListingError as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"--load {load}: {error.strerror}", "Name a CSV file") from None


def _pairs(columns: str) -> Sequence[tuple[str, str]]:
    from connectors.errors import UsageError

    pairs = [part.partition("=") for part in columns.split(",") if part]
    if not pairs or not all(target and column for target, _, column in pairs):
        raise UsageError(f"--map {columns}", "Give TARGET=COLUMN pairs, as in --map name=Company,phone=Tel")
    return [(target.strip(), column.strip()) for target, _, column in pairs]

"""A seeded sandbox for one client, served on two origins, and the environment that tells the client where."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.app import Sandbox
from sandbox.seed import seed
from sandbox.server import serve_apart
from tests.sandbox.outsiders.client import Client
from tests.sandbox.outsiders.environment import Unavailable
from tests.sandbox.outsiders.tunnel import tunnel

SIZES = {"companies": 300, "contacts": 700, "leads": 150, "deals": 200}
HOSTS = ("localhost", "api.hubapi.com", "api.hubspot.com", "*.salesforce.com", "*.my.salesforce.com")
REQUEST = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost"
IDENTITY = {
    "HUBSPOT_TOKEN": "pat-na1-sandbox-writer",
    "HUBSPOT_CLIENT_ID": "sandbox-client",
    "HUBSPOT_CLIENT_SECRET": "sandbox-client-secret",
    "HUBSPOT_REFRESH_TOKEN": "sandbox-refresh-writer",
    "SALESFORCE_CLIENT_ID": "sandbox-writer",
    "SALESFORCE_CLIENT_SECRET": "sandbox-writer-secret",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A sandbox being served, and the variables that lead to it."""

    sandbox: Sandbox
    variables: dict[str, str]


@contextmanager
def stage(client: Client, scratch: Path) -> Iterator[Stage]:
    """Serve a sandbox of the client's own; certificates stand in `scratch`'s parent, which must exist."""
    sandbox = Sandbox()
    sizes = dict.fromkeys(SIZES, 0) if client.empty else SIZES
    seed(sandbox.store, seed=1, now_ms=sandbox.clock.now_ms(), **sizes)
    with ExitStack() as stack:
        pair = certificate(scratch.parent) if client.tls or client.tunnel else None
        hubspot, salesforce = stack.enter_context(serve_apart(sandbox, tls=pair))
        found = {"HUBSPOT_URL": hubspot, "SALESFORCE_URL": salesforce, "SANDBOX_URL": hubspot}
        if client.tunnel:
            ports = (urlsplit(url).port or 0 for url in (hubspot, salesforce))
            found["HTTPS_PROXY"] = found["https_proxy"] = stack.enter_context(tunnel(*ports))
            found["NO_PROXY"] = found["no_proxy"] = "127.0.0.1,localhost"
        if pair:
            names = ("CA_FILE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
            found |= dict.fromkeys(names, str(pair[0]))
        yield Stage(sandbox, {**IDENTITY, **found, **_places(scratch)})


def reference() -> Path:
    """The folder of reference data, which may be missing."""
    return Path(os.environ.get("REVOPS_REFERENCE") or Path(__file__).parents[4] / "shared").resolve()


def _places(scratch: Path) -> dict[str, str]:
    return {"SCRATCH": str(scratch), "HOME": str(scratch), "REVOPS_REFERENCE": str(reference())}


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for loopback and for the hosts that clients have fixed in their code; trusted by its file only."""
    public, key = folder / "cert.pem", folder / "key.pem"
    names = ",".join(["IP:127.0.0.1", *(f"DNS:{host}" for host in HOSTS)])
    command = [*REQUEST.split(), "-addext", f"subjectAltName={names}", "-keyout", str(key), "-out", str(public)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as wrong:
        raise Unavailable(f"no certificate without the openssl command: {wrong}") from None
    return public, key

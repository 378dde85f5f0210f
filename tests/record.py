"""Records the cassettes: from a small sandbox that is always the same, or from one's own account with `--live`."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from connectors.changes import Archive
from connectors.errors import CredentialError, RemoteError, RevopsError
from sandbox.app import Sandbox
from sandbox.clock import Clock
from sandbox.seed import seed
from sandbox.server import serve
from sync.cli.sandbox import environment
from tests.halves import Edge, Time, edge
from tests.scenes import SCENES, WARM, Scene, played
from tests.tape import FOLDER, HOSTS, Tape, scrub

FROZEN = 1_795_000_000_000
"""Where the sandbox's clock stands still, in epoch milliseconds: 2026-11-18."""

SIZES = {"companies": 6, "contacts": 6, "leads": 3, "deals": 3}
KEY = "Revops_Key__c string:64 ncuxl Revops Key"
READERS = {
    "HUBSPOT_ACCESS_TOKEN": "HUBSPOT_WRITE_TOKEN",
    "SALESFORCE_CLIENT_ID": "SALESFORCE_WRITE_CLIENT_ID",
    "SALESFORCE_CLIENT_SECRET": "SALESFORCE_WRITE_CLIENT_SECRET",
}
"""The reader's variables, and the writer's that a recording of reads fills with them."""

ORIGIN = {"hubspot": "HUBSPOT_BASE_URL", "salesforce": "SALESFORCE_INSTANCE_URL"}
NEEDED = {
    crm: [origin, *(name for pair in READERS.items() for name in pair if name.startswith(crm.upper()))]
    for crm, origin in ORIGIN.items()
}


def main() -> None:
    """Record every scene, or those named."""
    parser = argparse.ArgumentParser(prog="python -m tests.record", description=__doc__)
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help=f"of: {', '.join(SCENES)}; all without a name")
    parser.add_argument("--crm", choices=sorted(HOSTS), action="append", help="only this CRM")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the cassettes go")
    parser.add_argument("--live", action="store_true", help="your own account, by the tool's environment variables")
    parser.add_argument("--writes", action="store_true", help="with --live: also make, change and archive test records")
    options = parser.parse_args()
    if unknown := set(options.scenes) - set(SCENES):
        parser.error(f"no such scene: {', '.join(sorted(unknown))}")
    try:
        for crm in options.crm or sorted(HOSTS):
            for name in options.scenes or SCENES:
                record(crm, name, options.folder, live(options.writes) if options.live else sandboxed)
    except RevopsError as error:
        sys.exit(f"error: {error}")


Opened = Callable[[str, Scene], AbstractContextManager[tuple[Edge, str] | None]]


def record(crm: str, name: str, folder: Path, opened: Opened) -> None:
    """One cassette with the calls of a scene, what it started from and what it came to."""
    scene = SCENES[name]
    if crm not in scene.crms:
        return
    with opened(crm, scene) as found:
        if found is None:
            return
        half, origin = found
        warm(half, name)
        given = scene.prepare(half)
        half.reconnect()
        with Tape(crm, folder, origin).record(name) as cassette:
            result = played(scene, half, given)
            cassette.get_metadata("given", given)
            cassette.get_metadata("result", json.loads(scrub(json.dumps(result, ensure_ascii=False))))
    sys.stderr.write(f"{crm}/{name}: {len(cassette)} calls\n")


def warm(half: Edge, name: str) -> None:
    """Sign in and describe beforehand, except where that is the scene."""
    if name not in WARM:
        half.sign_in()
        half.describe()
    elif name == "describe":
        half.sign_in()


@contextmanager
def sandboxed(crm: str, scene: Scene) -> Iterator[tuple[Edge, str]]:
    """A connector on a fresh sandbox on loopback, and where that is."""
    sandbox = small()
    with serve(sandbox) as base_url:
        time_ = Time(sandbox.clock.advance)
        half = edge(crm, environment(base_url), time_, sandbox=sandbox)
        edge(crm, environment(base_url), time_).prepare_fields()
        yield half, base_url


def small() -> Sandbox:
    """The same few records each time, on a clock that stands still, with the field that creates are keyed by."""
    sandbox = Sandbox(clock=Clock(FROZEN))
    seed(sandbox.store, seed=7, now_ms=FROZEN, **SIZES)
    sandbox.store.set("salesforce", "custom_fields", {"Account": [KEY], "Contact": [KEY]})
    return sandbox


def live(writes: bool) -> Opened:
    """A connector on the account of the environment; without `writes`, scenes that write are left alone."""

    @contextmanager
    def opened(crm: str, scene: Scene) -> Iterator[tuple[Edge, str] | None]:
        if scene.provoked or (scene.writes and not writes):
            yield None
            return
        environ = credentials(os.environ, writes)
        wanted = [name for name in NEEDED[crm] if writes or "WRITE" not in name]
        if missing := [name for name in wanted if not environ.get(name)]:
            raise CredentialError(
                f"not set: {', '.join(missing)}", "They are the variables that revops-sync itself reads"
            )
        half = edge(crm, environ, Time(time.sleep), writes=writes, stamp=f"cassette-{int(time.time())}")
        if writes:
            half.prepare_fields()
        try:
            yield half, environ[ORIGIN[crm]]
        finally:
            clear_away(half)

    return opened


def credentials(environ: Mapping[str, str], writes: bool) -> dict[str, str]:
    """The tool's own variables; without `writes` the writer's are never looked at."""
    found = {"HUBSPOT_BASE_URL": HOSTS["hubspot"], **environ}
    if not writes:
        for name, writers in READERS.items():
            found[writers] = found.get(name, "")
    return found


def clear_away(half: Edge) -> None:
    """Archive what a scene made in a live account; what is gone already stays so."""
    for ref in sorted(half.written):
        with suppress(RemoteError):
            half.push(ref.kind, Archive(ref))


if __name__ == "__main__":
    main()

"""Prints what a big sandbox costs: memory and time to seed it, pages a second it serves, and who is busy in a pull."""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

ROOT = Path(__file__).resolve().parents[1]
TICK = os.sysconf("SC_CLK_TCK")
NO_LIMITS = {
    "hubspot": {"rate_ten_seconds": 10**9, "rate_search_second": 10**9, "rate_day": 10**9},
    "salesforce": {"daily_limit": 10**9},
}
CONTACT = "firstname,lastname,email,phone,mobilephone,jobtitle,company,address,city,state,zip,country,lifecyclestage"
SOQL = "SELECT Id, FirstName, LastName, Email, Phone, MobilePhone, Title, AccountId, MailingCity FROM Contact"
Json = dict[str, Any]


@dataclass(frozen=True)
class Served:
    """A running sandbox: its process, its place, and the variables that point the tool at it."""

    process: "subprocess.Popen[str]"
    environ: dict[str, str]

    @property
    def place(self) -> str:
        """Host and port."""
        return urlsplit(self.environ["HUBSPOT_BASE_URL"]).netloc

    def cpu(self) -> float:
        """Seconds of processor time so far, of the process and its threads."""
        cells = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(cells[11]) + int(cells[12])) / TICK

    def memory(self) -> int:
        """The most memory that was resident so far, in MiB."""
        found = re.search(r"VmHWM:\s*(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())
        return int(found[1]) // 1024 if found else 0


class Client:
    """One kept connection of the standard library, and the calls that the measurements make."""

    def __init__(self, served: Served) -> None:
        self.connection = HTTPConnection(served.place)
        self.cpu = 0.0
        secrets = "client_id=sandbox-reader&client_secret=sandbox-reader-secret"
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        login = f"grant_type=client_credentials&{secrets}"
        self.tokens = {"/crm": "pat-na1-sandbox-reader"}
        self.tokens["/services"] = self.call("POST", "/services/oauth2/token", login, form)["access_token"]

    def call(self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> Json:
        """The JSON of an answer; anything but 2xx ends the measurement."""
        token = next((text for prefix, text in self.tokens.items() if path.startswith(prefix)), "")
        own = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **(headers or {})}
        self.connection.request(method, path, body, own)
        answer = self.connection.getresponse()
        raw = answer.read()
        if answer.status >= 300:
            sys.exit(f"{method} {path}: {answer.status} {raw[:300]!r}")
        return json.loads(raw) if raw else {}


@contextmanager
def serving(options: argparse.Namespace) -> Iterator[Served]:
    """A sandbox of this size in a process of its own, once it answers."""
    sizes = [f"--{name}={getattr(options, name)}" for name in ("companies", "contacts", "leads", "deals")]
    loads = [part for load in options.load for part in ("--load", load)]
    maps = [part for columns in options.map for part in ("--map", columns)]
    command = [sys.executable, "-m", "sync", "sandbox", "--port", "0", *sizes, *loads, *maps]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    environ: dict[str, str] = {}
    for line in process.stdout:
        name, _, value = line.removeprefix("export ").strip().partition("=")
        environ[name] = value
        if name == "SALESFORCE_WRITE_CLIENT_SECRET":
            break
    try:
        yield Served(process, environ)
    finally:
        process.terminate()
        process.communicate()


def hubspot_lists(client: Client, most: int) -> Iterator[int]:
    """Pages of 100 contacts in the order of their ids."""
    after = ""
    for _ in range(most):
        page = client.call("GET", f"/crm/v3/objects/contacts?limit=100&properties={CONTACT}{after}")
        yield len(page["results"])
        if "paging" not in page:
            return
        after = f"&after={page['paging']['next']['after']}"


def hubspot_batches(client: Client, most: int) -> Iterator[int]:
    """Batch reads of 100 contacts with 13 properties each."""
    names = CONTACT.split(",")
    for number in range(most):
        inputs = [{"id": str(10_000_000_001 + number * 100 + place)} for place in range(100)]
        body = json.dumps({"properties": names, "inputs": inputs})
        found = len(client.call("POST", "/crm/v3/objects/contacts/batch/read", body)["results"])
        yield found
        if found < 100:
            return


def hubspot_changes(client: Client, most: int) -> Iterator[int]:
    """Searches for what changed in the last days, 200 a page, by id."""
    last, since = "0", str(client.call("GET", "/_sandbox/clock")["now_ms"] - 20 * 86_400_000)
    for _ in range(most):
        filters = [
            {"propertyName": "lastmodifieddate", "operator": "GTE", "value": since},
            {"propertyName": "hs_object_id", "operator": "GT", "value": last},
        ]
        asked = {"filterGroups": [{"filters": filters}], "sorts": ["hs_object_id"], "limit": 200}
        results = client.call("POST", "/crm/v3/objects/contacts/search", json.dumps(asked))["results"]
        yield len(results)
        if len(results) < 200:
            return
        last = results[-1]["id"]


def salesforce_pages(client: Client, most: int) -> Iterator[int]:
    """A query of all contacts by id and the pages that its locators lead to, 2,000 records each."""
    path = f"/services/data/v66.0/query?q={quote(SOQL + ' ORDER BY Id')}"
    for _ in range(most):
        page = client.call("GET", path)
        yield len(page["records"])
        if page["done"]:
            return
        path = page["nextRecordsUrl"]


def salesforce_keyset(client: Client, most: int) -> Iterator[int]:
    """The same by keyset: each query asks for the 2,000 records after the last id."""
    last = ""
    for _ in range(most):
        where = f" WHERE Id > '{last}'" if last else ""
        page = client.call("GET", f"/services/data/v66.0/query?q={quote(f'{SOQL}{where} ORDER BY Id LIMIT 2000')}")
        yield len(page["records"])
        if len(page["records"]) < 2000:
            return
        last = page["records"][-1]["Id"]


WAYS: tuple[Callable[[Client, int], Iterator[int]], ...] = (
    hubspot_lists, hubspot_batches, hubspot_changes, salesforce_pages, salesforce_keyset,
)  # fmt: skip


def timed(served: Served, client: Client, way: Callable[[Client, int], Iterator[int]], most: int) -> Json:
    """Pages and records a second of one way to read, its slowest page, and the server's time for a page."""
    started, busy, waits, records = time.perf_counter(), served.cpu(), [0.0], 0
    last = started
    for found in way(client, most):
        now = time.perf_counter()
        waits.append(now - last)
        last, records = now, records + found
    took, pages = last - started or 1e-9, len(waits) - 1
    return {
        "what": way.__name__, "pages": pages, "records": records, "pages_per_s": round(pages / took, 1),
        "records_per_s": round(records / took), "slowest_page_s": round(max(waits), 3),
        "server_ms_per_page": round((served.cpu() - busy) / max(pages, 1) * 1000, 2),
    }  # fmt: skip


def pulled(served: Served) -> Json:
    """A full pull by the tool itself into a fresh mirror: its processor time and the server's."""
    with tempfile.TemporaryDirectory() as state:
        environ = {**os.environ, **served.environ, "REVOPS_STATE": state}
        started, busy = time.perf_counter(), served.cpu()
        tool = subprocess.Popen(
            [sys.executable, "-m", "sync", "pull"], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(tool.pid, 0)
        tool.returncode = os.waitstatus_to_exitcode(status)
    server, client = served.cpu() - busy, usage.ru_utime + usage.ru_stime
    return {
        "what": "pull by revops-sync", "exit": tool.returncode, "seconds": round(time.perf_counter() - started, 1),
        "client_cpu_s": round(client, 1), "server_cpu_s": round(server, 1),
        "client_to_server": round(client / max(server, 0.01), 2), "client_peak_mib": usage.ru_maxrss // 1024,
    }  # fmt: skip


def main(argv: Sequence[str]) -> list[Json]:
    """Measure and print, a line of JSON for each figure."""
    parser = argparse.ArgumentParser(prog="python -m bench.sandbox_scale", description=__doc__)
    parser.add_argument("--companies", type=int, default=2000)
    parser.add_argument("--contacts", type=int, default=10000)
    parser.add_argument("--leads", type=int, default=150)
    parser.add_argument("--deals", type=int, default=200)
    parser.add_argument("--load", action="append", default=[], metavar="KIND=FILE")
    parser.add_argument("--map", action="append", default=[], metavar="TARGET=COLUMN,...")
    parser.add_argument("--pages", type=int, default=500, help="the most pages to read in each way")
    parser.add_argument("--pull", action="store_true", help="also pull everything with the tool")
    options = parser.parse_args(argv)
    figures: list[Json] = []

    def tell(figure: Json) -> None:
        figures.append(figure)
        print(json.dumps(figure), flush=True)

    started = time.perf_counter()
    with serving(options) as served:
        took = time.perf_counter() - started
        told = {"seconds": round(took, 1), "cpu_s": round(served.cpu(), 1), "peak_mib": served.memory()}
        tell({"what": "seed", "companies": options.companies, "contacts": options.contacts, **told})
        client = Client(served)
        client.call("POST", "/_sandbox/settings", json.dumps(NO_LIMITS))
        for way in WAYS:
            tell(timed(served, client, way, options.pages))
        if options.pull:
            tell(pulled(served))
        tell({"what": "server at its end", "peak_mib": served.memory(), "cpu_s": round(served.cpu(), 1)})
        tell({"what": "bugs of the sandbox", "count": len(client.call("GET", "/_sandbox/errors")["results"])})
        client.connection.close()
    return figures


if __name__ == "__main__":
    main(sys.argv[1:])

"""Prints how the whole job does on real company lists, loaded into each CRM of the sandbox in turn."""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from connectors.records import Ref
from hygiene.match.table import COMPANY
from sandbox.app import Sandbox
from sandbox.seed.listing import load_csv, load_truth
from sandbox.server import serve
from sync.cli import opened
from sync.cli.sandbox import environment, made
from sync.jobs.demo import Whole, whole_job
from sync.jobs.score import Score, score
from sync.render import Sheet, render

CRMS = ("hubspot", "salesforce")
LISTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "early_childhood": {
            **{"name": "name", "street": "address", "postcode": "zip", "phone": "phone"},
            "domain": "website",
        },
        "restaurants": {"name": "name", "street": "addr", "city": "city", "phone": "phone"},
    }
)
"""List -> which column of it fills which target of the sandbox's loader."""

CHECK = {"check": "duplicate", "kind": "company", "default_region": "US"}
CONFIG = {"version": 1, "kinds": ["company"], "guards": {"max_records": 100_000, "max_share": 1.0}}
CALLS = 100_000
"""HubSpot calls that the sandbox allows in ten seconds: the real 190 would make the pace the thing that is timed."""

COLUMNS = (
    *("list", "crm", "records", "true pairs", "groups", "for review", "merged", "precision", "recall"),
    *("calls forecast", "calls made", "2nd plan", "stopped", "seconds"),
)
FOOTER = (
    "config: the duplicate check of companies alone, default_region US; guards raised (max_records 100,000, max_share "
    "1), since most records of the first list are duplicates and the defaults refuse such a plan",
    "precision and recall count pairs of records that the sandbox holds as merged in the end, against truth.csv; "
    "only what needs no person is merged, so that the groups for review are not in the recall",
    f"a group of more than {COMPANY.max_cluster} records is for review as a whole, unless --max-cluster says otherwise",
    "2nd plan: groups that a second pull, check and plan would still change; 0 is a verified end",
    f"HubSpot's limit of 190 calls in 10 s is switched to {CALLS:,} in the sandbox; the pace follows its headers",
)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list in one CRM: the folder of its files, its columns, how many rows of it are taken (None for all), and how
    large a group may be to be merged unasked (None for the match table's own cap)."""

    folder: Path
    columns: Mapping[str, str]
    crm: str
    rows: int | None = None
    max_cluster: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What the job came to on one list in one CRM."""

    listing: Listing
    records: int
    whole: Whole
    pairs: Score
    seconds: float

    def cells(self) -> tuple[str | int | float, ...]:
        """The row of the table."""
        applied, counts = self.whole.applied, self.whole.first.plan.counts()
        return (
            *(self.listing.folder.name, self.listing.crm, self.records, self.pairs.true),
            *(counts["groups"], self.whole.findings - counts["groups"], applied.report.merged),
            *(f"{self.pairs.precision:.4f}", f"{self.pairs.recall:.4f}", applied.forecast, applied.made),
            *(len(self.whole.second.plan.groups), applied.report.stopped or "no", round(self.seconds, 1)),
        )


def main() -> None:
    """The table, a line for each list and CRM, then what was configured."""
    parser = argparse.ArgumentParser(prog="python -m bench.real_listings", description=__doc__)
    reference = Path(os.environ.get("REVOPS_REFERENCE", "../shared"))
    parser.add_argument("--data", type=Path, default=reference, help="the folder that holds bench/LIST/records.csv")
    parser.add_argument("--list", choices=sorted(LISTS), action="append", help="only this list")
    parser.add_argument("--rows", type=int, help="only the first rows of each list")
    parser.add_argument("--max-cluster", type=int, help="merge groups of up to so many records unasked")
    options = parser.parse_args()
    results = []
    for name in options.list or LISTS:
        folder = options.data / "bench" / name
        if not folder.is_dir():
            sys.exit(f"no reference data in {folder}: give --data or set REVOPS_REFERENCE")
        for crm in CRMS:
            print(f"{name} in {crm} ...", file=sys.stderr)
            results.append(run(Listing(folder, LISTS[name], crm, options.rows, options.max_cluster)))
    print(render(Sheet("", COLUMNS, [result.cells() for result in results]), "md"))
    print("\n".join(("", *(f"- {line}" for line in FOOTER))))


def run(listing: Listing) -> Result:
    """Load one list into one CRM of an empty sandbox on loopback, and do the whole job on it."""
    sandbox = made(1, None)
    sandbox.store.set("hubspot", "rate_ten_seconds", CALLS)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as name, serve(sandbox) as base_url:
        folder = Path(name)
        records = load(sandbox, listing, folder)
        config = folder / "revops.yaml"
        config.write_text(json.dumps(configured(listing)), "utf-8")
        environ = environment(base_url) | {"REVOPS_STATE": str(folder / "state"), "REVOPS_CONFIG": str(config)}
        whole = whole_job(lambda: opened(environ), folder, lambda text: None, lambda done, total: None)
    truth = told(sandbox, whole.workspaces[0])
    return Result(listing, records, whole, score(merged(sandbox, truth), truth), time.perf_counter() - started)


def configured(listing: Listing) -> dict[str, object]:
    """The content of `revops.yaml` for one list."""
    capped = {} if listing.max_cluster is None else {"max_cluster": listing.max_cluster}
    return {**CONFIG, "crms": [listing.crm], "checks": [CHECK | capped]}


def load(sandbox: Sandbox, listing: Listing, folder: Path) -> int:
    """Load the list's records, then what is known of their duplicates; how many records."""
    records, truth = listing.folder / "records.csv", listing.folder / "truth.csv"
    if listing.rows is not None:
        records = first(records, listing.rows, folder)
        truth = of_these(truth, records, folder)
    count = load_csv(sandbox.store, listing.crm, "company", records, listing.columns, sandbox.clock.now_ms())
    load_truth(sandbox.store, truth)
    return count


def first(path: Path, rows: int, folder: Path) -> Path:
    """A copy of the file's header and first rows; the lists hold no line breaks within cells."""
    with path.open(encoding="utf-8") as file:
        return _written(folder / path.name, islice(file, rows + 1))


def of_these(truth: Path, records: Path, folder: Path) -> Path:
    """A copy of the truth about these records alone."""
    with records.open(encoding="utf-8") as file:
        ids = {line.partition(",")[0] for line in file}
    with truth.open(encoding="utf-8") as file:
        return _written(folder / truth.name, (line for line in file if line.partition(",")[0] in ids))


def _written(path: Path, lines: Iterable[str]) -> Path:
    path.write_text("".join(lines), "utf-8")
    return path


def told(sandbox: Sandbox, workspace: str) -> dict[Ref, str]:
    """The true cluster of each loaded company."""
    rows = sandbox.store.db.execute("SELECT kind, id, entity FROM truth WHERE kind='company'")
    return {Ref(workspace, kind, id_): entity for kind, id_, entity in rows}


def merged(sandbox: Sandbox, records: Iterable[Ref]) -> list[tuple[Ref, ...]]:
    """These records by what they are merged into in the sandbox itself, whatever the job says of it."""
    into = dict(sandbox.store.db.execute("SELECT id, merged_into FROM record WHERE merged_into IS NOT NULL"))
    groups: dict[str, list[Ref]] = defaultdict(list)
    for ref in records:
        left = ref.id
        while left in into:
            left = into[left]
        groups[left].append(ref)
    return [tuple(group) for group in groups.values() if len(group) > 1]


if __name__ == "__main__":
    main()

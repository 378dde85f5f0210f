"""Measures the memory that pull, check, plan and apply peak at over many contacts, each in a process of its own."""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from connectors.base import Connector, Identity, Limits, Page, Reading, Writer
from connectors.changes import Batch, Outcome, Set, Status
from connectors.memory import LIMITS
from connectors.records import FieldSpec, ObjectSpec, Pipeline, Record, Ref
from connectors.values import Fields, empty, frozen
from hygiene.check import Finding, RowCheck
from hygiene.view import View
from sync.apply.guard import Bounds
from sync.jobs.apply import carry_out
from sync.jobs.check import ask
from sync.jobs.plan import plan
from sync.jobs.pull import pull_all
from sync.plan.file import read
from sync.session import Session
from sync.settings import load

SPACE, KIND, ALLOWED = "memory:local", "contact", 256
FIELDS = ("first_name", "last_name", "email", "phone", "title", "city", "country", "owner", "lifecycle_stage", "source")
BLANK = 100
"""One contact in so many lacks its phone."""
MADE = datetime(2026, 1, 1, tzinfo=UTC)


class Endless:
    """Satisfies `Connector` and `Writer`: contacts that are made when they are asked for; what was set is kept."""

    kinds = (KIND,)
    calls_left: int | None = None

    def __init__(self, count: int) -> None:
        self.count, self.calls = count, 0
        self.written: dict[str, Fields] = {}

    @property
    def limits(self) -> Limits:
        """Those of the memory connector."""
        return LIMITS

    def identity(self) -> Identity:
        """Never production."""
        return Identity(SPACE, SPACE, production=False, api_version="1")

    def describe(self, kind: str) -> ObjectSpec:
        """Ten texts."""
        return ObjectSpec(kind, kind, tuple(FieldSpec(name, name, "string") for name in FIELDS), mergeable=True)

    def pipelines(self, kind: str) -> tuple[Pipeline, ...]:
        """None."""
        return ()

    def pull(self, kind: str, since: datetime | None = None) -> Iterator[Page]:
        """Every contact, a hundred a page."""
        for start in range(0, self.count, 100):
            self.calls += 1
            numbers = range(start, min(start + 100, self.count))
            yield Page(tuple(self._record(number) for number in numbers), total=self.count)

    def read(self, refs: Sequence[Ref], fields: Collection[str], links: Collection[str] = ()) -> dict[Ref, Reading]:
        """The live state of these fields."""
        self.calls += LIMITS.calls("read", len(refs))
        found: dict[Ref, Reading] = {}
        for ref in refs:
            record = self._record(int(ref.id))
            shown = {name: record.fields[name] for name in fields if name in record.fields}
            found[ref] = Record(ref, frozen(shown), (), MADE)
        return found

    def find(self, kind: str, key_field: str, keys: Sequence[str]) -> dict[str, Ref]:
        """Nothing: no contact is created here."""
        return {}

    def ensure_fields(self, kind: str) -> bool:
        """It takes any field."""
        return True

    def push(self, batch: Batch) -> tuple[Outcome, ...]:
        """Keep what is set."""
        self.calls += 1
        outcomes = []
        for row in batch.rows:
            change = row.change
            if not isinstance(change, Set) or not isinstance(change.ref, Ref):
                raise ValueError("this bench sets fields and does nothing else")
            self.written[change.ref.id] = change.after
            outcomes.append(Outcome(row.key, Status.APPLIED, change.ref))
        return tuple(outcomes)

    def _record(self, number: int) -> Record:
        own = {name: f"{name} of contact {number:07}" for name in FIELDS}
        phone = None if number % BLANK == 0 else f"+1 202 {number:07}"
        key = f"{number:07}"
        fields = {**own, "phone": phone, **self.written.get(key, {})}
        return Record(Ref(SPACE, KIND, key), frozen(fields), (), MADE)


class NoPhone(RowCheck):
    """A contact without a phone."""

    kind = KIND

    def look(self, record: Record, view: View) -> Iterator[Finding]:
        """The contact itself where its phone is empty."""
        if empty(record.get("phone")):
            yield Finding(self.name(), (record.ref,), "no phone")


class OwnSession(Session):
    """A session at that one CRM."""

    crm: Endless

    @cached_property
    def readers(self) -> Mapping[str, Connector]:
        return {SPACE: self.crm}

    def _writers(self) -> dict[str, Writer]:
        return {SPACE: self.crm}


def pull(session: Session, folder: Path, rows: int) -> str:
    """Everything into the mirror."""
    (certificate,), _ = pull_all(session, full=True)
    return f"{certificate.seen:,} contacts pulled"


def check(session: Session, folder: Path, rows: int) -> str:
    """Who has no phone: a check that looks at every record."""
    found = ask(session, [NoPhone()])
    return f"{len(found):,} findings"


def planned(session: Session, folder: Path, rows: int) -> str:
    """An update of one field of so many contacts."""
    refs = [Ref(SPACE, KIND, f"{number:07}") for number in range(1, rows + 1)]
    old = {record.ref: record.get("city") for record in session.mirror().some(refs)}
    new = frozen({"city": "Berlin"})
    changes = {ref: Set(ref, new, frozen({"city": old[ref]})) for ref in refs}
    made = plan(session, [Finding("city", (ref,), "city", changes=(change,)) for ref, change in changes.items()])
    session.ledger.approve(made.hash, "bench", {})
    (folder / "plan.json").write_bytes(made.content)
    return f"{len(made.plan.groups):,} groups, {len(made.content) / 2**20:.1f} MiB"


def apply(session: Session, folder: Path, rows: int) -> str:
    """That plan."""
    report = carry_out(read(folder / "plan.json"), session, Bounds()).report
    return f"{report.written:,} written, exit code {report.exit_code}"


STAGES: dict[str, Callable[[Session, Path, int], str]] = {
    "pull": pull,
    "check": check,
    "plan": planned,
    "apply": apply,
}


def stage(name: str, folder: Path, count: int, rows: int) -> None:
    """One stage in this process, and what it came to."""
    session = OwnSession(load({"REVOPS_STATE": str(folder / "state"), "REVOPS_CONFIG": str(folder / "revops.yaml")}))
    session.__dict__["crm"] = Endless(count)
    before, began = peak(), time.process_time()
    try:
        told = STAGES[name](session, folder, rows)
    finally:
        session.close()
    spent = time.process_time() - began
    print(f"{name:6} peak {peak():4.0f} MiB ({before:.0f} before it began), {spent:5.0f} s of CPU: {told}", flush=True)
    sys.exit(1 if peak() > ALLOWED else 0)


def peak() -> float:
    """MiB that this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """A line a stage; the exit code is 1 where one held more than 256 MiB."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=10_000, help="contacts that the plan updates")
    parser.add_argument("--stage", choices=STAGES, help="one stage alone, on the state that the others left")
    parser.add_argument("--folder", type=Path, help="where the state is kept; a temporary place by default")
    given = parser.parse_args()
    if given.stage:
        stage(given.stage, given.folder, given.contacts, given.rows)
    with tempfile.TemporaryDirectory(prefix="revops-memory-") as made:
        folder = given.folder or Path(made)
        (folder / "revops.yaml").write_text("version: 1\napply: {reserve_calls: 0}\n", "utf-8")
        sizes = ["--contacts", str(given.contacts), "--rows", str(given.rows), "--folder", str(folder)]
        command = [sys.executable, "-m", "bench.memory", *sizes, "--stage"]
        codes = [subprocess.run([*command, name], check=False).returncode for name in STAGES]
    sys.exit(max(codes))


if __name__ == "__main__":
    main()

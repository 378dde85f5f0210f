"""A small world in both CRMs, made for the reliability bench: every record known by a name, pulled once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from connectors import hubspot, salesforce
from connectors.base import Writer
from connectors.changes import Archive, Batch, Change, Connect, Create, Row, verb
from connectors.records import Link, Ref
from connectors.values import Value, frozen
from sync.cli.sandbox import environment, made
from sync.jobs.pull import pull_all
from tests.adapter import SandboxAdapter
from tests.sync.stage import URL, Stage

CANARY = "Zqxwvk"
"""Stands in every value of the world and of its plans: no output may show it."""

CONFIG = """\
version: 1
apply:
  settle_seconds: 0.05
  reserve_calls: 0
  stop: {consecutive: 100000, share: 1.0, reverted: 100000, unknown_merges: 100000}
guards: {max_records: 100000, max_share: 1.0}
"""
COUNT = 10
RATES = {"rate_ten_seconds": 10_000_000, "rate_day": 100_000_000, "search_lag_seconds": 0}
KEYS = {
    "Account": ["Revops_Key__c string:64 ncuxl Revops Key"],
    "Contact": ["Revops_Key__c string:64 ncul Revops Key"],
}
"""On accounts an external id, by which a create finds what it made before; on contacts a field like any other."""
Names = Mapping[str, Ref]


@dataclass(frozen=True)
class World:
    """A stage that holds the world, and its records by name: `h.company.3`, `s.contact.0`."""

    stage: Stage
    names: Names


def world(folder: Path, many: int = 0) -> World:
    """The world in a folder; `many` adds as many companies to HubSpot and half as many to Salesforce."""
    sandbox = made(1, None)
    for name, value in RATES.items():
        sandbox.store.set("hubspot", name, value)
    sandbox.store.set("salesforce", "daily_limit", 100_000_000)
    sandbox.store.set("salesforce", "custom_fields", KEYS)
    path = folder / "revops.yaml"
    path.write_text(CONFIG, "utf-8")
    environ = environment(URL) | {"REVOPS_STATE": str(folder / "state"), "REVOPS_CONFIG": str(path)}
    stage = Stage(sandbox, folder / "state", environ)
    names = _filled(stage, many)
    with stage.opened() as session:
        pull_all(session)
    sandbox.store.db.execute("DELETE FROM ledger")
    sandbox.store.db.execute("DELETE FROM call")
    return World(stage, names)


def _filled(stage: Stage, many: int) -> dict[str, Ref]:
    adapter, environ = SandboxAdapter(stage.sandbox), stage.environ
    ours = hubspot.writer(hubspot.Account(environ["HUBSPOT_WRITE_TOKEN"]), adapter)
    theirs = salesforce.writer(
        salesforce.Account(URL, environ["SALESFORCE_WRITE_CLIENT_ID"], environ["SALESFORCE_WRITE_CLIENT_SECRET"]),
        adapter,
    )
    for kind in ("company", "contact"):
        ours.ensure_fields(kind)
    names: dict[str, Ref] = {}
    with stage.opened() as session:
        spaces = {name[0]: name for name in session.readers}
    for crm, writer, extra in (("h", ours, many), ("s", theirs, many // 2)):
        workspace = spaces[crm]
        for kind, count in (("company", COUNT + extra), ("contact", COUNT)):
            names |= _made(writer, workspace, f"{crm}.{kind}", range(count))
        ties = [Connect(names[f"{crm}.contact.{at}"], Link(names[f"{crm}.company.{at}"])) for at in range(4, COUNT)]
        _push(writer, workspace, "contact", ties)
    _push(theirs, spaces["s"], "contact", [Archive(names["s.contact.9"])])
    return names


def _made(writer: Writer, workspace: str, stem: str, places: Sequence[int]) -> dict[str, Ref]:
    kind = stem.partition(".")[2]
    found: dict[str, Ref] = {}
    for start in range(0, len(places), 25):
        part = [f"{stem}.{at}" for at in places[start : start + 25]]
        creates = [Create(workspace, kind, name, frozen(_fields(kind, name)), "revops_key") for name in part]
        found |= dict(zip(part, _push(writer, workspace, kind, creates), strict=True))
    return found


def _fields(kind: str, name: str) -> dict[str, Value]:
    if kind == "company":
        return {"name": f"{CANARY} {name}", "phone": f"+1 202 555 01{ord(name[-1]) % 100:02}"}
    return {"last_name": f"{CANARY} {name}", "first_name": CANARY, "title": f"{CANARY} title"}


READ = datetime(2100, 1, 1, tzinfo=UTC)
"""When the rows were modified last: nobody else is there yet."""


def _push(writer: Writer, workspace: str, kind: str, changes: Sequence[Change]) -> list[Ref]:
    rows = tuple(Row(f"row-{at}", change, READ, READ) for at, change in enumerate(changes))
    outcomes = writer.push(Batch(workspace, kind, verb(changes[0]), rows))
    refs = [outcome.ref for outcome in outcomes if outcome.ref and outcome.status.value == "applied"]
    if len(refs) != len(changes):
        raise ValueError(f"the world cannot be made: {[outcome for outcome in outcomes if not outcome.ref]}")
    return refs

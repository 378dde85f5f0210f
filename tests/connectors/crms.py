"""The CRMs that the conformance tests are put to: one maker each, all in process and in virtual time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Protocol

from connectors import hubspot
from connectors.base import Connector, Writer
from connectors.changes import Batch, Change, Create, Outcome, Row, Status, verb
from connectors.errors import Rejected
from connectors.hubspot.allowed import BUDGETS
from connectors.memory import Memory
from connectors.pace import Pace
from connectors.records import Link, Ref
from sandbox.app import Sandbox
from tests.adapter import SandboxAdapter
from tests.connectors.salesforce_org import READ, halves, organization


class Reader(Connector, Protocol):
    """A connector that also finds what a create left behind, by its key and never by a search index."""

    def find(self, kind: str, key_field: str, keys: Sequence[str]) -> dict[str, Ref]: ...


@dataclass
class Crm:
    """One CRM under test. `lose` makes the next write's answer vanish, `effects` counts what was carried out,
    `wait` lets an index catch up, `absent` is an id that
    nobody bears."""

    reader: Reader
    writer: Writer
    lose: Callable[[], None]
    effects: Callable[[], int]
    wait: Callable[[], None]
    key_field: str = "revops_key"
    absent: str = "99999999999"

    @property
    def workspace(self) -> str:
        return self.reader.identity().workspace

    def push(self, *changes: Change) -> list[Outcome]:
        """As `apply` does: one batch, halved where it is refused whole; the keys are the numbers of the changes."""
        kind = next(iter({change.kind if isinstance(change, Create) else _on(change).kind for change in changes}))
        rows = tuple(Row(f"{verb(change)}-{number}", change, READ, READ) for number, change in enumerate(changes))
        most = self.reader.limits.rows[verb(changes[0])]
        parts = [rows[start : start + most] for start in range(0, len(rows), most)]
        sent = [self._halved(Batch(self.workspace, kind, verb(changes[0]), part)) for part in parts]
        return [outcome for part in sent for outcome in part]

    def _halved(self, batch: Batch) -> list[Outcome]:
        try:
            return list(self.writer.push(batch))
        except Rejected as refusal:
            if len(batch.rows) == 1:
                return [Outcome(batch.rows[0].key, Status.REJECTED, code=refusal.code, message=refusal.message)]
        half = len(batch.rows) // 2
        parts = (replace(batch, rows=batch.rows[:half]), replace(batch, rows=batch.rows[half:]))
        return [outcome for part in parts for outcome in self._halved(part)]

    def make(self, kind: str, *names: str) -> list[Ref]:
        """New records of these names, each keyed by it; empty texts never."""
        field = "name" if kind == "company" else "last_name"
        made = self.push(
            *(Create(self.workspace, kind, f"key-{name}", {field: name}, self.key_field) for name in names)
        )
        assert [outcome.status for outcome in made] == [Status.APPLIED] * len(names)
        return [outcome.ref for outcome in made if outcome.ref]

    def company_link(self, company: Ref) -> Link:
        """The tie from a contact to a company, as this CRM's connector writes it."""
        return Link(company)


def _on(change: Change) -> Ref:
    ref = getattr(change, "ref", None) or getattr(change, "survivor", None)
    assert isinstance(ref, Ref)
    return ref


def memory(renumbers: bool = False) -> Crm:
    lost: list[int] = []
    start = datetime(2026, 11, 22, tzinfo=UTC)
    ticks = count(1)
    crm = Memory(renumbers=renumbers, now=lambda: start + timedelta(milliseconds=next(ticks)))
    writer = crm.writer(loses=lambda _: bool(lost and lost.pop()))
    return Crm(crm, writer, lambda: lost.append(1), lambda: writer.calls, lambda: None)


def hubspot_sandbox(**settings: object) -> Crm:
    sandbox = Sandbox()
    for name, value in settings.items():
        sandbox.store.set("hubspot", name, value)
    adapter = SandboxAdapter(sandbox)
    clock = sandbox.clock

    def pace() -> Pace:
        return Pace(BUDGETS, lambda: clock.now_ms() / 1000, clock.advance)

    reader = hubspot.connect(hubspot.Account("pat-na1-sandbox-reader"), adapter, pace())
    writer = hubspot.writer(hubspot.Account("pat-na1-sandbox-writer"), adapter, pace())
    for kind in ("company", "contact"):
        writer.ensure_fields(kind)
    drop = {"on": {"crm": "hubspot", "method": "POST"}, "do": ["drop_after"]}
    return Crm(
        reader,
        writer,
        lambda: sandbox.faults.add([drop]),
        lambda: len(list(sandbox.store.ledger())),
        lambda: clock.advance(60),
    )


def salesforce_sandbox() -> Crm:
    sandbox = organization()
    reader, writer = halves(sandbox)
    drop = {"on": {"crm": "salesforce", "path": "/composite|/Soap/"}, "do": ["drop_after"]}
    return Crm(
        reader,
        writer,
        lambda: sandbox.faults.add([drop]),
        lambda: len(list(sandbox.store.ledger())),
        lambda: sandbox.clock.advance(60),
    )


MAKERS: dict[str, Callable[[], Crm]] = {
    "memory": memory,
    "memory-renumbers": lambda: memory(renumbers=True),
    "hubspot": hubspot_sandbox,
    "hubspot-keeps-id": lambda: hubspot_sandbox(merge_id="primary"),
    "salesforce": salesforce_sandbox,
    "hubspot-follows": lambda: hubspot_sandbox(batch_read_merged="follow"),
}

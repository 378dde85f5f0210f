"""The sandbox's organization in process: seated, with stages, a user, and the fields that this tool adds."""

from datetime import UTC, date, datetime
from decimal import Decimal

from connectors import salesforce
from connectors.changes import (
    VERBS,
    Batch,
    Change,
    Create,
    Outcome,
    Row,
    Status,
)
from connectors.pace import Pace
from connectors.records import Record, Ref
from connectors.salesforce import Account, Reader, Writer
from sandbox.app import Sandbox
from sandbox.salesforce.ids import make_id
from sandbox.store import Row as Stored
from tests.adapter import SandboxAdapter

READ = datetime(2100, 1, 1, tzinfo=UTC)
"""When the records of a row were modified last, as far as a test that wrote nothing in between cares."""
URL = "http://127.0.0.1:8765"
READER = Account(URL, "sandbox-reader", "sandbox-reader-secret")
WRITER = Account(URL, "sandbox-writer", "sandbox-writer-secret")
ORG = "00DSB0000000001EAA"
WORKSPACE = f"salesforce:{ORG}"
OWNER = "005SB0000000001YAA"
STAGES = (("Prospecting", 10, False, False), ("Proposal", 75, False, False), ("Closed Won", 100, True, True))
KEY = "Revops_Key__c string:64 ncuxl Revops Key"


def organization() -> Sandbox:
    """An org with three stages and one user, and the key field on the kinds that are created."""
    sandbox = Sandbox()
    now = sandbox.clock.now_ms()

    def put(kind: str, id_: str, seq: int, fields: dict[str, object]) -> None:
        sandbox.store.put(Stored("salesforce", kind, id_, seq, now, now, now, False, None, fields))

    put("organization", ORG, 1, {"Name": "Example", "OrganizationType": "Enterprise Edition", "IsSandbox": True})
    put("user", OWNER, 1, {"Username": "ops@example.com", "LastName": "Ops", "IsActive": True})
    for number, (name, share, closed, won) in enumerate(STAGES, 1):
        facts = {"MasterLabel": name, "ApiName": name, "IsActive": True, "SortOrder": number}
        put(
            "stage",
            make_id("01J", number),
            number,
            {**facts, "DefaultProbability": share, "IsClosed": closed, "IsWon": won},
        )
    sandbox.store.set(
        "salesforce", "custom_fields", {name: [KEY] for name in ("Account", "Contact", "Opportunity", "Task")}
    )
    return sandbox


def halves(sandbox: Sandbox) -> tuple[Reader, Writer]:
    """Reader and writer on this org, in its own time."""
    adapter, clock = SandboxAdapter(sandbox), sandbox.clock

    def pace() -> Pace:
        return Pace(salesforce.BUDGETS, lambda: clock.now_ms() / 1000, clock.advance)

    return salesforce.connect(READER, adapter, pace()), salesforce.writer(WRITER, adapter, pace())


class Org:
    """An org with both halves of its connector."""

    def __init__(self) -> None:
        self.sandbox: Sandbox = organization()
        self.reader, self.writer = halves(self.sandbox)

    def push(self, *changes: Change, kind: str = "company") -> tuple[Outcome, ...]:
        rows = tuple(Row(f"row {number}", change, READ, READ) for number, change in enumerate(changes))
        return self.writer.push(Batch(WORKSPACE, kind, VERBS[type(changes[0])], rows))

    def make(self, kind: str, **fields: object) -> Ref:
        key = f"key {self.sandbox.store.next_seq('salesforce', kind)}"
        (outcome,) = self.push(Create(WORKSPACE, kind, key, fields, "revops_key"), kind=kind)  # type: ignore[arg-type]
        assert outcome.status is Status.APPLIED and outcome.ref is not None, outcome
        return outcome.ref

    def companies(self, count: int) -> list[Ref]:
        return [self.make("company", name=f"Company {number}") for number in range(count)]

    def deal(self, **fields: object) -> Ref:
        facts = {"name": "Deal", "stage": "Prospecting", "close_date": date(2026, 3, 1), "amount": Decimal("10.5")}
        return self.make("deal", **{**facts, **fields})

    def one(self, ref: Ref, *fields: str, links: tuple[str, ...] = ()) -> Record:
        reading = self.reader.read([ref], fields, links)[ref]
        assert isinstance(reading, Record)
        return reading

    def fault(self, do: object, **on: object) -> None:
        self.sandbox.faults.add([{"on": {"crm": "salesforce", **on}, "do": [do]}])

    def done(self) -> int:
        """How many changes the org carried out."""
        return len(list(self.sandbox.store.ledger()))

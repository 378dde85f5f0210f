"""Both halves of one connector over real HTTP, in virtual time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from requests.adapters import HTTPAdapter

from connectors import hubspot, salesforce
from connectors.changes import Batch, Change, Create, Outcome, Row, verb
from connectors.errors import RemoteError, UsageError
from connectors.hubspot.allowed import BUDGETS
from connectors.pace import Pace
from connectors.records import Ref
from sandbox.app import Sandbox
from sync.cli.sandbox import environment
from tests.tape import HOSTS

READ = datetime(2100, 1, 1, tzinfo=UTC)
"""When the records of a row were modified last, as far as a test that wrote nothing in between cares."""
DESCRIBED = ("company", "contact", "deal")
NOWHERE = environment("http://127.0.0.1") | {
    "HUBSPOT_BASE_URL": HOSTS["hubspot"],
    "SALESFORCE_INSTANCE_URL": HOSTS["salesforce"],
}
"""The settings of a replay: canonical hosts, and credentials that open nothing."""


@dataclass
class Time:
    """Virtual seconds: a wait moves them at once, is kept in `waits` and told to `passes`."""

    passes: Callable[[float], object] = lambda seconds: None
    now: float = 0.0
    waits: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.waits.append(seconds)
        self.passes(seconds)


@dataclass
class Edge:
    """Both halves of one connector. `stamp` makes the keys of what a scene creates its own, `written` is every
    record that it wrote to; `sandbox` stands behind the wire where there is one."""

    crm: str
    reader: hubspot.Reader | salesforce.Reader
    writer: hubspot.Writer | salesforce.Writer
    time: Time
    writes: bool = True
    stamp: str = "cassette"
    sandbox: Sandbox | None = None
    written: set[Ref] = field(default_factory=set)

    @property
    def workspace(self) -> str:
        return self.reader.identity().workspace

    def sign_in(self) -> None:
        """Learn which account both halves open, so that a scene holds its verb alone."""
        self.reader.identity()
        if isinstance(self.writer, hubspot.Writer):
            self.writer.identity()
        else:
            self.writer.token.organization(self.writer.transport)

    def describe(self) -> None:
        """Learn the fields of every kind that scenes touch."""
        for kind in DESCRIBED:
            self.reader.describe(kind)
            if isinstance(self.writer, salesforce.Writer):
                self.writer.schema.of(kind)

    def reconnect(self) -> None:
        """Let go of open connections: they belong to the cassette under which they were opened."""
        for half in (self.reader, self.writer):
            transport = half.portal.transport if isinstance(half, hubspot.Reader | hubspot.Writer) else half.transport
            transport.use(HTTPAdapter(max_retries=0))

    def push(self, kind: str, *changes: Change) -> Sequence[Outcome]:
        rows = tuple(Row(f"row-{number}", change, READ, READ) for number, change in enumerate(changes, 1))
        outcomes = self.writer.push(Batch(self.workspace, kind, verb(changes[0]), rows))
        self.written |= {outcome.ref for outcome in outcomes if outcome.ref}
        return outcomes

    def create(self, kind: str, count: int, first: int = 1) -> list[Ref]:
        """So many new records of the scene's own."""
        field_ = "name" if kind == "company" else "last_name"
        keys = [f"{self.stamp}-{kind}-{number}" for number in range(first, first + count)]
        made = self.push(kind, *(Create(self.workspace, kind, key, {field_: key}, "revops_key") for key in keys))
        if refused := [f"{outcome.code} {outcome.message}" for outcome in made if not outcome.ref]:
            raise UsageError(f"{self.crm} makes no {kind}: {refused[0]}", "Its field for keys may be missing")
        return [outcome.ref for outcome in made if outcome.ref]

    def prepare_fields(self) -> None:
        """Make the properties that creates are keyed by, where the connector can: HubSpot's only."""
        if isinstance(self.writer, hubspot.Writer):
            for kind in ("company", "contact"):
                self.writer.ensure_fields(kind)


def edge(crm: str, environ: Mapping[str, str], time: Time, **more: Any) -> Edge:
    """The connector of these settings; nothing is sent yet."""
    if crm == "hubspot":
        reader, writer = (
            hubspot.Account(environ[f"HUBSPOT_{name}_TOKEN"], environ["HUBSPOT_BASE_URL"])
            for name in ("ACCESS", "WRITE")
        )
        paces = [Pace(BUDGETS, time.clock, time.sleep) for _ in range(2)]
        return Edge(crm, hubspot.connect(reader, pace=paces[0]), hubspot.writer(writer, pace=paces[1]), time, **more)
    url = environ["SALESFORCE_INSTANCE_URL"]
    accounts = [
        salesforce.Account(url, environ[f"SALESFORCE{name}_CLIENT_ID"], environ[f"SALESFORCE{name}_CLIENT_SECRET"])
        for name in ("", "_WRITE")
    ]
    paces = [Pace(salesforce.BUDGETS, time.clock, time.sleep) for _ in range(2)]
    return Edge(
        crm, salesforce.connect(accounts[0], pace=paces[0]), salesforce.writer(accounts[1], pace=paces[1]), time, **more
    )


def plain(value: Any) -> Any:
    """A result as JSON would hold it; an error by its class and the CRM's words for it."""
    match value:
        case Ref() | date() | Decimal():
            return str(value)
        case RemoteError():
            return {"error": type(value).__name__, "status": value.status, "code": value.code}
        case Enum():
            return value.value
        case Mapping():
            return {str(plain(key)): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
    if is_dataclass(value):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    return value

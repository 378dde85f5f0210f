"""A sales floor: reps who move deals in either CRM, the news of it, the gate's worker and the one writer."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors import hubspot
from connectors.records import Ref
from sandbox.edits import edit
from sync.apply.guard import Bounds
from sync.jobs.pull import pull_all
from sync.jobs.queue import Drained, drain
from sync.ledger.inbox import Inbox, Told
from sync.ledger.verdicts import Queued, Ruling, Verdicts
from sync.web.live import Live, Moved
from sync.web.worker import Word, Worker
from tests.adapter import SandboxAdapter
from tests.sync.stage import Stage

STAGE = {"hubspot": "dealstage", "salesforce": "StageName"}
AMOUNT = {"hubspot": "amount", "salesforce": "Amount"}
FORWARD = {"hubspot": "contractsent", "salesforce": "Closed Won"}
FURTHER = {"hubspot": "closedwon", "salesforce": "Closed Lost"}
READER = {"REVOPS_READ_ONLY": "1"}


def strict(policy: str = "revert") -> Any:
    """Rules that let no deal through and ask for one thing."""

    def judge(view: Live, moved: Moved) -> Word:
        return Word(False, policy, "amount is missing", ("required_field",), {"missing": ["amount"]})

    return judge


def lenient(view: Live, moved: Moved) -> Word:
    """Rules that let every deal through."""
    return Word(True, "", "", (), {})


@dataclass
class Floor:
    """A stage with one open deal in each CRM, and a count of what was told."""

    stage: Stage
    deals: dict[str, Ref]
    stood: dict[str, str]
    told: int = 0

    def move(self, crm: str, to: str = "", **fields: Any) -> None:
        """A rep moves the deal."""
        cells = {STAGE[crm]: to or FORWARD[crm], **fields}
        now = self.stage.sandbox.clock.now_ms()
        order = {"crm": crm, "kind": "deal", "id": self.deals[crm].id, "fields": cells}
        edit(self.stage.sandbox.store, now, order)
        self.stage.sandbox.clock.advance(2)

    def tell(self, crm: str, *refs: Ref, what: str = "propertyChange", field: str = "stage") -> None:
        """News of the deal, or of others, as an event that was never told before."""
        with self.stage.opened(**READER) as session:
            for ref in refs or (self.deals[crm],):
                self.told += 1
                Inbox(session.ledger_store, session.now).put([Told(ref, what, field, self.told, "")])

    def work(self, judge: Any = None) -> dict[str, int]:
        """One step of the worker; what came of all events so far."""
        with self.stage.opened(**READER) as session:
            worker = Worker(session, judge or strict())
            worker.step()
            return worker.inbox.outcomes()

    def drain(self) -> list[Drained]:
        with self.stage.opened() as session:
            return list(drain(session, Bounds()))

    def rulings(self, crm: str) -> list[Ruling]:
        with self.stage.opened(**READER) as session:
            return Verdicts(session.ledger_store, session.now).of(self.deals[crm])

    def queue(self, waiting: bool = True) -> list[Queued]:
        with self.stage.opened(**READER) as session:
            return Verdicts(session.ledger_store, session.now).queue(waiting)

    def stands(self, crm: str) -> str:
        """Where the deal is now."""
        return self.value(crm, STAGE[crm])

    def value(self, crm: str, name: str) -> str:
        """What the CRM has in a field of the deal, by its own name."""
        return str(self._row(crm).fields[name])

    def notes(self, crm: str) -> Sequence[str]:
        """What tasks of the gate tied to the deal say."""
        with self.stage.opened(**READER) as session:
            ref = self.deals[crm]
            reader = session.readers[ref.workspace]
            seen = reader.read([ref], ["stage"], ["task"])[ref]
            tasks = [link.to for link in getattr(seen, "links", ()) if link.to.kind == "task"]
            read = reader.read(tasks, ["subject"]).values()
        return [text for item in read if (text := str(getattr(item, "fields", {}).get("subject"))).startswith("revops")]

    def _row(self, crm: str) -> Any:
        (row,) = self.stage.sandbox.store.rows("crm = ? AND kind = 'deal' AND id = ?", (crm, self.deals[crm].id))
        return row


def prepared(stage: Stage) -> Stage:
    """The stage once `doctor --add-fields` ran and a pull saw what it added."""
    account = hubspot.Account(stage.environ["HUBSPOT_WRITE_TOKEN"])
    hubspot.writer(account, SandboxAdapter(stage.sandbox)).ensure_fields("task")
    with stage.opened() as session:
        pull_all(session)
    stage.sandbox.store.db.execute("DELETE FROM ledger")
    return stage


def floor_of(stage: Stage) -> Floor:
    """A floor on a copy of a prepared stage."""
    with stage.opened(**READER) as session:
        mirror = session.mirror()
        open_ = [record for record in mirror.records("deal") if record.get("closed") is not True]
        found = {record.ref.crm: record for record in reversed(open_)}
    return Floor(
        stage, {crm: item.ref for crm, item in found.items()}, {crm: item.text("stage") for crm, item in found.items()}
    )


def copy(stage: Stage, folder: Path) -> Floor:
    """A floor of its own for one test."""
    return floor_of(stage.copy(folder / "floor"))

"""Bulk API 2.0 ingest: field updates of one kind as a job, whose id is the handle that a crash leaves behind."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.changes import Outcome, Status
from connectors.errors import Ambiguous, Garbled, NotProcessed, Rejected, RemoteError
from connectors.records import Ref
from connectors.salesforce import body, convert
from connectors.salesforce.answers import Fault, clean
from connectors.salesforce.convert import Wire
from connectors.salesforce.fields import object_of
from connectors.salesforce.ids import is_id
from connectors.salesforce.match import Sent, full
from connectors.salesforce.paths import INGEST
from connectors.transport import Answer, Call, Transport

MAX = 10_000
"""Rows of one job: what Salesforce makes one batch of, and what the results of fit well into one answer."""

CALLS = 5
"""Create, upload, close, look once, fetch what succeeded."""

NULL = "#N/A"
"""A cell that clears its field; an empty one leaves the field alone (Bulk API 2.0 guide, "Prepare CSV Files")."""

DONE = frozenset({"JobComplete", "Failed", "Aborted"})
PATIENCE, FIRST_WAIT, LONGEST_WAIT = 3600.0, 1.0, 30.0
"""Seconds that a job is waited for in all, before it is looked at first, and between two looks at most."""

UNMARKED = Fault("TEXT_CLEARS", f"the text {NULL} would clear the field in a bulk load")
CSV_HEADERS = (("Content-Type", "text/csv"),)
FORMAT = {"contentType": "CSV", "lineEnding": "LF", "columnDelimiter": "COMMA"}
CLOSES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """The fields to write to one record, by API name."""

    key: str
    ref: Ref
    fields: Mapping[str, Wire] = field(repr=False)

    @property
    def fault(self) -> Fault | None:
        """Why the row cannot stand in a CSV file."""
        return UNMARKED if NULL in self.fields.values() else None


def table(lines: Sequence[Line]) -> bytes:
    """The CSV of the rows: a column for each field that any of them writes, UTF-8 without a byte order mark."""
    names = sorted({name for line in lines for name in line.fields})
    text = io.StringIO(newline="")
    text.write(",".join(["Id", *names]) + "\n")
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for line in lines:
        writer.writerow([line.ref.id, *(_cell(line.fields, name) for name in names)])
    return text.getvalue().encode("utf-8", "replace")


def _cell(fields: Mapping[str, Wire], name: str) -> str:
    if name not in fields:
        return ""
    value = fields[name]
    return NULL if value is None else convert.text(value)


class Jobs:
    """`send` sends a write once; reads are sent again where that may help."""

    def __init__(self, transport: Transport, send: Callable[[Call], Answer]) -> None:
        self.transport = transport
        self.send = send

    def open(self, kind: str) -> str:
        """A new job that updates records of a kind. One whose answer is lost holds nothing and never begins:
        Salesforce aborts it after a day."""
        order = {"object": object_of(kind), "operation": "update", **FORMAT}
        try:
            made = self.send(Call("POST", INGEST, data=body.encode(order), headers=body.JSON_HEADERS)).json()
        except (Ambiguous, Garbled) as error:
            raise NotProcessed(error.message, status=error.status, code=error.code) from None
        job = made.get("id") if isinstance(made, Mapping) else None
        if not isinstance(job, str) or not is_id(job):
            raise NotProcessed("the answer names no job")
        return job

    def load(self, job: str, lines: Sequence[Line]) -> tuple[Outcome, ...]:
        """Hand the rows over, wait for the job and read what became of each. Without the order to begin, which is
        given once the rows are there, nothing is done with any."""
        try:
            self.send(Call("PUT", f"{INGEST}/{job}/batches", data=table(lines), headers=CSV_HEADERS))
        except (Ambiguous, Garbled, Rejected) as error:
            self._abort(job)
            return _all(lines, Status.NOT_SENT, Fault(error.code, error.message))
        try:
            self._close(job)
            facts = self.wait(job)
            results = tuple(self._results(job, facts, len(lines))) if facts else ()
        except RemoteError as error:  # the rows are with Salesforce: nothing proves any more that none was processed
            return _all(lines, Status.UNKNOWN, Fault(error.code, error.message))
        return outcomes(lines, results)

    def through(self, job: str) -> bool:
        """Whether Salesforce will do nothing more for a job; one that was never begun is stopped."""
        facts = self.look(job)
        if facts.get("state") == "Open":
            self._abort(job)
            facts = self.look(job)
        return facts.get("state") in DONE or self.wait(job) is not None

    def look(self, job: str) -> Mapping[str, Any]:
        """What Salesforce says of a job; finished ones are forgotten after a week, and then count as done."""
        try:
            said = self.transport.read(Call("GET", f"{INGEST}/{job}")).json()
        except Rejected as refusal:
            if refusal.status != 404:
                raise
            return {"state": "Aborted"}
        return said if isinstance(said, Mapping) else {}

    def wait(self, job: str) -> Mapping[str, Any] | None:
        """What is said of the job when it is done; None where that takes longer than anybody waits."""
        waited, pause = 0.0, FIRST_WAIT
        while waited < PATIENCE:
            self.transport.pace.sleep(pause)
            waited, pause = waited + pause, min(pause * 2, LONGEST_WAIT)
            try:
                facts = self.look(job)
            except (Ambiguous, Garbled, NotProcessed):
                continue
            if facts.get("state") in DONE:
                return facts
        return None

    def _close(self, job: str) -> None:
        """Begin the job. To ask twice does no harm, since a job is carried out once: what counts is its state."""
        for _ in range(CLOSES):
            try:
                self._state(job, "UploadComplete")
            except (Ambiguous, Garbled, Rejected, NotProcessed):
                if self.look(job).get("state") == "Open":
                    continue
            return
        raise Ambiguous("it is not known whether the job was begun")

    def _abort(self, job: str) -> None:
        try:
            self._state(job, "Aborted")
        except (Ambiguous, Garbled, Rejected):
            return

    def _state(self, job: str, state: str) -> None:
        data = body.encode({"state": state})
        self.send(Call("PATCH", f"{INGEST}/{job}", data=data, headers=body.JSON_HEADERS))

    def _results(self, job: str, facts: Mapping[str, Any], rows: int) -> Iterator[tuple[str, Status, Fault]]:
        """Each row that some result names: its id and what became of it. Results that hold nothing are not fetched."""
        whole = facts.get("state") == "JobComplete" and facts.get("numberRecordsProcessed") == rows
        parts = ["successfulResults"]
        if facts.get("numberRecordsFailed") != 0:
            parts.append("failedResults")
        if not whole:
            parts.append("unprocessedrecords")
        for part in parts:
            answer = self.transport.read(Call("GET", f"{INGEST}/{job}/{part}", form=""))
            for row in csv.DictReader(io.StringIO(answer.body.decode("utf-8", "replace"), newline="")):
                yield _result(part, row)


def _result(part: str, row: Mapping[str, str | None]) -> tuple[str, Status, Fault]:
    id_ = full(row.get("Id")) or full(row.get("sf__Id"))
    match part:
        case "successfulResults":
            return id_, Status.APPLIED, Fault()
        case "failedResults":
            code, _, message = (row.get("sf__Error") or "").partition(":")
            return id_, Status.REJECTED, Fault(clean(code), message[:300])
    return id_, Status.NOT_SENT, Fault("NOT_PROCESSED", "the job ended before this row")


def outcomes(lines: Sequence[Line], results: Sequence[tuple[str, Status, Fault]]) -> tuple[Outcome, ...]:
    """An outcome for each row by the id it was sent with: results come in any order. Named twice is UNKNOWN."""
    found: dict[str, list[tuple[Status, Fault]]] = {}
    for id_, status, fault in results:
        found.setdefault(id_, []).append((status, fault))
    made = []
    for line in lines:
        said = found.get(line.ref.id, [])
        made.append(Sent(line.key, line.ref).outcome(*(said[0] if len(said) == 1 else (Status.UNKNOWN,))))
    return tuple(made)


def _all(lines: Sequence[Line], status: Status, fault: Fault) -> tuple[Outcome, ...]:
    return tuple(Sent(line.key, line.ref).outcome(status, fault) for line in lines)

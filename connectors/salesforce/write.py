"""The writing half of Salesforce: each batch is one call, sent once; built with the writer's credential alone."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from connectors.changes import (
    Batch,
    Merge,
    Outcome,
    Row,
    Status,
    Way,
    parties,
)
from connectors.errors import Ambiguous, Expired, Garbled, NotProcessed, RefusedError, UsageError
from connectors.guard import admit
from connectors.records import Ref
from connectors.salesforce import body, bulk, convert, create, guarded, match, paths, soap
from connectors.salesforce.answers import Fault, request_id
from connectors.salesforce.auth import Token
from connectors.salesforce.fields import native, object_of
from connectors.salesforce.ids import id18, is_id
from connectors.salesforce.match import Sent
from connectors.salesforce.patch import NO_LOOKUP, Patch, patch_of, ref_of
from connectors.salesforce.read import Reader
from connectors.salesforce.schema import Schema
from connectors.transport import Answer, Call, Transport

SIDE_EFFECTS = {"Sforce-Auto-Assign": "FALSE", "Sforce-Call-Options": "client=revops-sync"}
"""Assignment rules run by default on writes through REST; a change of ours must not hand a lead to somebody else."""

JSON_HEADERS = (*body.JSON_HEADERS, *SIDE_EFFECTS.items())
LOCKED = frozenset({"UNABLE_TO_LOCK_ROW"})
"""Each row is saved, or rolled back, for itself: one that could not be locked may be sent again."""

UNWRITABLE = Fault("UNWRITABLE_TEXT", "a value holds a control character, which merge() cannot carry")
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
MALFORMED = Fault("MALFORMED_ID", "not a Salesforce record id")


class Writer:
    """Writes to one org. A row without a sure answer is UNKNOWN; nothing is ever sent twice.

    The one exception sent again is an expired token, since Salesforce turns such a call away before it does anything.
    """

    limits = Reader.limits

    def __init__(self, transport: Transport, token: Token) -> None:
        self.transport = transport
        self.token = token
        self.schema = Schema(transport)
        self._jobs = bulk.Jobs(transport, lambda call: self._fresh(lambda: call))
        self._ways = {Way.GUARDED: self._guarded, Way.JOB: self._job}

    @property
    def calls(self) -> int:
        """The API calls sent so far."""
        return self.transport.calls

    def ensure_fields(self, kind: str) -> bool:
        """Custom fields are an administrator's to add: the REST API for records cannot."""
        return False

    def fence(self, check: Callable[[], None]) -> None:
        """Ask `check` right before each write."""
        self.transport.fence = check

    def push(self, batch: Batch) -> tuple[Outcome, ...]:
        """Send the batch in one call and say what became of each row."""
        admit(batch, f"salesforce:{self.token.organization(self.transport)}", self.limits)
        send = {
            "create": self._create,
            "archive": self._archive,
            "merge": self._merge,
            "restore": self._restore,
            "link": self._tie,
            "unlink": self._tie,
        }.get(batch.verb, self._ways.get(batch.way, self._patch))
        faults = {row.key: fault for row in batch.rows if (fault := _fault(row)) is not None}
        sound = tuple(row for row in batch.rows if row.key not in faults)
        found = {outcome.key: outcome for outcome in (send(replace(batch, rows=sound)) if sound else ())}
        return tuple(_unlocked(found.get(row.key)) or _refused(row, faults[row.key]) for row in batch.rows)

    def open(self, batch: Batch) -> str:
        """A job of Bulk API 2.0 that holds no row yet."""
        admit(batch, f"salesforce:{self.token.organization(self.transport)}", self.limits)
        return self._jobs.open(batch.kind)

    def through(self, workspace: str, job: str) -> bool:
        """Whether Salesforce will do nothing more for a job; `RefusedError` for one of another org."""
        own = f"salesforce:{self.token.organization(self.transport)}"
        if workspace != own:
            raise RefusedError(f"the job is of {workspace}, the token for {own}")
        return self._jobs.through(job)

    def _guarded(self, batch: Batch) -> tuple[Outcome, ...]:
        """PATCH up to 25 records, each refused where it was modified after it was read."""
        return self._unmodified(
            [guarded.Guarded(row.key, patch.ref, patch.fields, row.seen) for row, patch in _patches(batch)]
        )

    def _unmodified(self, rows: Sequence[guarded.Guarded]) -> tuple[Outcome, ...]:
        if not rows:
            return ()
        data = body.encode(guarded.composite(rows, SIDE_EFFECTS))
        answer = self._send(lambda: Call("POST", paths.COMPOSITE, data=data, headers=JSON_HEADERS))
        if not isinstance(answer, Answer):
            return _unknown([Sent(row.key, row.ref) for row in rows], answer)
        return guarded.outcomes(rows, _json(answer), request_id(answer))

    def _job(self, batch: Batch) -> tuple[Outcome, ...]:
        """Load up to 10,000 records under a job that was opened before; a row that no CSV can hold is refused."""
        if not batch.job:
            raise UsageError("the rows of a job were sent without one")
        lines = [bulk.Line(row.key, patch.ref, patch.fields) for row, patch in _patches(batch)]
        bad = tuple(Sent(line.key, line.ref).outcome(Status.REJECTED, line.fault) for line in lines if line.fault)
        good = [line for line in lines if line.fault is None]
        return (*bad, *(self._jobs.load(batch.job, good) if good else ()))

    def _tie(self, batch: Batch) -> tuple[Outcome, ...]:
        """Lookups of up to 25 records, each refused where it was modified after it was read."""
        held = {patch.ref: row.seen if patch.ref.id == id18(ref_of(row.change).id) else row.far
                for row, patch in _patches(batch)}  # fmt: skip

        def send(patches: Sequence[Patch]) -> tuple[Outcome, ...]:
            return self._unmodified([guarded.Guarded(item.ref.id, item.ref, item.fields, held[item.ref])
                                     for item in patches])  # fmt: skip

        return self._as_one(batch, send)

    def _patch(self, batch: Batch) -> tuple[Outcome, ...]:
        """Fields of up to 200 records, whatever became of them since they were read."""
        return self._as_one(batch, self._patched)

    def _as_one(self, batch: Batch, send: Callable[[Sequence[Patch]], tuple[Outcome, ...]]) -> tuple[Outcome, ...]:
        """Rows that write to one record, two ties of a task for instance, travel as one; its result is theirs."""
        patches: dict[Ref, Patch] = {}
        done: dict[str, Outcome] = {}
        holders: dict[str, Ref] = {}
        for row in batch.rows:
            patch = patch_of(row)
            fault = NO_LOOKUP if patch is None else patches.setdefault(patch.ref, Patch(patch.ref)).add(patch)
            if patch is None or fault is not None:
                done[row.key] = _refused(row, fault or NO_LOOKUP)
            else:
                holders[row.key] = patch.ref
        found = {outcome.ref: outcome for outcome in send(sorted(patches.values(), key=lambda patch: patch.ref.kind))}
        done |= {
            row.key: replace(found[holders[row.key]], key=row.key, ref=ref_of(row.change))
            for row in batch.rows
            if row.key in holders
        }
        return tuple(done[row.key] for row in batch.rows)

    def _patched(self, patches: Sequence[Patch]) -> tuple[Outcome, ...]:
        """PATCH up to 200 records, those of a kind together; each is saved or refused on its own."""
        if not patches:
            return ()
        sent = [Sent(patch.ref.id, patch.ref) for patch in patches]
        records = [
            {"attributes": {"type": object_of(patch.ref.kind)}, "Id": patch.ref.id, **patch.fields} for patch in patches
        ]
        data = body.encode({"allOrNone": False, "records": records})
        return self._joined(sent, lambda: Call("PATCH", paths.COLLECTIONS, data=data, headers=JSON_HEADERS))

    def _archive(self, batch: Batch) -> tuple[Outcome, ...]:
        """DELETE up to 200 records: they go to the recycle bin for 15 days."""
        sent = _sent(batch)
        params = (("ids", ",".join(id18(item.ref.id) for item in sent)), ("allOrNone", "false"))
        headers = tuple(SIDE_EFFECTS.items())
        return self._joined(sent, lambda: Call("DELETE", paths.COLLECTIONS, params, headers=headers))

    def _create(self, batch: Batch) -> tuple[Outcome, ...]:
        """Up to 25 new records; where the key is an external id, one that stands already is found, not made again."""
        keys = self._keys(batch.kind)
        data = body.encode(create.composite(batch.kind, batch.rows, keys, SIDE_EFFECTS))
        call = Call("POST", paths.COMPOSITE, data=data, headers=JSON_HEADERS)
        answer = self._send(lambda: call)
        if not isinstance(answer, Answer):
            return tuple(
                Outcome(row.key, Status.UNKNOWN, code=answer.code, message=answer.message) for row in batch.rows
            )
        return create.outcomes(batch.workspace, batch.kind, batch.rows, _json(answer), request_id(answer))

    def _keys(self, kind: str) -> frozenset[str]:
        """The external ids of a kind; where they cannot be learned, nothing is sent."""
        try:
            return self.schema.of(kind).keys
        except (Ambiguous, Garbled) as error:
            raise NotProcessed(error.message, status=error.status, code=error.code) from None

    def _merge(self, batch: Batch) -> tuple[Outcome, ...]:
        """merge() for up to 10 groups, each a transaction; a success must name every record that it folded in."""
        sent = _sent(batch)
        requests = [_request(row.change) for row in batch.rows if isinstance(row.change, Merge)]
        answer = self._send(lambda: self._soap(soap.merge(self.token.value(self.transport), requests)))
        if not isinstance(answer, Answer):
            return _unknown(sent, answer)
        wanted = {request.master: set(request.merged) for request in requests}
        found = [
            result
            for result in soap.results(answer.body)
            if not result.success or set(result.merged) == wanted.get(result.id)
        ]
        return match.outcomes(sent, found, request_id(answer))

    def _restore(self, batch: Batch) -> tuple[Outcome, ...]:
        """undelete() for up to 200 records; what a merge moved away does not come back by itself."""
        sent = _sent(batch)
        ids = [id18(item.ref.id) for item in sent]
        answer = self._send(lambda: self._soap(soap.undelete(self.token.value(self.transport), ids)))
        if not isinstance(answer, Answer):
            return _unknown(sent, answer)
        return match.outcomes(sent, soap.results(answer.body), request_id(answer))

    def _joined(self, sent: Sequence[Sent], make: Callable[[], Call]) -> tuple[Outcome, ...]:
        answer = self._send(make)
        if not isinstance(answer, Answer):
            return _unknown(sent, answer)
        return match.outcomes(sent, match.results(_json(answer)), request_id(answer))

    def _soap(self, envelope: bytes) -> Call:
        return Call("POST", paths.SOAP, data=envelope, headers=soap.HEADERS, form="")

    def _send(self, make: Callable[[], Call]) -> Answer | Fault:
        """The answer, or why there is none that can be used; what proves that nothing was done is raised."""
        try:
            return self._fresh(make)
        except (Ambiguous, Garbled) as error:
            return Fault(error.code, error.message)

    def _fresh(self, make: Callable[[], Call]) -> Answer:
        try:
            return self.transport.write(make())
        except Expired:
            if not self.token.renew():
                raise
        return self.transport.write(make())


def _json(answer: Answer) -> Any:
    """The body, None where it is not JSON: after a write that says nothing about what was done."""
    try:
        return answer.json()
    except Garbled:
        return None


def _unknown(sent: Sequence[Sent], fault: Fault) -> tuple[Outcome, ...]:
    return tuple(item.outcome(Status.UNKNOWN, fault) for item in sent)


def _fault(row: Row) -> Fault | None:
    """Why a row cannot be sent: one such row would spoil the whole call for the others."""
    if not all(is_id(ref.id) for ref in parties(row.change)):
        return MALFORMED
    texts = row.change.carry.values() if isinstance(row.change, Merge) else ()
    return UNWRITABLE if any(isinstance(text, str) and NOT_XML.search(text) for text in texts) else None


def _refused(row: Row, fault: Fault) -> Outcome:
    """A row that was not sent, and why."""
    return Sent(row.key, ref_of(row.change)).outcome(Status.REJECTED, fault)


def _patches(batch: Batch) -> Iterator[tuple[Row, Patch]]:
    """The rows that write fields, with what they write."""
    return ((row, patch) for row in batch.rows if (patch := patch_of(row)) is not None)


def _unlocked(outcome: Outcome | None) -> Outcome | None:
    """A row that somebody else held locked was turned away before anything was done with it."""
    if outcome is not None and outcome.status is Status.REJECTED and outcome.code in LOCKED:
        return replace(outcome, status=Status.NOT_SENT)
    return outcome


def _sent(batch: Batch) -> list[Sent]:
    return [Sent(row.key, ref_of(row.change)) for row in batch.rows]


def _request(change: Merge) -> soap.Request:
    """One master and one or two others of its kind, as merge() takes them."""
    master = ref_of(change)
    if not 1 <= len(change.merged) <= 2 or any(ref.kind != master.kind for ref in change.merged):
        raise UsageError("Salesforce merges two or three records of one kind")
    fields = {native(master.kind, name): convert.write(name, value) for name, value in change.carry.items()}
    texts = {name: None if value is None else convert.text(value) for name, value in fields.items()}
    return soap.Request(object_of(master.kind), id18(master.id), tuple(id18(ref.id) for ref in change.merged), texts)

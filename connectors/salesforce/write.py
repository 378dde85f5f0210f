"""The writing half of Salesforce: each batch is one call, sent once; built with the writer's credential alone."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from connectors.changes import (
    Batch,
    Change,
    Connect,
    Merge,
    Outcome,
    Row,
    Set,
    Settle,
    Status,
    Unlink,
    parties,
    target,
)
from connectors.errors import Ambiguous, Expired, Garbled, NotProcessed, UsageError
from connectors.guard import admit
from connectors.records import Link, Ref
from connectors.salesforce import body, convert, create, match, paths, soap
from connectors.salesforce.answers import Fault, request_id
from connectors.salesforce.auth import Token
from connectors.salesforce.fields import HOLDS, native, object_of
from connectors.salesforce.ids import id18, is_id
from connectors.salesforce.match import Sent
from connectors.salesforce.read import Reader
from connectors.salesforce.schema import Schema
from connectors.transport import Answer, Call, Transport

SIDE_EFFECTS = {"Sforce-Auto-Assign": "FALSE", "Sforce-Call-Options": "client=revops-sync"}
"""Assignment rules run by default on writes through REST; a change of ours must not hand a lead to somebody else."""

JSON_HEADERS = (*body.JSON_HEADERS, *SIDE_EFFECTS.items())
NO_LOOKUP = Fault("NO_LOOKUP", "no lookup of either record holds this tie")
TAKEN = Fault("LOOKUP_TAKEN", "another row of the batch points the same lookup elsewhere")
UNWRITABLE = Fault("UNWRITABLE_TEXT", "a value holds a control character, which merge() cannot carry")
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
MALFORMED = Fault("MALFORMED_ID", "not a Salesforce record id")


@dataclass(slots=True)
class Patch:
    """Fields to write to one record, by API name; `ref` is the record written, not always the row's own."""

    ref: Ref
    fields: dict[str, convert.Wire] = field(default_factory=dict, repr=False)

    def add(self, other: "Patch") -> Fault | None:
        """Take the other's fields too; the reason where one of them is written already, to something else."""
        if any(self.fields.get(name, value) != value for name, value in other.fields.items()):
            return TAKEN
        self.fields |= other.fields
        return None


class Writer:
    """Writes to one org. A row without a sure answer is UNKNOWN; nothing is ever sent twice.

    The one exception sent again is an expired token, since Salesforce turns such a call away before it does anything.
    """

    limits = Reader.limits

    def __init__(self, transport: Transport, token: Token) -> None:
        self.transport = transport
        self.token = token
        self.schema = Schema(transport)

    @property
    def calls(self) -> int:
        """The API calls sent so far."""
        return self.transport.calls

    def ensure_fields(self, kind: str) -> bool:
        """Custom fields are an administrator's to add: the REST API for records cannot."""
        return False

    def push(self, batch: Batch) -> tuple[Outcome, ...]:
        """Send the batch in one call and say what became of each row."""
        admit(batch, f"salesforce:{self.token.organization(self.transport)}", self.limits)
        send = {
            "create": self._create,
            "archive": self._archive,
            "merge": self._merge,
            "restore": self._restore,
        }.get(batch.verb, self._patch)
        faults = {row.key: fault for row in batch.rows if (fault := _fault(row)) is not None}
        sound = tuple(row for row in batch.rows if row.key not in faults)
        found = {outcome.key: outcome for outcome in (send(replace(batch, rows=sound)) if sound else ())}
        return tuple(found.get(row.key) or _refused(row, faults[row.key]) for row in batch.rows)

    def _patch(self, batch: Batch) -> tuple[Outcome, ...]:
        """Rows that write to one record, two ties of a task for instance, travel as one; its result is theirs."""
        patches: dict[Ref, Patch] = {}
        done: dict[str, Outcome] = {}
        holders: dict[str, Ref] = {}
        for row in batch.rows:
            patch = _patch_of(row)
            fault = NO_LOOKUP if patch is None else patches.setdefault(patch.ref, Patch(patch.ref)).add(patch)
            if patch is None or fault is not None:
                done[row.key] = _refused(row, fault or NO_LOOKUP)
            else:
                holders[row.key] = patch.ref
        found = {outcome.ref: outcome for outcome in self._patched(sorted(patches.values(), key=_kind))}
        done |= {
            row.key: replace(found[holders[row.key]], key=row.key, ref=_ref(row.change))
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


def _ref(change: Change) -> Ref:
    """The record that a change acts upon, known by id; `UsageError` for one that was not resolved."""
    found = target(change)
    if not isinstance(found, Ref):
        raise UsageError("a change was sent without the id of its record")
    return found


def _kind(patch: Patch) -> str:
    return patch.ref.kind


def _fault(row: Row) -> Fault | None:
    """Why a row cannot be sent: one such row would spoil the whole call for the others."""
    if not all(is_id(ref.id) for ref in parties(row.change)):
        return MALFORMED
    texts = row.change.carry.values() if isinstance(row.change, Merge) else ()
    return UNWRITABLE if any(isinstance(text, str) and NOT_XML.search(text) for text in texts) else None


def _refused(row: Row, fault: Fault) -> Outcome:
    """A row that was not sent, and why."""
    return Sent(row.key, _ref(row.change)).outcome(Status.REJECTED, fault)


def _sent(batch: Batch) -> list[Sent]:
    return [Sent(row.key, _ref(row.change)) for row in batch.rows]


def _patch_of(row: Row) -> Patch | None:
    """What a row writes; None where no lookup holds the tie."""
    match row.change:
        case Set(after=after) | Settle(after=after):
            ref = _ref(row.change)
            wire = {native(ref.kind, name): convert.write(name, value) for name, value in after.items()}
            return Patch(replace(ref, id=id18(ref.id)), wire)
        case Connect(link=link) | Unlink(link=link):
            return _tie(_ref(row.change), link, isinstance(row.change, Connect))
    raise UsageError("a batch holds a change of another verb")


def _tie(ref: Ref, link: Link, connect: bool) -> Patch | None:
    """A tie is a lookup of one of the two records: the one named, else the usual one between their kinds."""
    ends = {"out": [(ref, link.to)], "in": [(link.to, ref)]}.get(link.direction, [(ref, link.to), (link.to, ref)])
    named = link.label if link.direction in ("out", "in") else ""
    for holder, other in ends:
        lookup = named or HOLDS.get((holder.kind, other.kind), "")
        if lookup:
            value = id18(other.id) if connect else None
            return Patch(replace(holder, id=id18(holder.id)), {native(holder.kind, lookup): value})
    return None


def _request(change: Merge) -> soap.Request:
    """One master and one or two others of its kind, as merge() takes them."""
    master = _ref(change)
    if not 1 <= len(change.merged) <= 2 or any(ref.kind != master.kind for ref in change.merged):
        raise UsageError("Salesforce merges two or three records of one kind")
    fields = {native(master.kind, name): convert.write(name, value) for name, value in change.carry.items()}
    texts = {name: None if value is None else convert.text(value) for name, value in fields.items()}
    return soap.Request(object_of(master.kind), id18(master.id), tuple(id18(ref.id) for ref in change.merged), texts)

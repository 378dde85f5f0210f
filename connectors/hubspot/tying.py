"""Links and unlinks: HubSpot's associations in batches."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.changes import Batch, Connect, Outcome, Row, Status, Unlink
from connectors.errors import Exhausted, NotProcessed, Rejected, RemoteError
from connectors.hubspot.portal import Portal
from connectors.hubspot.sending import Found, Received, change_of, resolved, send, told, without_doubt
from connectors.hubspot.ties import Labels
from connectors.hubspot.version import ASSOCIATIONS
from connectors.records import Ref
from connectors.transport import Call

NUMBER = re.compile(r"\d+")
UNTIED = "crm.associations.NO_ASSOCIATIONS_FOUND"


@dataclass(frozen=True, slots=True)
class Tie:
    """One row as HubSpot takes it: where it is sent to, and with what."""

    key: str
    ref: Ref
    path: str
    body: dict[str, Any]
    ends: tuple[str, str]


class Tying:
    """Sends the ties of a batch: one call for each kind (and, to unlink, each manner) that the rows point at."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self._labels = Labels(portal)

    def push(self, batch: Batch) -> Found:
        """The outcomes that are known. A refusal is raised only while no row of the batch has been sent."""
        calls: dict[str, list[Tie]] = {}
        for tie in [self._tie(batch, row) for row in batch.rows]:
            calls.setdefault(tie.path, []).append(tie)
        found: Found = {}
        for number, (path, ties) in enumerate(calls.items()):
            try:
                received = send(self.portal.transport, Call("POST", path, json={"inputs": [tie.body for tie in ties]}))
            except (NotProcessed, Exhausted, Rejected) as refusal:
                if number == 0:
                    raise
                found |= {tie.key: _refused(tie.key, refusal) for tie in ties}
            else:
                found |= _outcomes(received, ties, path)
        return found

    def _tie(self, batch: Batch, row: Row) -> Tie:
        """Without a label an unlink cuts every tie of the pair: HubSpot keeps no label without the plain tie."""
        change = change_of(row, Connect) if batch.verb == "link" else change_of(row, Unlink)
        link, ref = change.link, resolved(change.ref)
        path = f"{ASSOCIATIONS}/{self.portal.type(batch.kind)}/{self.portal.type(link.to.kind)}/batch"
        ends = (ref.id, link.to.id)
        if isinstance(change, Unlink) and not link.label:
            return Tie(row.key, ref, f"{path}/archive", {"from": {"id": ref.id}, "to": [{"id": link.to.id}]}, ends)
        types = [self._labels.type(batch.kind, link.to.kind, link.label)]
        body = {"from": {"id": ref.id}, "to": {"id": link.to.id}, "types": types}
        verb = "create" if isinstance(change, Connect) else "labels/archive"
        return Tie(row.key, ref, f"{path}/{verb}", body, ends)


def _outcomes(received: Received, ties: Sequence[Tie], path: str) -> Found:
    """Creates are confirmed by their two ids, removals by the answer as a whole; errors name ids, perhaps in words."""
    pairs = {(str(row.get("fromObjectId")), str(row.get("toObjectId"))) for row in received.rows("results")}
    whole = received.whole and path.endswith("archive")
    applied = {tie.key: received.applied(tie.key, tie.ref) for tie in ties if whole or tie.ends in pairs}
    rejected: Found = {}
    for error in received.rows("errors"):
        if error.get("subCategory") == UNTIED:
            continue  # what a read is told of a record without ties: this is the answer to another call
        named = told(error) | set(NUMBER.findall(str(error.get("message") or "")))
        rejected |= {tie.key: received.rejected(tie.key, error) for tie in ties if named & set(tie.ends)}
    left = {key: item for key, item in rejected.items() if key not in applied}
    return without_doubt(applied, left)


def _refused(key: str, refusal: RemoteError) -> Outcome:
    code = refusal.code or type(refusal).__name__.lower()
    return Outcome(key, Status.REJECTED, None, code, refusal.message, refusal.request_id)

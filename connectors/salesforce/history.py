"""Stages, and the past of deals from OpportunityHistory."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from connectors.errors import Garbled
from connectors.records import Past, Pipeline, Ref, Stage
from connectors.salesforce import convert, soql
from connectors.salesforce.pages import Row, rows
from connectors.salesforce.rows import identifier
from connectors.transport import Transport

TRACKED = (("stage", "StageName", "picklist"), ("amount", "Amount", "currency"), ("close_date", "CloseDate", "date"))
HISTORY = ("Id", "OpportunityId", "CreatedDate", "CreatedById", "SystemModstamp", *(field[1] for field in TRACKED))
STAGE = ("Id", "ApiName", "MasterLabel", "IsClosed", "IsWon", "DefaultProbability", "SortOrder")


def pipeline(transport: Transport, workspace: str) -> Pipeline:
    """The org's active stages in their own order.

    There is one pipeline, and its id is blank as a deal's `pipeline` is: which stages a record type may use is
    metadata that no query answers.
    """
    found = rows(transport, soql.select(STAGE, "OpportunityStage", "IsActive = true", "SortOrder, Id"))
    return Pipeline(workspace, "deal", "", "Opportunities", tuple(_stage(row) for row in found))


def _stage(row: Row) -> Stage:
    share = convert.read("percent", "probability", row.get("DefaultProbability"))
    return Stage(
        id=row["ApiName"],
        label=row["MasterLabel"],
        closed=bool(row["IsClosed"]),
        won=bool(row["IsWon"]),
        probability=None if share is None else float(str(share)),
    )


def past(transport: Transport, workspace: str, ids: Sequence[str]) -> tuple[Past, ...]:
    """Every value that these deals' stage, amount and close date took, oldest first within a deal."""
    return tuple(item for part in soql.chunks(ids) for item in _past(transport, workspace, part))


def _past(transport: Transport, workspace: str, ids: Sequence[str]) -> Iterator[Past]:
    text = soql.select(
        HISTORY, "OpportunityHistory", soql.among("OpportunityId", ids), "OpportunityId, CreatedDate, Id"
    )
    found = sorted(rows(transport, text), key=itemgetter("OpportunityId", "CreatedDate", "SystemModstamp", "Id"))
    for _, group in groupby(found, key=itemgetter("OpportunityId")):
        yield from _changes(workspace, group)


def _changes(workspace: str, group: Iterator[Row]) -> Iterator[Past]:
    """A row stands for a change of any of its fields and repeats the others: only what differs is a new value."""
    before: dict[str, Any] = {}
    for row in group:
        ref = Ref(workspace, "deal", identifier(row, "OpportunityId"))
        at = convert.read("datetime", "at", row["CreatedDate"])
        if not isinstance(at, datetime):
            raise Garbled("a row of history has no date")
        for name, column, kind in TRACKED:
            if column not in row or (name in before and before[name] == row[column]):
                continue
            before[name] = row[column]
            yield Past(ref, name, at, convert.read(kind, name, row[column]), row.get("CreatedById") or "")

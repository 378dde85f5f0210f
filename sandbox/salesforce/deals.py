"""Opportunities: what the stage decides, and the history row of every change to stage, amount, probability or date."""

from typing import Any

from sandbox.salesforce.rows import CRM, new_row, save
from sandbox.salesforce.schema import Schema
from sandbox.salesforce.session import Call
from sandbox.salesforce.times import parse_date, stamp
from sandbox.store import Row, Store

TRACKED = ("Amount", "Probability", "StageName", "CloseDate")
FORECAST = {"Omitted": "Omitted", "Pipeline": "Pipeline", "Best Case": "BestCase", "Commit": "Forecast"}
OPEN: dict[str, Any] = {"DefaultProbability": 0, "ForecastCategoryName": "Pipeline", "IsClosed": False, "IsWon": False}


def stages(store: Store) -> list[dict[str, Any]]:
    """The stages of the organization in their order."""
    rows = store.rows("crm='salesforce' AND kind='stage'")
    return sorted((row.fields for row in rows), key=lambda stage: stage.get("SortOrder") or 0)


def stage_named(store: Store, name: str | None) -> dict[str, Any]:
    """One stage; a name that is none counts as open (StageName is no restricted picklist)."""
    found = (stage for stage in stages(store) if name in (stage.get("ApiName"), stage.get("MasterLabel")))
    return next(found, OPEN)


def derive(store: Store, fields: dict[str, Any], given: dict[str, Any], now: int) -> None:
    """Complete an opportunity's fields in place after `given` was set: stage facts, forecast, revenue, period."""
    stage = stage_named(store, fields.get("StageName"))
    if "StageName" in given:
        fields["LastStageChangeDate"] = stamp(now)
        if given.get("Probability") is None:
            fields["Probability"] = float(stage.get("DefaultProbability") or 0)
        if given.get("ForecastCategoryName") is None:
            fields["ForecastCategoryName"] = stage.get("ForecastCategoryName", "Pipeline")
    name = fields.get("ForecastCategoryName") or "Pipeline"
    fields["ForecastCategory"] = FORECAST.get(name, name)
    fields["IsClosed"], fields["IsWon"] = bool(stage.get("IsClosed")), bool(stage.get("IsWon"))
    amount, probability = fields.get("Amount"), fields.get("Probability") or 0
    fields["ExpectedRevenue"] = None if amount is None else round(amount * probability / 100, 2)
    if fields.get("CloseDate"):
        _fiscal(fields)


def _fiscal(fields: dict[str, Any]) -> None:
    day = parse_date(fields["CloseDate"])
    quarter = (day.month - 1) // 3 + 1
    fields.update(FiscalYear=day.year, FiscalQuarter=quarter, Fiscal=f"{day.year} {quarter}")


def record(call: Call, row: Row, before: dict[str, Any]) -> None:
    """Append the history row of a create (`before` is empty) or of a change to a tracked field, and point at it."""
    after = row.fields
    changed = [name for name in TRACKED if after.get(name) != before.get(name)]
    if before and not changed:
        return
    copied = ("StageName", "Amount", "ExpectedRevenue", "CloseDate", "Probability", "ForecastCategory")
    entry = {name: after.get(name) for name in copied}
    previous = {"PrevAmount": before.get("Amount"), "PrevCloseDate": before.get("CloseDate")}
    entry.update(OpportunityId=row.id, CreatedById=call.session.user_id, **previous)
    history = new_row(call.store, call.whole.by_kind["deal_history"], entry, call.now)
    save(call.store, history)
    if before and "Amount" in changed:
        after["LastAmountChangedHistoryId"] = history.id
    if before and "CloseDate" in changed:
        after["LastCloseDateChangedHistoryId"] = history.id
        after["PushCount"] = (after.get("PushCount") or 0) + _pushed(before.get("CloseDate"), after["CloseDate"])


def _pushed(before: str | None, after: str) -> int:
    """One when a close date moves to a later month, which is what the vendor counts as a push."""
    return int(before is not None and after[:7] > before[:7])


def task_facts(store: Store, schema: Schema, fields: dict[str, Any]) -> None:
    """Complete a task's or event's fields in place: what status and priority say, and the account it hangs below."""
    if "Status" in fields:
        fields["IsClosed"] = fields["Status"] == "Completed"
        fields["IsHighPriority"] = fields.get("Priority") == "High"
    fields["AccountId"] = _account(store, schema, fields.get("WhatId")) or _account(store, schema, fields.get("WhoId"))


def _account(store: Store, schema: Schema, target: str | None) -> str | None:
    sobject = schema.of_id(target) if target else None
    if sobject is None or target is None or sobject.kind == "company":
        return target
    row = store.get(CRM, sobject.kind, target)
    return row.fields.get("AccountId") if row else None

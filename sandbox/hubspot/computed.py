"""What HubSpot fills in by itself when values are written."""

import re
from collections.abc import Callable, Mapping
from decimal import Context, Decimal

from sandbox.hubspot import definitions
from sandbox.hubspot.catalog import LIFECYCLE
from sandbox.hubspot.times import DAY_MS, iso, parse
from sandbox.store import Store

Values = Mapping[str, str]
EXACT = Context(prec=200)
FORWARD = [option.value for option in LIFECYCLE]

FIXED: Mapping[str, Mapping[str, str]] = {
    "lead": {"hs_pipeline": "lead-pipeline-id", "hs_pipeline_stage": "new-stage-id"},
    "ticket": {"hs_pipeline": "0"},
    "task": {
        "hs_task_status": "NOT_STARTED",
        "hs_task_priority": "NONE",
        "hs_task_type": "TODO",
        "hs_task_completion_count": "0",
        "hs_task_is_overdue": "false",
    },
    "meeting": {"hs_meeting_source": "CRM_UI"},
}


def on_create(kind: str, values: Values, new_id: str) -> dict[str, str]:
    """What a new record has from the start: lifecycle stage lead, the first pipeline, counts of nothing (recorded)."""
    if kind == "contact":
        shown = {"hs_all_contact_vids": new_id, "hs_is_contact": "true", "hs_is_unworked": "true", "num_notes": "0"}
        return {"lifecyclestage": "lead", "hs_pipeline": "contacts-lifecycle-pipeline", **shown}
    if kind == "company":
        site = {"website": values["domain"]} if values.get("domain") else {}
        counts = dict.fromkeys(("num_notes", "num_associated_contacts", "hs_num_child_companies"), "0")
        return {"lifecyclestage": "lead", "hs_pipeline": "companies-lifecycle-pipeline", **site, **counts}
    if kind == "deal":
        counts = dict.fromkeys(("num_notes", "num_associated_contacts", "days_to_close"), "0")
        staged = {"pipeline": "default"} if values.get("dealstage") else {}
        return {"hs_is_closed_won": "false", **counts, **staged}
    return {**FIXED.get(kind, {}), **({"hs_ticket_id": new_id} if kind == "ticket" else {})}


def forward_only(before: Values, values: Values) -> dict[str, str]:
    """The values that stick: a lifecycle stage never goes back unless it was cleared first."""
    old, new = before.get("lifecyclestage"), values.get("lifecyclestage")
    if old in FORWARD and new in FORWARD and FORWARD.index(new) < FORWARD.index(old):
        return {name: value for name, value in values.items() if name != "lifecyclestage"}
    return dict(values)


def derived(store: Store, kind: str, after: Values, changed: Values, now: int) -> dict[str, str]:
    """Calculated properties that follow from a change; `after` holds the values with the change applied."""
    found: dict[str, str] = {}
    for trigger, rule in RULES.get(kind, ()):
        if not trigger.isdisjoint(changed):
            found |= rule(store, {**after, **found}, now)
    if "hubspot_owner_id" in changed:
        owner = changed["hubspot_owner_id"]
        found |= {"hubspot_owner_assigneddate": iso(now) if owner else "", "hs_all_owner_ids": owner}
        row = store.get("hubspot", "owner", owner) if owner else None
        found["hs_user_ids_of_all_owners"] = str(row.fields.get("userId") or row.id) if row else ""
    for name in ("hs_note_body", "hs_task_body", "hs_call_body", "hs_meeting_body", "hs_email_text"):
        if name in changed:
            found["hs_body_preview"] = re.sub(r"<[^>]*>", "", changed[name])[:512]
    return found


def _contact_name(_: Store, after: Values, __: int) -> dict[str, str]:
    full = " ".join(part for part in (after.get("firstname"), after.get("lastname")) if part)
    return {"hs_full_name_or_email": full or after.get("email", "")}


def _contact_email(_: Store, after: Values, __: int) -> dict[str, str]:
    return {"hs_email_domain": after.get("email", "").rpartition("@")[2]}


def _phone(_: Store, after: Values, __: int) -> dict[str, str]:
    return {"hs_searchable_calculated_phone_number": re.sub(r"\D", "", after.get("phone", ""))}


def _lifecycle_date(_: Store, after: Values, now: int) -> dict[str, str]:
    stage = after.get("lifecyclestage")
    return {f"hs_lifecyclestage_{stage}_date": iso(now)} if stage in FORWARD[:6] else {}


def _deal_stage(store: Store, after: Values, now: int) -> dict[str, str]:
    found = definitions.stage(store, "deal", after.get("dealstage", ""))
    if found is None:
        return {}
    probability = found[1].metadata.get("probability", "0")
    closed = found[1].metadata.get("isClosed") == "true"
    won = closed and probability == "1.0"
    shown = {"hs_is_closed": str(closed).lower(), "hs_is_closed_won": str(won).lower()}
    # Set when a deal closes; a deal moved between closed stages keeps its date (the writer passes only real moves).
    date = {"closedate": iso(now)} if closed and after.get("hs_is_closed") != "true" else {}
    # Recorded: a probability is told as the binary number that it is kept as, digit for digit.
    return {"hs_deal_stage_probability": f"{Decimal(float(probability)):f}", **shown, **date}


def _deal_amount(_: Store, after: Values, __: int) -> dict[str, str]:
    amount = after.get("amount", "")
    if not amount:
        empty = ("amount_in_home_currency", "hs_projected_amount", "hs_forecast_amount")
        return {**dict.fromkeys(empty, ""), "hs_closed_amount": "0"}
    projected = EXACT.multiply(Decimal(amount), Decimal(after.get("hs_deal_stage_probability") or "0"))
    closed = amount if after.get("hs_is_closed_won") == "true" else "0"
    return {
        "amount_in_home_currency": amount,
        "hs_forecast_amount": amount,
        "hs_projected_amount": f"{projected:f}",
        "hs_closed_amount": closed,
    }


def _days_to_close(_: Store, after: Values, __: int) -> dict[str, str]:
    closing, created = parse(after.get("closedate", "")), parse(after.get("createdate", ""))
    if closing is None or created is None:
        return {}
    return {"days_to_close": str(max(0, (closing - created) // DAY_MS))}


def _lead_stage(store: Store, after: Values, _: int) -> dict[str, str]:
    found = definitions.stage(store, "lead", after.get("hs_pipeline_stage", ""))
    state = found[1].metadata.get("leadState", "") if found else ""
    return {"hs_pipeline_stage_category": state, "hs_lead_is_open": str(int(state in ("NEW", "IN_PROGRESS")))}


def _ticket_stage(store: Store, after: Values, now: int) -> dict[str, str]:
    found = definitions.stage(store, "ticket", after.get("hs_pipeline_stage", ""))
    closed = found is not None and found[1].metadata.get("ticketState") == "CLOSED"
    return {"hs_is_closed": str(closed).lower(), **({"closed_date": iso(now)} if closed else {})}


def _task_status(_: Store, after: Values, now: int) -> dict[str, str]:
    done = after.get("hs_task_status") == "COMPLETED"
    return {"hs_task_is_completed": str(int(done)), **({"hs_task_completion_date": iso(now)} if done else {})}


Rule = tuple[frozenset[str], Callable[[Store, Values, int], dict[str, str]]]
RULES: Mapping[str, tuple[Rule, ...]] = {
    "contact": (
        (frozenset({"firstname", "lastname", "email"}), _contact_name),
        (frozenset({"email"}), _contact_email),
        (frozenset({"phone"}), _phone),
        (frozenset({"lifecyclestage"}), _lifecycle_date),
    ),
    "company": ((frozenset({"phone"}), _phone),),
    "deal": (
        (frozenset({"dealstage"}), _deal_stage),
        (frozenset({"amount", "dealstage"}), _deal_amount),
        (frozenset({"closedate", "dealstage"}), _days_to_close),
    ),
    "lead": ((frozenset({"hs_pipeline_stage"}), _lead_stage),),
    "ticket": ((frozenset({"hs_pipeline_stage"}), _ticket_stage),),
    "task": ((frozenset({"hs_task_status"}), _task_status),),
}

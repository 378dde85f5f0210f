"""Asks the gate about one deal: as a CRM or a person describes it, or as the mirror has it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from connectors.errors import Garbled, UsageError
from connectors.hubspot import fields as hubspot
from connectors.records import FieldSpec, Link, Pipeline, Record, Ref, Stage
from connectors.salesforce import convert as salesforce
from connectors.salesforce.ids import id18, is_id
from connectors.values import Json, Value, frozen
from hygiene.check import RowCheck, all_checks
from hygiene.gate import Asked, Objection, Verdict, verdict
from hygiene.stages import label_of, pipeline_of, pipelines_of
from hygiene.view import View
from sync.config import Policy
from sync.jobs.pull import seen
from sync.mirror.pull import certificates
from sync.mirror.store import Mirror
from sync.session import Session

STRICT: tuple[Policy, ...] = ("alert", "task", "revert")
"""From the mildest to the strictest."""
FORM = 'as {"ref": "hubspot:123/deal/456", "to": "STAGE", "fields": {...}}, or a deal as HubSpot or Salesforce has it'


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict, what the team wants done about it, and how old the mirror behind it is, in seconds."""

    verdict: Verdict
    policy: str
    age: float | None
    stages: tuple[Pipeline, ...]

    def told(self) -> dict[str, Json]:
        """The same for programs: names, rules and times, and no value of the deal but its stage."""
        found = self.verdict
        return {
            "allow": found.allow,
            "deal": str(found.deal.ref),
            "from": label_of(self.stages, found.before),
            "to": label_of(self.stages, found.stage),
            "missing": list(found.named("required_field")),
            "skipped": list(found.named("stage_skip")),
            "unmet": list(found.named("exit_criteria")),
            "rules": [_objection(item) for item in found.objections],
            "unknown": list(found.unknown),
            "policy": self.policy,
            "mirror_age_seconds": self.age,
        }


@dataclass(frozen=True, slots=True)
class Move:
    """A question: this deal, as it stands, with this change."""

    deal: Record
    change: Mapping[str, Value]


def gating(session: Session) -> list[tuple[RowCheck, Policy]]:
    """The checks that gate, with the options that the report asks them with, each with its policy."""
    known, found = all_checks(), list[tuple[RowCheck, Policy]]()
    for rule in session.settings.config.gate.rules:
        configured = [check for check in session.settings.checks if check.name() == rule.check]
        for check in configured or [known[rule.check]()]:
            if isinstance(check, RowCheck):
                found.append((check, rule.policy))
    return found


def ruler(session: Session) -> Callable[[View, Move, datetime, str], Ruling]:
    """What rules on moves, the settings read once."""
    rules, config = gating(session), session.settings.config.gate
    policies = {check.label: policy for check, policy in rules}

    def rule(view: View, move: Move, at: datetime, source: str) -> Ruling:
        question = Asked(move.deal, move.change, at, source)
        there = question.moved
        wanted = [check for check, _ in rules] if gated(pipeline_of(there, view), config.pipelines) else []
        found = verdict(wanted, view, question, config.severity)
        met = [policies[item.rule] for item in found.objections]
        policy = max(met, key=STRICT.index, default="")
        return Ruling(found, policy, _age(session, move.deal.ref), pipelines_of(there, view))

    return rule


def answer(session: Session, body: Json) -> dict[str, Json]:
    """The verdict on a deal as somebody describes it; `UsageError` names the key that is wrong and the form."""
    mirror = seen(session)
    return ruler(session)(mirror, described(session, mirror, body), session.now(), "gate").told()


def asked(session: Session, ref: str, stage: str) -> Ruling:
    """The verdict on a deal of the mirror if it were moved to a stage, or stood where it stands."""
    mirror = seen(session)
    deal = _deal(session, mirror, ref)
    change = {"stage": _stage(deal, mirror, stage)} if stage else {}
    return ruler(session)(mirror, Move(deal, change), session.now(), "gate")


def described(session: Session, mirror: Mirror, body: Json) -> Move:
    """The question that a JSON object asks."""
    if not isinstance(body, Mapping):
        raise UsageError("the deal is no JSON object", f"Write it {FORM}")
    if "ref" in body:
        return _plain(session, mirror, body)
    if isinstance(given := body.get("properties"), Mapping):
        return _foreign(mirror, "hubspot", body.get("id"), given, body)
    if "StageName" in body:
        return _foreign(mirror, "salesforce", body.get("Id"), body, body)
    raise UsageError("the deal has neither `ref` nor `properties` nor `StageName`", f"Write it {FORM}")


def _plain(session: Session, mirror: Mirror, body: Mapping[str, Json]) -> Move:
    if unknown := sorted(body.keys() - {"ref", "to", "fields"}):
        raise UsageError(f"{unknown[0]}: no such key", "There are `ref`, `to` and `fields`")
    deal = _deal(session, mirror, str(body["ref"]))
    spec = mirror.spec(deal.ref.workspace, "deal")
    given = body.get("fields", {})
    if not isinstance(given, Mapping):
        raise UsageError("fields: no JSON object", 'As in {"amount": "1200", "close_date": "2026-12-31"}')
    change: dict[str, Value] = {}
    for name, raw in given.items():
        field = spec.field(name) if spec else None
        if field is None:
            raise UsageError(
                f"fields.{name}: {deal.ref.workspace} shows no such field of a deal", "Name a neutral field"
            )
        change[name] = _value(field, raw, f"fields.{name}")
    if "to" in body:
        change["stage"] = _stage(replace(deal, fields=frozen({**deal.fields, **change})), mirror, str(body["to"]))
    return Move(deal, change)


def _foreign(mirror: Mirror, crm: str, id_: Json, given: Mapping[str, Json], body: Mapping[str, Json]) -> Move:
    """A deal in its CRM's own words, laid over what the mirror has of it."""
    places = [name for name in mirror.counts() if name.startswith(f"{crm}:")]
    if len(places) != 1:
        raise UsageError(f"the mirror has {len(places)} {crm} accounts", "Name the deal by `ref`")
    spec = mirror.spec(places[0], "deal")
    if spec is None:
        raise UsageError(f"the mirror has no deals of {places[0]}", "Pull first")
    name = str(id_ or "new")
    ref = Ref(places[0], "deal", id18(name) if crm == "salesforce" and is_id(name) else name)
    known = {field.native: field for field in spec.fields}
    change = {known[key].name: _value(known[key], raw, key, crm) for key, raw in given.items() if key in known}
    deal = mirror.get(ref) or Record(ref, frozen({}), tuple(_ties(places[0], body)))
    if "stage" in change:
        change["stage"] = _stage(replace(deal, fields=frozen({**deal.fields, **change})), mirror, str(change["stage"]))
    return Move(deal, change)


def _ties(workspace: str, body: Mapping[str, Json]) -> Iterator[Link]:
    """The ties of a deal that no pull has seen, as HubSpot's `associations` and Salesforce's AccountId tell them."""
    told = body.get("associations")
    for kind, name in (("contact", "contacts"), ("company", "companies")):
        rows = told.get(name) if isinstance(told, Mapping) else None
        results = rows.get("results") if isinstance(rows, Mapping) else None
        for row in results if isinstance(results, Sequence) else ():
            if isinstance(row, Mapping) and row.get("id"):
                yield Link(Ref(workspace, kind, str(row["id"])))
    if account := body.get("AccountId"):
        yield Link(Ref(workspace, "company", id18(str(account)) if is_id(str(account)) else str(account)))


def _value(field: FieldSpec, raw: Json, key: str, crm: str = "") -> Value:
    """A value as the mirror would have it, in its CRM's JSON or, without a CRM, as text, a number or a truth value."""
    try:
        if crm == "salesforce":
            return salesforce.read(field.type, field.name, Decimal(str(raw)) if isinstance(raw, float) else raw)
        kind = KINDS.get(field.type, field.type)
        found = hubspot.value(str(raw).lower() if isinstance(raw, bool) else raw, kind)
    except (ValueError, TypeError, Garbled):
        found, kind = "", "number"
    if isinstance(found, str) and kind in ("number", "date", "datetime", "bool"):
        raise UsageError(f"{key}: not a {field.type}", "Send it as the CRM's API does")
    return found


KINDS = {
    **dict.fromkeys(("currency", "double", "percent", "int"), "number"),
    "boolean": "bool",
}
"""Salesforce's types by HubSpot's words."""


def _deal(session: Session, mirror: Mirror, text: str) -> Record:
    try:
        ref = session.ledger.resolve(Ref.parse(text))
    except ValueError as error:
        raise UsageError(str(error), "As in hubspot:12345/deal/678; `check` prints such refs") from None
    record = mirror.get(ref)
    if record is None or ref.kind != "deal":
        raise UsageError(f"{ref} is no deal in the mirror", "Pull first, or it was archived or merged away")
    return record


def _stage(deal: Record, view: View, name: str) -> str:
    """The id of a stage of the deal's pipeline, named by its id or label."""
    pipeline = pipeline_of(deal, view)
    stages: tuple[Stage, ...] = pipeline.stages if pipeline else ()
    for stage in stages:
        if name.casefold() in (stage.id.casefold(), stage.label.casefold()):
            return stage.id
    there = ", ".join(stage.label for stage in stages) or "none: its pipeline is not known"
    raise UsageError(f"{name!r} is no stage of the deal's pipeline", f"There are {there}")


def gated(pipeline: Pipeline | None, names: Sequence[str]) -> bool:
    """Whether the moves within a pipeline are gated; `names` are the gated ones by id or label, none means all."""
    return not names or (pipeline is not None and bool({pipeline.id, pipeline.label} & set(names)))


def _age(session: Session, ref: Ref) -> float | None:
    """How many seconds ago the deals of the account were last pulled."""
    pulled = certificates(session.mirror_store).get((ref.workspace, ref.kind))
    return round((session.now() - pulled.finished_at).total_seconds(), 1) if pulled else None


def _objection(item: Objection) -> dict[str, Json]:
    return {
        "rule": item.rule,
        "finding": item.key,
        "message": item.message,
        "severity": item.severity.value,
        "lacks": [{"name": lack.name, "what": lack.what, "since": _at(lack.since)} for lack in item.lacks],
        "mend": item.mend,
    }


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None

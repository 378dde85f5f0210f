"""Gathering what is known of one record, and of a deal what the gate's rules see."""

from collections.abc import Callable, Iterator

from connectors.errors import UsageError
from connectors.records import Ref
from connectors.values import Value
from hygiene.stages import label_of
from sync.jobs.gate import asked, gating
from sync.ledger.findings import open_findings
from sync.ledger.verdicts import Verdicts
from sync.render.address import address
from sync.render.mask import mask
from sync.render.mask import reveal as revealed
from sync.session import Session

Row = tuple[str, str]
Show = Callable[[str, Value], str]


def explain(session: Session, text: str, reveal: bool, stage: str = "") -> tuple[dict[str, object], list[Row]]:
    """Facts about the record and rows for its fields, ties, stage history and findings.

    For a deal also what each of the gate's rules says where it stands, or if it were moved to `stage`, and what the
    gate said of its moves. `UsageError` for a stage where the record is no deal.
    """
    try:
        named = Ref.parse(text)
    except ValueError as error:
        raise UsageError(str(error), "As in hubspot:12345/company/678; `check` and `plan` print such refs") from None
    mirror = session.mirror()
    ref = session.ledger.resolve(named)
    record = mirror.get(ref)
    if record is None:
        raise UsageError(f"{ref} is not in the mirror", "Pull first, or it was archived or merged away")
    facts: dict[str, object] = {"record": str(ref)}
    if where := address(ref, session.settings.env):
        facts["open"] = where
    if ref != named:
        facts["was"] = f"{named}, merged since"
    if twin := session.ledger.twin(ref):
        facts["twin"] = str(twin)
    shown = revealed if reveal else mask
    rows = [(name, shown(name, value)) for name, value in record.fields.items()]
    rows += [("tie", f"{holder} -> {link.to} {link.label}".rstrip()) for holder, link in mirror.ties(ref)]
    rows += [("stage", f"{past.at:%Y-%m-%d %H:%M} {past.value} {past.source}") for past in mirror.history(ref, "stage")]
    found = [item for item in open_findings(session.ledger_store) if ref in item.refs]
    for item in found:
        rows.append((f"finding {item.key[:12]}", f"{item.check} ({item.band.value}): {item.message}"))
        rows += [("  because" if reason.weight >= 0 else "  although", reason.text) for reason in item.evidence]
        rows += [(f"  {name}", why) for name, why in item.why.items()]
    if ref.kind == "deal":
        rows += [*_rules(session, ref, stage, shown), *_said(session, ref)]
    elif stage:
        raise UsageError(f"{ref} is no deal", "Leave --to out: only deals move through stages")
    return facts, rows


def _rules(session: Session, ref: Ref, stage: str, shown: Show) -> Iterator[Row]:
    """Each rule of the gate: what it misses, what it saw there, since when, and what to do."""
    ruling = asked(session, str(ref), stage)
    place = label_of(ruling.stages, ruling.verdict.stage)
    for check, policy in gating(session):
        found = [item for item in ruling.verdict.objections if item.rule == check.label]
        told = "; ".join(item.message for item in found) or "no objection"
        yield f"rule {check.label}", f"at {place} ({policy}): {told}"
        for lack in (lack for item in found for lack in item.lacks):
            seen = ", ".join(shown(lack.name, value) for value in lack.seen)
            parts = [lack.what, *([f"it holds {seen}"] if seen else [])]
            parts += [f"since {lack.since:%Y-%m-%d %H:%M}"] if lack.since else []
            yield f"  {lack.name}", ", ".join(parts)
        yield from (("  to do", text) for text in dict.fromkeys(item.mend for item in found) if text)
    yield from (("rule not asked", text) for text in ruling.verdict.unknown)


def _said(session: Session, ref: Ref) -> Iterator[Row]:
    """What the gate said of the deal's moves when they happened, and what it did."""
    for item in Verdicts(session.ledger_store, session.now).of(ref):
        objections = item.facts.get("rules")
        rules = (
            [str(one["rule"]) for one in objections if isinstance(one, dict)] if isinstance(objections, list) else []
        )
        move = f"{item.facts.get('from', item.before)} -> {item.facts.get('to', item.stage)}"
        yield f"gate {item.moved_at:%Y-%m-%d %H:%M}", f"{move}: {item.action} {', '.join(rules)}".rstrip()

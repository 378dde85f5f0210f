"""Gathering what is known of one record."""

from connectors.errors import UsageError
from connectors.records import Ref
from sync.ledger.findings import open_findings
from sync.render.mask import mask
from sync.render.mask import reveal as revealed
from sync.session import Session


def explain(session: Session, text: str, reveal: bool) -> tuple[dict[str, object], list[tuple[str, str]]]:
    """Facts about the record and rows for its fields, ties, stage history and findings."""
    try:
        asked = Ref.parse(text)
    except ValueError as error:
        raise UsageError(str(error), "As in hubspot:12345/company/678; `check` and `plan` print such refs") from None
    mirror = session.mirror()
    ref = session.ledger.resolve(asked)
    record = mirror.get(ref)
    if record is None:
        raise UsageError(f"{ref} is not in the mirror", "Pull first, or it was archived or merged away")
    facts: dict[str, object] = {"record": str(ref)}
    if ref != asked:
        facts["was"] = f"{asked}, merged since"
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
    return facts, rows

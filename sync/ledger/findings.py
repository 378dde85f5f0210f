"""Findings through time: opened when first seen, closed when a run of the same checks no longer finds them."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Engine, select, update

from connectors.records import Ref
from hygiene.check import Band, Evidence, Finding, Severity
from sync.database import millis, upsert, writing
from sync.forms import dump_change, load_change
from sync.ledger.tables import FindingRow

FINDING = FindingRow.__table__  # type: ignore[attr-defined]
CHUNK = 500


def keep_findings(engine: Engine, asked: Iterable[str], findings: Iterable[Finding], now: datetime) -> tuple[int, int]:
    """Store what the asked checks found now and close what they no longer find; (opened, closed)."""
    latest = {finding.key: finding for finding in findings}
    at = millis(now)
    with writing(engine) as connection:
        mine = FINDING.c.check.in_(sorted(set(asked)))
        query = select(FINDING.c.key, FINDING.c.opened_at).where(mine, FINDING.c.closed_at.is_(None))
        open_now = {row.key: row.opened_at for row in connection.execute(query)}
        rows = [
            _cells(finding) | {"opened_at": open_now.get(key, at), "seen_at": at} for key, finding in latest.items()
        ]
        if rows:
            upsert(connection, FINDING, rows)
        over = sorted(open_now.keys() - latest.keys())
        for start in range(0, len(over), CHUNK):
            some = FINDING.c.key.in_(over[start : start + CHUNK])
            connection.execute(update(FINDING).where(some).values(closed_at=at))
    return len(latest.keys() - open_now.keys()), len(over)


def open_findings(engine: Engine, band: Band | None = None) -> Iterator[Finding]:
    """The findings that are open, the surest first."""
    query = select(FINDING).where(FINDING.c.closed_at.is_(None))
    if band is not None:
        query = query.where(FINDING.c.band == band.value)
    with engine.connect() as connection:
        found = [_finding(row) for row in connection.execute(query)]
    return iter(sorted(found, key=lambda item: (-item.score, item.key)))


def _cells(finding: Finding) -> dict[str, Any]:
    body = {
        "refs": [str(ref) for ref in finding.refs],
        "message": finding.message,
        "evidence": [asdict(item) for item in finding.evidence],
        "changes": [dump_change(change) for change in finding.changes],
        "score": finding.score,
        "why": dict(finding.why),
        "discriminator": finding.discriminator,
    }
    head = {"key": finding.key, "check": finding.check, "band": finding.band.value, "severity": finding.severity.value}
    return {**head, "closed_at": None, "body": body}


def _finding(row: Any) -> Finding:
    body = row.body
    return Finding(
        check=row.check,
        refs=tuple(Ref.parse(ref) for ref in body["refs"]),
        message=body["message"],
        severity=Severity(row.severity),
        evidence=tuple(Evidence(**{**item, "values": tuple(item["values"])}) for item in body["evidence"]),
        changes=tuple(load_change(change) for change in body["changes"]),
        band=Band(row.band),
        score=body["score"],
        why=MappingProxyType(body["why"]),
        discriminator=body["discriminator"],
    )

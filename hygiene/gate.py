"""The gating checks over an Overlay (this deal, moved to that stage) -> verdict."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.records import Record
from connectors.values import Value, frozen
from hygiene.check import Finding, RowCheck, Severity
from hygiene.moved import Moved
from hygiene.overlay import Overlay
from hygiene.stages import Kind, moves, pipelines_of, spans_of
from hygiene.view import View


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that a rule misses: a field, a tie, a criterion or a stage, what is wrong with it, and since when."""

    name: str
    what: str
    seen: tuple[str, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Objection:
    """What one rule has against a move. `key` is that of the finding which the report would show."""

    rule: str
    message: str
    severity: Severity
    lacks: tuple[Lack, ...]
    mend: str
    key: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a deal may stand at `stage`. `unknown` says which rules could not be asked for want of sight."""

    deal: Record
    before: str
    stage: str
    as_of: datetime
    objections: tuple[Objection, ...]
    unknown: tuple[str, ...]

    @property
    def allow(self) -> bool:
        """No rule objects."""
        return not self.objections

    def named(self, rule: str) -> tuple[str, ...]:
        """What the objections of a rule name."""
        return tuple(lack.name for item in self.objections if item.rule == rule for lack in item.lacks)


@dataclass(frozen=True, slots=True)
class Asked:
    """A move to be judged: the deal of a view, what changes, when, and who or what changes it."""

    deal: Record
    change: Mapping[str, Value]
    at: datetime
    source: str = "gate"

    @property
    def moved(self) -> Record:
        """The deal as it stands afterwards."""
        return replace(self.deal, fields=frozen({**self.deal.fields, **self.change}))


def verdict(rules: Sequence[RowCheck], view: View, asked: Asked, least: Severity = Severity.WARNING) -> Verdict:
    """What the rules say of a deal of the view, once the change is made to it; findings below `least` do not count.

    They are asked exactly as a report asks them after the change. Of checks that tell of moves only the new move
    counts: what the deal did long ago stops it no second time. A deal that goes back is asked for nothing but whether
    it may.
    """
    deal, moved = asked.deal, asked.moved
    after = Overlay(view, moved, asked.at, asked.source)
    standing = {item.key for rule in rules if isinstance(rule, Moved) for item in rule.look(deal, view)}
    back = moved.text("stage") != deal.text("stage") and _returns(moved, after)
    able = [rule for rule in rules if isinstance(rule, Moved)] if back else rules
    found = [
        (rule, item)
        for rule in able
        for item in rule.look(moved, after)
        if item.key not in standing and _rank(item.severity) >= _rank(least)
    ]
    objections = tuple(_objection(rule, item, deal, view) for rule, item in found)
    return Verdict(
        moved, deal.text("stage"), moved.text("stage"), after.as_of, objections, tuple(_unknown(rules, after))
    )


def _objection(rule: RowCheck, found: Finding, deal: Record, view: View) -> Objection:
    lacks = tuple(
        Lack(item.about, item.text, item.values, _since(deal, item.about, view))
        for item in found.evidence
        if item.weight < 0
    )
    return Objection(rule.label, found.message, found.severity, lacks, rule.mend, found.key)


def _since(deal: Record, name: str, view: View) -> datetime | None:
    """Since when a field holds what it does, where anybody knows."""
    past = view.history(deal.ref, name) if name in deal.fields else ()
    return past[-1].at if past else None


def _returns(deal: Record, view: View) -> bool:
    created = deal.get("created_at")
    walked = moves(spans_of(deal, view), pipelines_of(deal, view), created if isinstance(created, datetime) else None)
    return bool(walked) and walked[-1].kind is Kind.RETURN


def _unknown(rules: Sequence[RowCheck], view: Overlay) -> Iterator[str]:
    """What the credential cannot see in the deal's account, as the report says it."""
    for rule in rules:
        for item in rule.before(view):
            if item.discriminator.startswith(f"{view.record.ref.workspace}/"):
                yield item.message


def _rank(severity: Severity) -> int:
    return list(Severity).index(severity)

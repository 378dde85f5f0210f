"""Who survives a merge and which value wins in each field, with the reason in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from connectors.records import Record, Ref
from connectors.values import Fields, Value, empty, frozen, same
from hygiene.clean.text import fold, usable

KEPT = frozenset({"created_at", "last_activity_at", "source", "twin", "merged_into", "more_emails", "absorbed"})
"""Fields that tell of a record's own past, or that the CRM keeps by itself when it merges: never carried."""

CONSENT = frozenset({"opted_out", "do_not_call"})
"""Fields by which a person says no: one no among the records is a no for all."""

LIFECYCLE = (
    *("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer", "evangelist"),
)
"""HubSpot's default lifecycle stages in their order; its merge keeps the furthest, and so do we."""


@dataclass(frozen=True, slots=True)
class Rank:
    """What a team holds of its sources: `sources` from best to least as the field `source` names them."""

    sources: tuple[str, ...] = ()
    lifecycle: tuple[str, ...] = LIFECYCLE

    def of(self, record: Record) -> int:
        """The place of a record's source; one that is not listed comes last."""
        source = fold(record.text("source"))
        return next((at for at, name in enumerate(self.sources) if fold(name) == source), len(self.sources))


@dataclass(frozen=True, slots=True)
class Survival:
    """The survivor, those merged into it in the order of their rank, and what it must end with."""

    survivor: Ref
    merged: tuple[Ref, ...]
    carry: Fields
    why: MappingProxyType[str, str]


Order = tuple[str, Callable[[Record], tuple[float | str, ...]]]


def survive(records: Sequence[Record], rank: Rank) -> Survival:
    """Settles two records or more of one workspace and kind.

    Rank of the source, then most fields filled, then latest activity, then oldest, then lowest id picks the survivor.
    Its values win where they say anything; the next record in that order fills what is left. A refusal of mail wins
    over any consent, the furthest lifecycle stage over any earlier one.
    """
    order = _order(rank)
    ranked = sorted(records, key=lambda record: tuple(part for _, key in order for part in key(record)))
    first, rest = ranked[0], ranked[1:]
    won = dict(_won(ranked, rank))
    carry = {name: value for name, (value, _) in won.items() if not same(first.get(name), value)}
    why = {"survivor": _reason(first, rest[0], order)} | {name: won[name][1] for name in sorted(carry)}
    return Survival(first.ref, tuple(record.ref for record in rest), frozen(carry), MappingProxyType(why))


def _order(rank: Rank) -> tuple[Order, ...]:
    return (
        ("its source ranks first", lambda record: (rank.of(record),)),
        ("it has most fields filled", lambda record: (-sum(map(_says, record.fields.values())),)),
        ("it saw the latest activity", lambda record: (-_moment(record.get("last_activity_at"), 0.0),)),
        ("it is the oldest", lambda record: (_moment(record.get("created_at"), float("inf")),)),
        ("it has the lowest id", lambda record: (len(record.ref.id), record.ref.id)),
    )


def _reason(first: Record, second: Record, order: tuple[Order, ...]) -> str:
    return next(text for text, key in order if key(first) != key(second))


def _won(ranked: Sequence[Record], rank: Rank) -> Iterator[tuple[str, tuple[Value, str]]]:
    """The winning value of each field that says anything, and why."""
    ids = {record.ref.id for record in ranked}
    for name in sorted({name for record in ranked for name in record.fields} - KEPT):
        values = {record.ref: value for record in ranked if _says(value := record.get(name))}
        if name == "parent":
            values = {ref: value for ref, value in values.items() if str(value) not in ids}
        if name in CONSENT:
            values = {ref: value for ref, value in values.items() if refused(value)}
        if values:
            yield name, _value(name, values, ranked[0].ref, rank)


def _value(name: str, values: Mapping[Ref, Value], survivor: Ref, rank: Rank) -> tuple[Value, str]:
    if name in CONSENT:
        return True, "one of them said no, and consent never loosens"
    if name == "lifecycle_stage":
        return _furthest(values, survivor, rank.lifecycle)
    if survivor in values:
        return values[survivor], "the survivor's own"
    return next(iter(values.values())), "the survivor has none; taken from the next record in rank"


def _furthest(values: Mapping[Ref, Value], survivor: Ref, stages: tuple[str, ...]) -> tuple[Value, str]:
    """The furthest stage; a survivor's stage that is not listed is a team's own and stays."""
    place = {stage: at for at, stage in enumerate(stages)}
    own = values.get(survivor)
    if own is not None and own not in place:
        return own, "the survivor's own"
    best = max(values.values(), key=lambda value: place.get(str(value), -1))
    return best, "the furthest lifecycle stage of them all"


def refused(value: Value) -> bool:
    """Whether a field of consent says no: true, or the text by which a CRM says so."""
    return value is True or (isinstance(value, str) and fold(value) in {"true", "yes", "1"})


def _says(value: Value) -> bool:
    return usable(fold(value)) if isinstance(value, str) else not empty(value)


def _moment(value: Value, blank: float) -> float:
    if isinstance(value, datetime):
        return value.timestamp()
    return float(value.toordinal() * 86_400) if isinstance(value, date) else blank

"""How far two CRMs have drifted apart: by field of their twins, who agrees, differs, or says nothing."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from connectors.errors import UsageError
from connectors.records import Record, Ref
from connectors.values import empty
from hygiene.sync.convert import Owners, agree
from hygiene.sync.mapping import FieldRule, Side
from hygiene.sync.mapping import Mapping as Fields
from sync.jobs.pull import seen
from sync.jobs.twins import mappings, owners_of, pages
from sync.session import Session


class State(StrEnum):
    """How the two values of a field stand to each other; UNSEEN where a credential does not show one of them."""

    AGREE = "agree"
    DIFFER = "differ"
    NO_HUBSPOT = "hubspot_empty"
    NO_SALESFORCE = "salesforce_empty"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Line:
    """One field of the twins of two kinds: how many stand how."""

    kinds: str
    field: str
    counts: Counter[State]


@dataclass(frozen=True, slots=True)
class Apart:
    """One field in which two twins do not agree."""

    kinds: str
    field: str
    state: State
    hubspot: Ref
    salesforce: Ref


def drift(session: Session, kind: str = "") -> list[Line]:
    """Every field of the mapping, by kind; `UsageError` for a kind that no mapping has."""
    found: dict[tuple[str, str], Counter[State]] = {}
    for mapping, rule, _, _, state in _walk(session, kind):
        found.setdefault((_named(mapping), rule.key), Counter())[state] += 1
    return [Line(*place, counts) for place, counts in found.items()]


def apart(session: Session, kind: str = "") -> Iterator[Apart]:
    """Every field of a twin that does not agree, in the order of HubSpot's refs."""
    for mapping, rule, here, there, state in _walk(session, kind):
        if state is not State.AGREE:
            yield Apart(_named(mapping), rule.key, state, here.ref, there.ref)


def paired(session: Session) -> dict[str, int]:
    """How many pairs are known, by their kinds."""
    kinds = [("owner", "owner"), *((item.kind, item.kind_on(Side.SALESFORCE)) for item in mappings(session))]
    counts = {pair: sum(1 for _ in session.ledger.pairs(*pair)) for pair in dict.fromkeys(kinds)}
    return {"-".join(pair) if pair[0] != pair[1] else pair[0]: count for pair, count in counts.items()}


def _walk(session: Session, kind: str) -> Iterator[tuple[Fields, FieldRule, Record, Record, State]]:
    chosen = [item for item in mappings(session) if not kind or kind in (item.kind, item.kind_on(Side.SALESFORCE))]
    if not chosen:
        known = sorted({item.kind for item in mappings(session)})
        raise UsageError(f"no fields of {kind!r} are mapped", f"There are {', '.join(known)}")
    mirror, owners = seen(session), owners_of(session)
    for mapping in chosen:
        found = session.ledger.pairs(mapping.kind, mapping.kind_on(Side.SALESFORCE))
        for _, here, there in pages(mirror, found):
            for rule in mapping.fields:
                yield mapping, rule, here, there, _state(rule, here, there, owners)


def _state(rule: FieldRule, here: Record, there: Record, owners: Owners) -> State:
    name = rule.name(Side.SALESFORCE)
    if rule.hubspot not in here.fields or name not in there.fields:
        return State.UNSEEN
    values = here.get(rule.hubspot), there.get(name)
    if agree(rule, *values, owners):
        return State.AGREE
    if empty(values[0]):
        return State.NO_HUBSPOT
    return State.NO_SALESFORCE if empty(values[1]) else State.DIFFER


def _named(mapping: Fields) -> str:
    other = mapping.kind_on(Side.SALESFORCE)
    return mapping.kind if other == mapping.kind else f"{mapping.kind}-{other}"

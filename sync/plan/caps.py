"""What a CRM allows of one record: a merge that would go beyond it is held."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from connectors.base import Limits, Reading
from connectors.changes import Change, Merge
from connectors.records import Record, Ref
from connectors.values import Value
from sync.plan.model import About, Group


def beyond(group: Group, limits: Mapping[str, Limits]) -> str:
    """Why a merge is held: its survivor would be tied to more than the CRM allows; blank where it would not."""
    if not group.impact:
        return ""
    caps = limits[group.refs[0].workspace]
    for item in group.impact:
        if item.about is About.TIES and isinstance(item.after, Decimal) and 0 < caps.ties < item.after:
            return _ties(group.refs[0], item.name, int(item.after), caps)
    return ""


def behind(parties: Sequence[Record], calls: int, caps: Limits) -> str:
    """Why a native merge of these in so many calls is held: more ids would stand behind one record than the CRM keeps.

    A merge that renames its survivor leaves the id that the survivor had behind it too, each time.
    """
    renamed = calls if caps.merge_renames else 0
    count = sum(_several(record.get("absorbed")) for record in parties) + len(parties) - 1 + renamed
    if not 0 < caps.merges < count:
        return ""
    name = parties[0].ref.crm
    ids = f"{name} keeps at most {caps.merges} merged ids behind a record, the survivor would have {count}"
    return f"{ids}: a person leaves these apart, or makes a new record of it"


def crowded(change: Change, live: Mapping[Ref, Reading], limits: Mapping[str, Limits]) -> Iterator[str]:
    """The caps that a merge would go beyond as its parties stand now: what grew since the plan was made counts too."""
    if not isinstance(change, Merge) or not isinstance(change.survivor, Ref):
        return
    caps = limits[change.survivor.workspace]
    readings = [live.get(ref) for ref in (change.survivor, *change.merged)]
    parties = [reading for reading in readings if isinstance(reading, Record)]
    if parties and (held := behind(parties, 1, caps)):
        yield held
    tied = Counter(to.kind for to in {link.to for record in parties for link in record.links})
    for kind, count in sorted(tied.items()):
        if 0 < caps.ties < count:
            yield _ties(change.survivor, kind, count, caps)


def _ties(ref: Ref, kind: str, count: int, caps: Limits) -> str:
    most = f"{ref.crm} ties a {ref.kind} to at most {caps.ties} {kind} records"
    return f"{most}, the survivor would have {count}: a person unties some of them first"


def _several(ids: Value) -> int:
    return len(ids if isinstance(ids, tuple) else [part for part in str(ids or "").split(";") if part.strip()])

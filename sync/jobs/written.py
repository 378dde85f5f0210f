"""What twins agreed on by a verified write, told from the journal: a run that died had no time to remember it."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from connectors.changes import Set, Settle
from connectors.records import Record, Ref
from connectors.values import Value, load_fields
from hygiene.sync.convert import Owners, agree
from hygiene.sync.mapping import Mapping as Fields
from hygiene.sync.mapping import Side
from hygiene.view import Twin
from sync.database import millis
from sync.forms import load_change
from sync.jobs.twins import mappings, owners_of, pages
from sync.ledger.agreed import Agreement, keep
from sync.ledger.journal import Entry, Journal, State
from sync.session import Session

Written = Mapping[Ref, Mapping[str, tuple[Value, datetime]]]
"""By record, each field that was written and read back: what it showed, and when."""


def agree_unfinished(session: Session) -> int:
    """Remember what runs that never ended wrote; how much of it is new.

    A pull does so before it looks at the CRMs: until then the mirror holds the side that the values were taken from
    as it was, and what a person changes afterwards is a change against that.
    """
    return sum(agree_written(session, run.id) for run in session.ledger.runs() if run.status != "done")


def agree_written(session: Session, run: str) -> int:
    """Remember the fields that a run wrote to one side and read back, where the other side says the same in the
    mirror and nothing newer is agreed on."""
    wrote = written(session.journal, run)
    if not wrote:
        return 0
    owners, mirror = owners_of(session), session.mirror()
    count = 0
    for mapping in mappings(session):
        twins = session.ledger.paired(mapping.kind, mapping.kind_on(Side.SALESFORCE))
        met = (twin for twin in twins if twin.hubspot in wrote or twin.salesforce in wrote)
        found = (item for pair in pages(mirror, met) for item in _agreements(mapping, pair, wrote, owners))
        count += keep(session.ledger_store, found, millis(session.now()))
    return count


def written(journal: Journal, run: str) -> Written:
    """The fields of records that a run wrote and proved, the last word of each."""
    found: dict[Ref, dict[str, tuple[Value, datetime]]] = {}
    for intent, end in _ends(journal.entries(run)):
        change, shown = intent.values.get("change"), end.values.get("shown")
        if not isinstance(change, Mapping) or not isinstance(shown, Mapping) or end.at is None:
            continue  # the values were erased
        made, values = load_change(change), shown.get(end.ref)
        if isinstance(made, Set | Settle) and isinstance(values, Mapping):
            fields = load_fields(values)
            cells = {name: (fields[name], end.at) for name in made.after if name in fields}
            found.setdefault(Ref.parse(end.ref), {}).update(cells)
    return found


def _ends(entries: Iterator[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Each change that was verified: as it was meant, and as it was proved."""
    meant: dict[str, Entry] = {}
    for entry in entries:
        if entry.state is State.INTENT:
            meant[entry.key] = entry
        elif entry.state is State.VERIFIED and entry.key in meant:
            yield meant[entry.key], entry


def _agreements(
    mapping: Fields, pair: tuple[Twin, Record, Record], wrote: Written, owners: Owners
) -> Iterator[Agreement]:
    twin, here, there = pair
    for rule in mapping.fields:
        cells = [
            wrote.get(record.ref, {}).get(rule.name(side)) for side, record in zip(Side, (here, there), strict=True)
        ]
        told = [cell for cell in cells if cell is not None]
        held = twin.agreed.get(rule.key)
        if not told or (held is not None and held.at > max(at for _, at in told)):
            continue
        hubspot = cells[0][0] if cells[0] else here.get(rule.hubspot)
        salesforce = cells[1][0] if cells[1] else there.get(rule.name(Side.SALESFORCE))
        if agree(rule, hubspot, salesforce, owners):
            yield Agreement(twin.hubspot, twin.salesforce, rule.key, hubspot, salesforce)

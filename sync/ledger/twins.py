"""Which record of one CRM is which record of the other, by the ids that already stand in the records."""

from collections.abc import Iterator

from connectors.records import Ref
from hygiene.view import View
from sync.ledger.store import Ledger

KINDS = (("company", "company"), ("contact", "contact"), ("contact", "lead"), ("deal", "deal"))


def link_twins(view: View, ledger: Ledger) -> int:
    """Remember every pair that a record names by the other's id; how many are new."""
    return ledger.keep_twins(_named(view), how="id in the record")


def _named(view: View) -> Iterator[tuple[Ref, Ref]]:
    for left, right in KINDS:
        there = {_short(ref.id): ref for ref in _refs(view, right)} if left != right else {}
        both = {**{_short(ref.id): ref for ref in _refs(view, left)}, **there}
        columns = view.columns(left, ("twin",))
        for row, twin in enumerate(columns.data["twin"]):
            ref = columns.ref(row)
            other = both.get(_short(twin)) if twin else None
            if other is not None and other.crm != ref.crm:
                yield ref, other


def _refs(view: View, kind: str) -> Iterator[Ref]:
    columns = view.columns(kind, ())
    return (columns.ref(row) for row in range(len(columns)))


def _short(id_: str) -> str:
    """Salesforce ids are 15 characters with or without 3 of checksum; HubSpot's are shorter numbers."""
    return id_[:15] if len(id_) == 18 else id_

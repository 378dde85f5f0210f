"""Which record of one CRM is which record of the other, by the ids that already stand in the records."""

from collections.abc import Iterator
from itertools import islice

from connectors.records import Ref
from connectors.salesforce.ids import id18, is_id
from sync.ledger.store import Ledger
from sync.mirror.store import Mirror

KINDS = (("company", "company"), ("contact", "contact"), ("contact", "lead"), ("deal", "deal"))
PAGE = 500


def link_twins(mirror: Mirror, ledger: Ledger) -> int:
    """Remember every pair that a record names by the other's id; how many are new."""
    return ledger.keep_twins(_named(mirror), how="id in the record")


def _named(mirror: Mirror) -> Iterator[tuple[Ref, Ref]]:
    places = list(mirror.counts())
    if len({_crm(place) for place in places}) < 2:
        return
    for left, right in KINDS:
        naming = mirror.naming(left, "twin")
        while page := list(islice(naming, PAGE)):
            wanted = {
                ref: [Ref(place, right, _whole(text)) for place in places if _crm(place) != ref.crm]
                for ref, text in page
            }
            there = mirror.present(other for others in wanted.values() for other in others)
            yield from ((ref, other) for ref, others in wanted.items() for other in others if other in there)


def _crm(workspace: str) -> str:
    return workspace.partition(":")[0]


def _whole(text: str) -> str:
    """Salesforce ids are named by 15 characters or by 18 with a checksum; the mirror holds the 18."""
    return id18(text) if is_id(text) else text

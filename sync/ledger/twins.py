"""Which record of one CRM is which record of the other, by the ids that already stand in the records."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from connectors.records import Record, Ref
from connectors.salesforce.ids import id18, is_id
from sync.database import millis
from sync.ledger.agreed import SIDES, move
from sync.ledger.store import Ledger
from sync.mirror.store import Mirror

KINDS = (("company", "company"), ("contact", "contact"), ("contact", "lead"), ("deal", "deal"))
PAGE = 500


def link_twins(mirror: Mirror, ledger: Ledger) -> int:
    """Remember every pair that a record names by the other's id, and the users that share an address; how many are
    new. What merges made of records that had twins has these from now on."""
    count = ledger.keep_twins(_named(mirror), how="id in the record") + link_owners(mirror, ledger)
    follow(ledger)
    return count


def link_owners(mirror: Mirror, ledger: Ledger) -> int:
    """Remember the users of two CRMs who have one e-mail address, where nobody else of theirs has it."""
    people = [(record, record.text("email").casefold()) for record in mirror.records("owner", "email")]
    held = Counter((record.ref.workspace, mail) for record, mail in people)
    sides = [[(record, mail) for record, mail in people if _only(record, mail, side, held)] for side in SIDES]
    there = {mail: record.ref for record, mail in sides[1]}
    pairs = [(record.ref, there[mail]) for record, mail in sides[0] if mail in there]
    return ledger.keep_twins(pairs, how="one address")


def follow(ledger: Ledger) -> int:
    """Move the twins of records that were merged away to what they became; how many moved."""
    moved = list(ledger.moved_twins())
    for old, new in moved:
        move(ledger.engine, old, new, millis(ledger.now()))
    return len(moved)


def _only(record: Record, mail: str, side: str, held: Counter[tuple[str, str]]) -> bool:
    return record.ref.crm == side and bool(mail) and held[record.ref.workspace, mail] == 1


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

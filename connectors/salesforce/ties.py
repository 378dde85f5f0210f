"""Links that the other record holds, and the contact roles of deals."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from connectors.records import Link, Ref
from connectors.salesforce import soql
from connectors.salesforce.fields import ROLE, object_of
from connectors.salesforce.pages import rows
from connectors.salesforce.rows import identifier
from connectors.salesforce.schema import Schema
from connectors.transport import Transport

Found = defaultdict[str, list[Link]]


class Ties:
    """Finds the links of records beyond the lookups in their own rows."""

    def __init__(self, transport: Transport, schema: Schema, workspace: str) -> None:
        self.transport = transport
        self.schema = schema
        self.workspace = workspace

    def toward(self, kind: str, ids: Sequence[str], kinds: Collection[str]) -> Found:
        """By id, the links that records of these kinds hold to it; one query a kind for each 400 ids."""
        found: Found = defaultdict(list)
        for other in kinds:
            for id_, link in self._of(kind, other, ids):
                found[id_].append(link)
        return found

    def _of(self, kind: str, other: str, ids: Sequence[str]) -> Iterator[tuple[str, Link]]:
        if {kind, other} == {"deal", "contact"}:
            return self.roles(kind, ids)
        lookups = self.schema.of(other).holding(kind)
        return self._held(other, lookups, ids) if lookups else iter(())

    def roles(self, kind: str, ids: Sequence[str]) -> Iterator[tuple[str, Link]]:
        """The contact roles of deals, or the deals of contacts, each with its id; the label is the role."""
        mine, its = ("OpportunityId", "ContactId") if kind == "deal" else ("ContactId", "OpportunityId")
        other = "contact" if kind == "deal" else "deal"
        for part in soql.chunks(ids):
            text = soql.select(("Id", mine, its, "Role"), ROLE, soql.among(mine, part))
            for row in rows(self.transport, text):
                to = Ref(self.workspace, other, identifier(row, its))
                yield identifier(row, mine), Link(to, row.get("Role") or "", "both")

    def _held(self, other: str, lookups: Sequence[str], ids: Sequence[str]) -> Iterator[tuple[str, Link]]:
        wanted = set(ids)
        for part in soql.chunks(ids, soql.IDS_PER_QUERY // len(lookups)):
            where = " OR ".join(soql.among(name, part) for name in lookups)
            for row in rows(self.transport, soql.select(("Id", *lookups), object_of(other), where)):
                link_from = Ref(self.workspace, other, identifier(row, "Id"))
                for name in lookups:
                    if row.get(name) in wanted:
                        yield row[name], Link(link_from, name, "in")

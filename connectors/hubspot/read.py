"""The reading half of the HubSpot connector."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from connectors.base import Gone, Identity, Limits, Page, Reading
from connectors.errors import UsageError
from connectors.hubspot import owners, pull
from connectors.hubspot.fields import NATIVE, native
from connectors.hubspot.portal import Portal, Row, chunks
from connectors.hubspot.rows import READ_ROWS, identifier, live, past, record
from connectors.hubspot.ties import READ_TIES, Ties, ties
from connectors.hubspot.version import OBJECTS, PIPELINES
from connectors.records import FieldSpec, ObjectSpec, Past, Pipeline, Record, Ref, Stage

Extra = Mapping[str, Sequence[str]]
NO_EXTRA: Extra = MappingProxyType({})
KINDS = ("owner", "company", "contact", "lead", "deal", "task")
LIMITS = Limits(
    MappingProxyType(
        {
            **{"set": 100, "settle": 100, "create": 100, "archive": 100, "merge": 1, "link": 100, "unlink": 100},
            **{"restore": 100, "read": READ_ROWS, "read_links": READ_TIES, "read_gone": 1, "find": READ_ROWS},
        }
    ),
    merge_renames=True,
    sign_in=1,
    merges=250,
    ties=50_000,
)
"""Rows a call carries. `link` and `unlink` hold for rows that point at one kind; a `restore` costs no call at all.
250 identities to a profile: HubSpot's page on errors (HTTP 414); 50,000 ties to a kind: its association limits."""


class Reader:
    """Satisfies `connectors.base.Connector`; its transport refuses every call that would change something.

    A read of n refs with ties to k kinds costs ceil(n/100) + k*ceil(n/1000) calls, and one more each for an id that
    no longer stands. Identity and the properties of a kind are asked for once, on first need.
    """

    def __init__(self, portal: Portal, kinds: Sequence[str] = KINDS, extra: Extra = NO_EXTRA) -> None:
        self.portal = portal
        self._kinds = tuple(kinds)
        self._extra = extra

    @property
    def calls(self) -> int:
        """How many API calls were sent so far."""
        return self.portal.transport.calls

    @property
    def calls_left(self) -> int | None:
        """What the answers' headers last said of the day's budget; None for an OAuth app, which has none."""
        return self.portal.transport.pace.daily_left

    @property
    def limits(self) -> Limits:
        """What one call carries."""
        return LIMITS

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that are pulled, owners first."""
        return self._kinds

    def identity(self) -> Identity:
        """Which account the token opens."""
        return self.portal.identity()

    def describe(self, kind: str) -> ObjectSpec:
        """Every property of the kind that the token sees."""
        if kind == owners.KIND:
            return owners.SPEC
        return self.portal.spec(kind).bringing({item.native for item in self._pulled(kind)})

    def pipelines(self, kind: str) -> tuple[Pipeline, ...]:
        """The pipelines of a kind in the order that HubSpot shows them; none for owners and tasks."""
        if kind in (owners.KIND, "task"):
            return ()
        rows = self.portal.get(f"{PIPELINES}/{self.portal.type(kind)}", (), "results")["results"]
        return tuple(self._pipeline(kind, row) for row in _ordered(rows))

    def pull(self, kind: str, since: datetime | None = None) -> Iterator[Page]:
        """Every live record with its ties (and a deal's past), or what changed at or after `since`.

        `since` is compared with an index that lags by seconds to minutes: the caller asks from a little before.
        """
        if kind == owners.KIND:
            return owners.pull(self.portal)
        fields = self._pulled(kind)
        if since is None:
            return pull.full(self.portal, kind, fields)
        return pull.changed(self.portal, kind, since, fields)

    def read(self, refs: Sequence[Ref], fields: Collection[str], links: Collection[str] = ()) -> dict[Ref, Reading]:
        """The live state by id from the record store. A field that the token does not see stays unknown."""
        kind = self._one_kind(refs)
        if not refs:
            return {}
        if kind == owners.KIND:
            return owners.read(self.portal, refs)
        wanted = self._named(kind, fields)
        rows = live(self.portal, kind, [ref.id for ref in refs], [item.native for item in wanted])
        return self._readings(kind, rows, wanted, links)

    def past(self, refs: Sequence[Ref]) -> tuple[Past, ...]:
        """What the tracked fields once held: a call for 50 records."""
        kind = self._one_kind(refs)
        return tuple(past(self.portal, kind, [ref.id for ref in refs])) if refs else ()

    def find(self, kind: str, key_field: str, keys: Sequence[str]) -> dict[str, Ref]:
        """The records that bear these keys in a unique property, by key; keys that nobody bears are left out."""
        name, found = native(kind, key_field), dict[str, Ref]()
        for chunk in chunks(dict.fromkeys(keys), READ_ROWS):
            body = {"idProperty": name, "inputs": [{"id": key} for key in chunk], "properties": [name]}
            rows = self.portal.post(f"{OBJECTS}/{self.portal.type(kind)}/batch/read", body)["results"]
            found.update({str(row["properties"].get(name)): self.portal.ref(kind, identifier(row)) for row in rows})
        return {key: found[key] for key in keys if key in found}

    def _readings(
        self, kind: str, rows: Mapping[str, Row | Gone], wanted: Sequence[FieldSpec], links: Collection[str]
    ) -> dict[Ref, Reading]:
        standing = {key: row for key, row in rows.items() if not isinstance(row, Gone)}
        tied: list[Ties] = [ties(self.portal, kind, list(standing), to) for to in sorted(links) if standing]
        readings: dict[Ref, Reading] = {row.ref: row for row in rows.values() if isinstance(row, Gone)}
        for key, row in standing.items():
            seen: Record = record(self.portal, kind, row, wanted, [link for found in tied for link in found[key]])
            readings[seen.ref] = seen
        return readings

    def _one_kind(self, refs: Sequence[Ref]) -> str:
        workspace = self.identity().workspace if refs else ""
        if any(ref.workspace != workspace or ref.kind != refs[0].kind for ref in refs):
            raise UsageError(f"a read is of records of one kind in {workspace}")
        return refs[0].kind if refs else ""

    def _pulled(self, kind: str) -> list[FieldSpec]:
        """The mapped fields and the configured ones, as far as the token sees them."""
        return self._named(kind, (*NATIVE.get(kind, {}), *self._extra.get(kind, ())))

    def _named(self, kind: str, names: Collection[str]) -> list[FieldSpec]:
        spec = self.portal.spec(kind)
        return [found for name in dict.fromkeys(names) if (found := spec.field(name)) is not None]

    def _pipeline(self, kind: str, row: Row) -> Pipeline:
        stages = tuple(_stage(item) for item in _ordered(row.get("stages") or ()))
        return Pipeline(self.identity().workspace, kind, identifier(row), str(row.get("label", "")), stages)


def _ordered(rows: Sequence[Row]) -> list[Row]:
    return sorted((row for row in rows if not row.get("archived")), key=lambda row: row.get("displayOrder") or 0)


def _stage(row: Row) -> Stage:
    """Deals say `isClosed` and a probability, as texts; tickets and leads say a state."""
    facts = row.get("metadata") or {}
    stated = facts.get("probability")
    chance = float(stated) if stated not in (None, "") else None
    closed = str(facts.get("isClosed", "")).lower() == "true" or facts.get("ticketState") == "CLOSED"
    return Stage(identifier(row), str(row.get("label", "")), closed, closed and chance == 1.0, chance)

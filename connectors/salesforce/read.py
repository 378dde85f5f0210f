"""The reading half of Salesforce: pull by SOQL, read by id; it has no way to write."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from connectors.base import Gone, Identity, Limits, Page, Reading
from connectors.changes import Way
from connectors.errors import Garbled, Rejected, UsageError
from connectors.pace import Pace
from connectors.records import ObjectSpec, Past, Pipeline, Record, Ref
from connectors.salesforce import body, bulk, guarded, history, paths, soql
from connectors.salesforce.fields import native, object_of
from connectors.salesforce.ids import id18, is_id
from connectors.salesforce.pages import Row, query, rows
from connectors.salesforce.paths import API_VERSION
from connectors.salesforce.rows import Builder, identifier, stamp
from connectors.salesforce.schema import Described, Schema
from connectors.salesforce.ties import Ties
from connectors.transport import Answer, Call, Transport

RETRIEVE = 2000
LOST_PLACE = "INVALID_QUERY_LOCATOR"
DEVELOPER = "Developer Edition"
ORGANIZATION = ("Id", "Name", "IsSandbox", "OrganizationType", "TrialExpirationDate")

Extra = Mapping[str, Collection[str]]

FREE_TIES = frozenset(
    {("contact", "company"), ("deal", "company"), *(("lead", kind) for kind in ("company", "contact", "deal"))}
    | {("task", kind) for kind in ("company", "contact", "deal", "lead")}
)
"""Where the record itself holds the lookup and the other kind none to it."""


class Reader:
    """Reads one org; `extra` names further fields to pull, by kind."""

    limits = Limits(
        {
            **dict.fromkeys(("set", "settle", "archive", "restore"), 200),
            **dict.fromkeys(("link", "unlink"), guarded.MAX),
            **{
                "create": 25,
                "merge": 10,
                "read": RETRIEVE,
                "read_links": soql.IDS_PER_QUERY,
                "read_gone": soql.IDS_PER_QUERY,
            },
        },
        merge_parties=3,
        merge_carries=True,
        free_ties=FREE_TIES,
        ways={Way.GUARDED: guarded.MAX, Way.BULK: 200, Way.JOB: bulk.MAX},
        job_calls=bulk.CALLS,
    )

    def __init__(self, transport: Transport, pace: Pace, kinds: tuple[str, ...], extra: Extra) -> None:
        self.transport = transport
        self.pace = pace
        self.kinds = kinds
        self.extra = extra
        self.schema = Schema(transport)
        self._identity: Identity | None = None

    @property
    def calls(self) -> int:
        """The API calls sent so far."""
        return self.transport.calls

    @property
    def calls_left(self) -> int | None:
        """The org's API calls left in the last 24 hours; all its tools share them, and the count lags."""
        return self.pace.daily_left

    def identity(self) -> Identity:
        """The org behind the credential, asked for once; sandboxes and Developer Editions are not production."""
        if self._identity is None:
            found = list(rows(self.transport, soql.select(ORGANIZATION, "Organization")))
            if len(found) != 1:
                raise Garbled("the credential does not open exactly one organization")
            self._identity = _identity(found[0])
        return self._identity

    def describe(self, kind: str) -> ObjectSpec:
        """The fields of a kind as this credential sees them."""
        shape = self.schema.of(kind)
        return shape.spec.bringing(self._pulled(shape))

    def pipelines(self, kind: str) -> tuple[Pipeline, ...]:
        """The one pipeline that deals move through; other kinds have none."""
        return (history.pipeline(self.transport, self._workspace),) if kind == "deal" else ()

    def pull(self, kind: str, since: datetime | None = None) -> Iterator[Page]:
        """Every live record once, or what changed at or after `since` by SystemModstamp, deleted ones among it."""
        if since is not None and since.tzinfo is None:
            raise UsageError("a pull of changes needs a moment with its time zone")
        shape = self.schema.of(kind)
        return self._sweep(shape) if since is None else self._changes(shape, since)

    def read(self, refs: Sequence[Ref], fields: Collection[str], links: Collection[str] = ()) -> dict[Ref, Reading]:
        """The live state by id: one call for 2,000 records, one more for what is missing, one a kind of links."""
        if not refs:
            return {}
        kind = refs[0].kind
        if any((ref.workspace, ref.kind) != (self._workspace, kind) for ref in refs):
            raise UsageError(f"not all of these records are of kind {kind!r} in {self._workspace}")
        shape = self.schema.of(kind)
        asked = {ref: id18(ref.id) if is_id(ref.id) else "" for ref in refs}
        ids = [id_ for id_ in dict.fromkeys(asked.values()) if id_]
        live = self._live(shape, ids, fields, links)
        if links:
            live = self._tied(kind, live, links)
        gone = self._gone(shape, [id_ for id_ in ids if id_ not in live])
        return {ref: live.get(id_) or gone.get(id_) or Gone(ref) for ref, id_ in asked.items()}

    def past(self, refs: Sequence[Ref]) -> tuple[Past, ...]:
        """What a deal's stage, amount and close date once held; of other kinds no query tells."""
        ids = [id18(ref.id) for ref in refs if ref.kind == "deal" and is_id(ref.id)]
        return history.past(self.transport, self._workspace, ids) if ids else ()

    def find(self, kind: str, key_field: str, keys: Sequence[str]) -> dict[str, Ref]:
        """The live records that bear these keys, by key; letter case counts, though Salesforce's filter ignores it."""
        column, found = native(kind, key_field), dict[str, Ref]()
        for part in soql.chunks(list(dict.fromkeys(keys)), soql.KEYS_PER_QUERY):
            text = soql.select(("Id", column), object_of(kind), soql.among(column, part))
            for row in rows(self.transport, text):
                found[str(row[column])] = Ref(self._workspace, kind, identifier(row, "Id"))
        return {key: found[key] for key in keys if key in found}

    @property
    def _workspace(self) -> str:
        return self.identity().workspace

    def _sweep(self, shape: Described) -> Iterator[Page]:
        """All live records in the order of their ids; a place that the CRM loses is found again by the last id."""
        builder, columns = self._builder(shape)
        seen: set[str] = set()
        expected, last = 0, ""
        while True:
            begun, where = len(seen), f"Id > {soql.quote(last)}" if last else ""
            try:
                for batch in query(self.transport, soql.select(columns, shape.spec.native, where)):
                    expected = begun + batch.total
                    page = self._page(builder, batch.rows, expected)
                    last = _unseen(page, seen) or last
                    yield page
                break
            except Rejected as error:
                if error.code != LOST_PLACE or len(seen) == begun:
                    raise
        if len(seen) != expected:
            raise Garbled(f"the CRM counts {expected} records and listed {len(seen)}")

    def _changes(self, shape: Described, since: datetime) -> Iterator[Page]:
        """What changed, oldest first, so that a place that is lost is found again by its moment."""
        builder, columns = self._builder(shape)
        mark = since
        while True:
            begun = mark
            where = f"SystemModstamp >= {soql.moment(mark)}"
            text = soql.select(columns, shape.spec.native, where, "SystemModstamp, Id")
            try:
                for batch in query(self.transport, text, everything=True):
                    yield self._page(builder, batch.rows, batch.total)
                    mark = max([mark, *(at for row in batch.rows if (at := stamp(row)))])
                return
            except Rejected as error:
                if error.code != LOST_PLACE or mark <= begun:
                    raise

    def _builder(self, shape: Described) -> tuple[Builder, tuple[str, ...]]:
        """What makes the records of a pull, and the columns to ask for."""
        fields = self._pulled(shape)
        columns = tuple(dict.fromkeys((*shape.system(), *fields, *shape.ties)))
        return Builder(self._workspace, shape, fields, shape.ties), columns

    def _pulled(self, shape: Described) -> tuple[str, ...]:
        """The API names of the standard and the configured fields, as far as this credential sees them."""
        wanted = [native(shape.spec.kind, name) for name in self.extra.get(shape.spec.kind, ())]
        return tuple(dict.fromkeys((*shape.standard, *(name for name in wanted if name in shape.types))))

    def _page(self, builder: Builder, found: Sequence[Row], total: int) -> Page:
        """A page of records, for deals with their past and their contact roles."""
        gone = tuple(_tombstone(builder.ref(row), row) for row in found if row.get("IsDeleted"))
        records = tuple(builder.record(row) for row in found if not row.get("IsDeleted"))
        if builder.kind != "deal" or not records:
            return Page(records, gone=gone, total=total)
        ids = [record.ref.id for record in records]
        tied = self._tied("deal", {record.ref.id: record for record in records}, ("contact",))
        past = history.past(self.transport, builder.workspace, ids)
        return Page(tuple(tied.values()), past, gone, total)

    def _live(
        self, shape: Described, ids: Sequence[str], fields: Collection[str], links: Collection[str]
    ) -> dict[str, Record]:
        """The records that stand, by id; what the credential does not see stays out of their fields."""
        kind = shape.spec.kind
        known = [name for item in fields if (name := native(kind, item)) in shape.types]
        ties = [name for name in shape.ties if shape.lookups[name] & set(links)]
        builder = Builder(self._workspace, shape, known, ties)
        columns = list(dict.fromkeys(("Id", "SystemModstamp", *known, *ties)))
        live: dict[str, Record] = {}
        for part in soql.chunks(ids, RETRIEVE):
            data = body.encode({"ids": part, "fields": columns})
            call = Call("POST", paths.retrieve(object_of(kind)), data=data, headers=body.JSON_HEADERS)
            found = self.transport.read(call, _rows_or_null).json()
            live |= {record.ref.id: record for row in found if row for record in (builder.record(row),)}
        strangers = live.keys() - set(ids)
        if strangers:
            raise Garbled("a read by id was answered with records that were not asked for")
        return live

    def _tied(self, kind: str, live: dict[str, Record], links: Collection[str]) -> dict[str, Record]:
        """The same records with the links that stand elsewhere; of their own, those to the kinds asked for."""
        found = Ties(self.transport, self.schema, self._workspace).toward(kind, list(live), links)
        return {id_: replace(record, links=tuple(sorted({*record.links, *found[id_]}))) for id_, record in live.items()}

    def _gone(self, shape: Described, ids: Sequence[str]) -> dict[str, Gone]:
        """What became of records that a read by id did not find: deleted, merged or never there."""
        if "IsDeleted" not in shape.types:
            return {}
        columns = [name for name in shape.system() if name != "SystemModstamp"]
        found: dict[str, Gone] = {}
        for part in soql.chunks(ids):
            for row in rows(self.transport, soql.select(columns, shape.spec.native, soql.among("Id", part)), True):
                ref = Ref(self._workspace, shape.spec.kind, identifier(row, "Id"))
                if not row.get("IsDeleted"):
                    raise Garbled("a record stands that a read by id did not find")
                found[ref.id] = _tombstone(ref, row)
        return found


def _identity(row: Row) -> Identity:
    type_ = _type(bool(row["IsSandbox"]), str(row["OrganizationType"]), bool(row.get("TrialExpirationDate")))
    production = type_ not in ("sandbox", "scratch org", DEVELOPER.lower())
    return Identity(f"salesforce:{identifier(row, 'Id')}", row["Name"], production, API_VERSION, type_)


def _type(sandbox: bool, edition: str, expires: bool) -> str:
    """A scratch org is a sandbox that expires; a trial of any other edition may hold a team's real records."""
    if sandbox:
        return "scratch org" if expires else "sandbox"
    return f"trial of {edition}" if expires and edition != DEVELOPER else edition.lower()


def _unseen(page: Page, seen: set[str]) -> str:
    """Add a page's ids to those seen and return the last; `Garbled` where one comes twice."""
    ids = [record.ref.id for record in page.records]
    if len(set(ids)) != len(ids) or not seen.isdisjoint(ids):
        raise Garbled("the CRM listed a record twice")
    seen.update(ids)
    return ids[-1] if ids else ""


def _tombstone(ref: Ref, row: Row) -> Gone:
    """A merged record names its master; a deleted one does not."""
    merged = row.get("MasterRecordId")
    return Gone(ref, replace(ref, id=identifier(row, "MasterRecordId")) if merged else None)


def _rows_or_null(answer: Answer) -> None:
    """Refuse what is not a list of rows, with null for each record that does not stand."""
    content = answer.json()
    if not isinstance(content, list) or not all(item is None or isinstance(item, Mapping) for item in content):
        raise Garbled("the answer is not a list of records", status=answer.status)

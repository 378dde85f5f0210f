"""The twin ledger kept: pairs by ids, by e-mail and by the matcher, and what their two sides agree on."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from connectors.records import Record, Ref
from hygiene.check import Band, Finding, Severity
from hygiene.match.score import Verdict
from hygiene.match.table import CONTACT, TABLES, Table
from hygiene.match.twins import Shape, Twins, twins
from hygiene.sync.convert import Owners, agree
from hygiene.sync.mapping import Mapping as Fields
from hygiene.sync.mapping import Side
from hygiene.view import Columns, Judgement, Twin, columns_of
from sync.database import millis
from sync.ledger.agreed import SIDES, Agreement, keep
from sync.ledger.findings import keep_findings
from sync.ledger.journal import Journal, State
from sync.ledger.twins import link_owners
from sync.mirror.pull import Certificate, certificates
from sync.mirror.store import Mirror
from sync.session import Session

CHECK = "twin"
MATCHED: tuple[tuple[str, str, Table], ...] = (
    ("company", "company", TABLES["company"]),
    ("contact", "contact", TABLES["contact"]),
    ("contact", "lead", CONTACT),
)
"""The kinds whose twins can be told by what they say; a deal is told by the ids that it bears."""
PAGE = 400


@dataclass(frozen=True, slots=True)
class Known:
    """What a search for twins came to: pairs that are new, and what waits for a person's word."""

    paired: int
    waiting: int


def mappings(session: Session) -> tuple[Fields, ...]:
    """The fields that twins share, as the settings have them."""
    return session.settings.config.mappings()


def agree_all(session: Session, touched: Collection[Ref] | None = None) -> int:
    """Remember what twins agree on, of all or of those that these records belong to; how much of it is new.

    The mirror is believed where the newest pull of both kinds is certified. A value that moved on since it was pulled
    is a change against what is remembered here, and found as one by the next pull.
    """
    mirror, sure = session.mirror(), _certified(session)
    owners = owners_of(session)
    count = 0
    for mapping in mappings(session):
        found = session.ledger.pairs(mapping.kind, mapping.kind_on(Side.SALESFORCE))
        whole = (twin for twin in found if _places(twin) <= sure and (touched is None or _one_of(twin, touched)))
        count += keep(session.ledger_store, _agreements(mirror, mapping, whole, owners), millis(session.now()))
    return count


def agree_pulled(session: Session, pulled: Collection[Certificate], whole: bool) -> int:
    """The same after a pull, of what it changed; of all where that is asked for or a sweep was made."""
    if whole or any(item.mode == "full" for item in pulled):
        return agree_all(session)
    mirror = session.mirror()
    changed = {ref for item in pulled if item.changed for ref in mirror.changed(item.kind, item.started_at)}
    return agree_all(session, changed) if changed else 0


def verified(journal: Journal, run: str) -> frozenset[Ref]:
    """The records that a run wrote to and read back as it wrote them: their values are agreed on from then on, even
    where a person changes one side right after."""
    return frozenset(
        Ref.parse(entry.ref) for entry in journal.entries(run) if entry.state is State.VERIFIED and entry.ref
    )


def owners_of(session: Session) -> Owners:
    """The users of both CRMs who are one person."""
    return Owners.of({twin.hubspot: twin.salesforce for twin in session.ledger.pairs("owner", "owner")})


def pages(mirror: Mirror, found: Iterator[Twin]) -> Iterator[tuple[Twin, Record, Record]]:
    """The twins of which both live, with their records, read a page at a time."""
    while page := list(islice(found, PAGE)):
        refs = dict.fromkeys(ref for twin in page for ref in (twin.hubspot, twin.salesforce))
        live = {record.ref: record for record in mirror.some(refs)}
        for twin in page:
            if twin.hubspot in live and twin.salesforce in live:
                yield twin, live[twin.hubspot], live[twin.salesforce]


def search(session: Session) -> Known:
    """Match what ids do not tell: sure pairs are kept, unsure ones and those that are not one to one become findings
    that `review` lists. A pair that a person accepted is kept, one that was rejected never comes again."""
    mirror, ledger = session.mirror(), session.ledger
    paired = link_owners(mirror, ledger)
    findings: list[Finding] = []
    for kind, other, table in MATCHED:
        said = {**ledger.judgements(kind), **ledger.judgements(other)}
        accepted = [pair for pair, word in said.items() if word is Judgement.DUPLICATE and _across(pair, kind, other)]
        paired += ledger.keep_twins(accepted, how="a person")
        done = {ref for twin in ledger.pairs(kind, other) for ref in (twin.hubspot, twin.salesforce)}
        for here, there in _sides(mirror, kind, other):
            sides = [_columns(mirror, place, name, table, done) for place, name in ((here, kind), (there, other))]
            sure, unsure = _sorted(sides, twins(sides[0], sides[1], table), said)
            paired += ledger.keep_twins(sure, how="the matcher")
            findings += unsure
    keep_findings(session.ledger_store, {CHECK}, findings, session.now())
    agree_all(session)
    return Known(paired, len(findings))


def _sorted(
    sides: Sequence[Columns], found: Sequence[Twins], said: Mapping[tuple[Ref, Ref], Judgement]
) -> tuple[list[tuple[Ref, Ref]], list[Finding]]:
    sure, unsure = [], []
    for item in found:
        here, there = (
            [side.ref(row) for row in rows] for side, rows in zip(sides, (item.left, item.right), strict=True)
        )
        rejected = any(said.get((a, b)) is Judgement.DISTINCT for a in here for b in there)
        if item.shape is Shape.ONE and item.verdict is Verdict.AUTO and not rejected:
            sure.append((here[0], there[0]))
        elif here and there and not (rejected and item.shape is Shape.ONE):
            unsure.append(_finding(here, there, item))
    return sure, unsure


def _finding(here: Sequence[Ref], there: Sequence[Ref], item: Twins) -> Finding:
    names = [" ".join(ref.id for ref in refs) for refs in (here, there)]
    one = item.shape is Shape.ONE
    return Finding(
        check=CHECK,
        refs=(*here, *there),
        message=f"{here[0].kind} {names[0]} in {here[0].crm} may be {there[0].kind} {names[1]} in {there[0].crm}"
        if one
        else f"{here[0].kind} {names[0]} in {here[0].crm} and {there[0].kind} {names[1]} in {there[0].crm} are one "
        f"thing, {item.shape.value.replace('_', ' ')}: duplicates come first",
        severity=Severity.INFO if one else Severity.WARNING,
        evidence=item.evidence,
        band=Band.REVIEW,
        score=round(item.probability, 4),
        discriminator=item.shape.value,
    )


def _agreements(mirror: Mirror, mapping: Fields, found: Iterator[Twin], owners: Owners) -> Iterator[Agreement]:
    for twin, here, there in pages(mirror, found):
        for rule in mapping.fields:
            name = rule.name(Side.SALESFORCE)
            if rule.hubspot in here.fields and name in there.fields:
                values = here.get(rule.hubspot), there.get(name)
                if agree(rule, *values, owners):
                    yield Agreement(twin.hubspot, twin.salesforce, rule.key, *values)


def _one_of(twin: Twin, refs: Collection[Ref]) -> bool:
    return twin.hubspot in refs or twin.salesforce in refs


def _certified(session: Session) -> frozenset[tuple[str, str]]:
    return frozenset(place for place, item in certificates(session.mirror_store).items() if not item.doubts)


def _places(twin: Twin) -> frozenset[tuple[str, str]]:
    return frozenset((ref.workspace, ref.kind) for ref in (twin.hubspot, twin.salesforce))


def _across(pair: tuple[Ref, Ref], kind: str, other: str) -> bool:
    return tuple(ref.crm for ref in pair) == SIDES and tuple(ref.kind for ref in pair) == (kind, other)


def _sides(mirror: Mirror, kind: str, other: str) -> Iterator[tuple[str, str]]:
    counts = mirror.counts()
    for here, kinds in counts.items():
        for there, others in counts.items():
            if (here.partition(":")[0], there.partition(":")[0]) == SIDES and kinds.get(kind) and others.get(other):
                yield here, there


def _columns(mirror: Mirror, place: str, kind: str, table: Table, done: Collection[Ref]) -> Columns:
    """One kind of one account, without the records whose twin is known."""
    names = sorted({name for fields in table.fields.values() for name in fields})
    loose = partial(_loose, place=place, done=done)
    return columns_of(kind, filter(loose, mirror.records(kind, *names)), names)


def _loose(record: Record, place: str, done: Collection[Ref]) -> bool:
    return record.ref.workspace == place and record.ref not in done

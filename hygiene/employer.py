"""Proposes the company that a person or a lead belongs to where the CRM ties them to none."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from pydantic import Field

from connectors.changes import Change, Connect, Set
from connectors.records import Link, Record, Ref
from connectors.values import Fields, frozen
from hygiene.check import Band, Evidence, Finding, SetCheck, Severity
from hygiene.match.across import EMPLOYER, Across, Match, across
from hygiene.match.compare import comparator
from hygiene.match.score import Verdict
from hygiene.match.survive import refused
from hygiene.sight import untied
from hygiene.view import Columns, Judgement, View, columns_of

STATE = ("converted", "merged_into")
THROUGH = Evidence("contact", "its contact belongs to that company and to no other")


@dataclass(frozen=True, slots=True)
class Loose:
    """The records without a company, what their contacts told of it, and how ties look in each workspace."""

    records: tuple[Record, ...]
    told: Mapping[Ref, Ref]
    ties: Mapping[str, Link]


class Unlinked(SetCheck):
    """What both kinds have in common."""

    kind: ClassVar[str]

    rules: Across = Field(EMPLOYER, description="Which fields are compared on either side, and what agreement tells.")
    auto: float | None = Field(None, gt=0, lt=1, description="Probability from which no person is asked.")
    default_region: str | None = Field(
        None, pattern=r"^[A-Z]{2}$", description="ISO 3166 country that reads the phones of records without country."
    )
    field: str = Field("", description="A field that holds the company's id, where the CRM ties in no other way.")
    severity: Severity = Severity.WARNING

    def find(self, view: View) -> Iterator[Finding]:
        """One finding for each record whose company is known with some probability, in the order of the records."""
        names = sorted(
            {name for side in (self.rules.left, self.rules.right) for fields in side.values() for name in fields}
        )
        companies = columns_of(
            "company", (item for item in view.records("company", *names, *STATE) if not over(item)), names
        )
        loose = self._loose(view, names)
        people = columns_of(self.kind, (item for item in loose.records if item.ref not in loose.told), names)
        said = {**view.memory.judgements("company"), **view.memory.judgements(self.kind)}
        matches = {
            people.ref(item.left): item for item in across(people, companies, self._rules(), self.default_region or "")
        }
        for record in loose.records:
            if (told := loose.told.get(record.ref)) is not None:
                finding = self._finding(record, told, loose, (THROUGH,))
            elif (item := matches.get(record.ref)) is not None:
                reasons = (*shown(item, people, companies, self.rules), *rival(item, companies))
                found = self._finding(record, companies.ref(item.right), loose, reasons)
                band = Band.AUTO if item.verdict is Verdict.AUTO else Band.REVIEW
                finding = replace(found, band=band, score=round(item.probability, 4))
            else:
                continue
            word = said.get((min(finding.refs), max(finding.refs)))
            if word is not Judgement.DISTINCT:
                yield replace(finding, band=Band.AUTO) if word else finding

    def _rules(self) -> Across:
        table = self.rules.table
        own = {"auto": self.auto, "review": min(self.auto, table.review)} if self.auto else {}
        return self.rules.model_copy(update={"table": table.model_copy(update=own)})

    def _loose(self, view: View, names: list[str]) -> Loose:
        """One scan of the kind, and one of the contacts where records of the kind stand for a contact."""
        loose: list[Record] = []
        ties: dict[str, Link] = {}
        through: dict[Ref, Ref] = {}
        for record in view.records(self.kind, *names, *STATE, *filter(None, [self.field])):
            for link in record.links:
                ties[record.ref.workspace] = min(ties.get(record.ref.workspace, link), link, key=_plainness)
            if over(record) or view.linked(record.ref, "company") or record.text(self.field):
                continue
            if untied(view, record.ref):
                continue
            loose.append(record)
            if len(contacts := view.linked(record.ref, "contact")) == 1:
                through[record.ref] = contacts[0]
        lent, told = _lent(view, names, through) if through else ({}, {})
        filled = tuple(replace(item, fields=frozen({**lent.get(item.ref, {}), **_says(item)})) for item in loose)
        return Loose(filled, told, ties)

    def _finding(self, record: Record, company: Ref, loose: Loose, evidence: tuple[Evidence, ...]) -> Finding:
        return Finding(
            check=self.label,
            refs=(record.ref, company),
            message=f"{self.kind} {record.ref.id} belongs to company {company.id} and is not tied to it",
            severity=self.severity,
            evidence=evidence,
            changes=tuple(self._changes(record, company, loose.ties.get(record.ref.workspace))),
        )

    def _changes(self, record: Record, company: Ref, tie: Link | None) -> Iterator[Change]:
        """A tie as the workspace's others are; none where no tie of its records could hold a company."""
        if self.field:
            yield Set(record.ref, frozen({self.field: company.id}), frozen({self.field: record.get(self.field)}))
        elif tie and tie.to.kind == "company":
            yield Connect(record.ref, Link(company, tie.label, tie.direction))
        elif tie and tie.direction == "both":
            yield Connect(record.ref, Link(company))


def over(record: Record) -> bool:
    """Whether the record stands for nothing of its own any more."""
    return refused(record.get("converted")) or bool(record.text("merged_into"))


def _plainness(link: Link) -> tuple[bool, str, str]:
    """Ties to companies before others, unlabeled ones first."""
    return link.to.kind != "company", link.label, link.direction


def _says(record: Record) -> Fields:
    return frozen({name: value for name, value in record.fields.items() if record.text(name)})


def _lent(view: View, names: list[str], through: Mapping[Ref, Ref]) -> tuple[dict[Ref, Fields], dict[Ref, Ref]]:
    """What the contact behind a record says, and the one company that it is tied to."""
    wanted, lent, told = set(through.values()), dict[Ref, Fields](), dict[Ref, Ref]()
    for contact in view.records("contact", *names):
        if contact.ref in wanted:
            lent[contact.ref] = _says(contact)
            if len(companies := view.linked(contact.ref, "company")) == 1:
                told[contact.ref] = companies[0]
    of = {ref: contact for ref, contact in through.items() if contact in lent}
    return {ref: lent[at] for ref, at in of.items()}, {ref: told[at] for ref, at in of.items() if at in told}


def shown(item: Match, people: Columns, others: Columns, rules: Across) -> Iterator[Evidence]:
    """The reasons, with the values of both sides beside each."""
    for reason in item.evidence:
        values = []
        for side, row, roles in ((people, item.left, rules.left), (others, item.right, rules.right)):
            fields = [name for role in comparator(reason.about).SHOWN for name in roles.get(role, ())]
            values.append(", ".join(filter(None, (str(side.data[name][row]) for name in fields))))
        yield replace(reason, values=tuple(values))


def rival(item: Match, others: Columns) -> Iterator[Evidence]:
    """Which other record keeps a match from being sure."""
    if item.rival is not None:
        yield Evidence("rival", f"{others.kind} {others.ref(item.rival).id} is nearly as likely")

"""What is left of a twin whose other side was archived, deleted or merged away, and records with several twins."""

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.changes import Archive, Merge
from connectors.records import Ref
from hygiene.check import Band, Evidence, Finding, Severity
from hygiene.sync.mapping import Mapping, Side
from hygiene.sync.pairs import Matched
from hygiene.view import Judgement, Twin, View

PERSON = "a person"
"""How a twin is known that somebody accepted: the same word cannot stand for the archiving of what is left of it."""


@dataclass(frozen=True, slots=True)
class Partings:
    """The findings about twins that are no pair."""

    check: str
    mapping: Mapping
    found: Matched
    severity: Severity

    def findings(self, view: View) -> Iterator[Finding]:
        """What is left alone, then what has several twins, each in the order of the refs."""
        said = {**view.memory.judgements(self.mapping.kind), **view.memory.judgements(self.mapping.other)}
        if self.mapping.gone == "review":
            for twin, left in self.found.parted:
                gone = twin.salesforce if left == twin.hubspot else twin.hubspot
                yield self._alone(twin, left, gone, said.get((twin.hubspot, twin.salesforce)))
        for ref, others in self.found.crowded.items():
            same = len({other.workspace for other in others}) == 1
            pairs = [(others[0], other) for other in others[1:]]
            sure = all(said.get(pair) is Judgement.DUPLICATE for pair in pairs)
            yield self._several(ref, others, mend=same and ref.kind == others[0].kind, sure=sure)

    def _alone(self, twin: Twin, left: Ref, gone: Ref, word: Judgement | None) -> Finding:
        accepted = word is Judgement.DUPLICATE and twin.how != PERSON
        return Finding(
            check=self.check,
            refs=(left, gone),
            message=f"{left.kind} {left.id} in {left.crm} is left of two twins: {gone.id} is gone in {gone.crm}",
            severity=self.severity,
            evidence=(Evidence("twin", f"{gone.crm} no longer shows it", 1.0),),
            changes=(Archive(left),),
            band=Band.AUTO if accepted else Band.REVIEW,
            score=0.5,
            discriminator="parted",
        )

    def _several(self, ref: Ref, others: tuple[Ref, ...], mend: bool, sure: bool) -> Finding:
        """One record that stands for several: what was merged on its side is proposed on theirs."""
        side = Side(ref.crm).other
        return Finding(
            check=self.check,
            refs=(*others, ref) if not mend else others,
            message=f"{len(others)} {self.mapping.kind_on(side)} records in {side.value} are twins of {ref.kind} "
            f"{ref.id} in {ref.crm} ({', '.join(other.id for other in others)}): no field of them is synced",
            severity=self.severity,
            evidence=(Evidence("twin", "one record stands for several", 1.0),),
            changes=(Merge(others[0], others[1:]),) if mend else (),
            band=Band.AUTO if sure and mend else Band.REVIEW,
            score=0.5,
            discriminator=f"several/{ref}",
        )

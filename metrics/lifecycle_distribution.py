"""How records spread over lifecycle stages, and at which stage they stay behind."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from pydantic import Field

from connectors.records import Ref
from hygiene.match.survive import LIFECYCLE
from hygiene.sight import unknown
from hygiene.standing import lifecycle
from hygiene.view import View
from metrics.figure import Figure, Measure, Part
from metrics.share import absent

NONE = "(none)"


class LifecycleDistribution(Measure):
    """The share of records at each lifecycle stage, one figure a stage; those in no stage of the list have their own.

    The part `passed on` of a stage is how many have come further, of those that have come so far: the stage with the
    smallest share is the bottleneck, as far as one look can tell (a record that is young has not had its time yet).
    """

    FORMULA = "records at the stage / records"
    KINDS = ("contact", "company")
    PARTS = "passed_on"
    kind: Literal["contact", "company"] = Field("contact", description="contact or company.")
    stages: tuple[str, ...] = Field(LIFECYCLE, description="Lifecycle stages in their order.")

    def figures(self, view: View) -> Iterator[Figure]:
        """One for each account and stage, in the order of the stages."""
        found: dict[str, dict[int, list[Ref]]] = {}
        for record in view.records(self.kind, "lifecycle_stage", "merged_into"):
            if not record.text("merged_into") and not unknown(view, record.ref, "lifecycle_stage"):
                place = lifecycle(record.get("lifecycle_stage"), self.stages)
                found.setdefault(record.ref.workspace, {}).setdefault(place, []).append(record.ref)
        for account, places in sorted(found.items()):
            if "lifecycle_stage" not in view.known(account, self.kind):
                yield self._figure(account, NONE, [], 0, known=False)
                continue
            counts = Counter({place: len(refs) for place, refs in places.items()})
            for place, name in (*enumerate(self.stages), (-1, NONE)):
                figure = self._figure(account, name, places.get(place, []), counts.total())
                yield figure if place < 0 else _passed(figure, counts, place)

    def _figure(self, account: str, about: str, refs: list[Ref], of: int, known: bool = True) -> Figure:
        return Figure(
            measure=self.label,
            account=account,
            unit=self.UNIT,
            count=Decimal(len(refs)),
            of=Decimal(of),
            formula=self.FORMULA,
            version=self.VERSION,
            about=about,
            refs=tuple(refs),
            note="" if known else absent("lifecycle_stage"),
            known=known,
        )


def _passed(figure: Figure, counts: Counter[int], place: int) -> Figure:
    here = sum(count for at, count in counts.items() if at >= place)
    part = Part("passed on", Decimal(here - counts[place]), Decimal(here))
    return replace(figure, parts=(part,))

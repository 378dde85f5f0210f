"""The periodic report: every figure of each account, against its target where the team has set one."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from connectors.errors import UsageError
from hygiene.view import View
from metrics.figure import Figure, Measure, all_measures
from metrics.share import Share
from metrics.slo import Slo, Verdict, judged
from sync.settings import Settings


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the report, with the verdict where there is a target for it."""

    figure: Figure
    verdict: Verdict | None = None

    @property
    def name(self) -> str:
        """The target's id, or the measure's name."""
        return self.verdict.slo.id if self.verdict else self.figure.measure


def audit(settings: Settings, view: View, names: Collection[str] = (), by: str = "") -> Iterator[Line]:
    """The figures with a target first, in the settings' order, then the others by name; all where none is named.

    A name is that of a target, of a measure, or of a measure with its kind (`fill_rate:deal`). `by` breaks shares down
    by a field.
    """
    for slo, measure in chosen(settings, names):
        asked = measure.model_copy(update={"by": by}) if by and isinstance(measure, Share) else measure
        for figure in asked.figures(view):
            yield Line(figure, judged(slo, figure, (), view.as_of) if slo else None)


def chosen(settings: Settings, names: Collection[str] = ()) -> Sequence[tuple[Slo | None, Measure]]:
    """What is asked for, by the team's own rules; `UsageError` for a name that nothing has."""
    ours: list[tuple[Slo | None, Measure]] = [(slo, slo.measure) for slo in settings.slos]
    aimed = {measure.label for _, measure in ours}
    every = [*ours, *((None, measure) for measure in plain() if measure.label not in aimed)]
    known = {name: place for place, item in enumerate(every) for name in _names(*item)}
    if unknown := set(names) - known.keys():
        raise UsageError(f"no such figure: {', '.join(sorted(unknown))}", f"There are {', '.join(sorted(known))}")
    asked = [item for item in every if not names or not _names(*item).isdisjoint(names)]
    return [(slo, measure.ruled(settings.checks)) for slo, measure in asked]


def plain() -> Iterator[Measure]:
    """Every measure with its default options, once for each kind of records that it has."""
    for _, measure in sorted(all_measures().items()):
        if measure.KINDS:
            yield from (measure.model_validate({"kind": kind}) for kind in measure.KINDS)
        else:
            yield measure()


def _names(slo: Slo | None, measure: Measure) -> set[str]:
    return {measure.name(), measure.label, *([slo.id] if slo else [])}

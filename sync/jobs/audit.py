"""The periodic report: every figure of each account, against its target where the team has set one."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from connectors.errors import UsageError
from connectors.records import Ref
from hygiene.view import View
from metrics.figure import Figure, Measure, all_measures
from metrics.share import Share
from metrics.slo import Place, Reading, Slo, Verdict, judged
from sync.settings import Settings

NAMED = "owner.name"
"""What asks for a breakdown by the field `owner` that shows people's names instead of their ids."""
Readings = Callable[[str], Mapping[Place, Sequence[Reading]]]
"""The earlier readings of a target by place."""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the report, with the verdict where there is a target for it."""

    figure: Figure
    verdict: Verdict | None = None

    @property
    def name(self) -> str:
        """The target's id, or the measure's name."""
        return self.verdict.slo.id if self.verdict else self.figure.measure


def never(slo: str) -> Mapping[Place, Sequence[Reading]]:
    """Nobody has looked at the target before."""
    return {}


def audit(
    settings: Settings, view: View, names: Collection[str] = (), by: str = "", readings: Readings = never
) -> list[Line]:
    """The figures with a target first, in the settings' order, then the others by name; all where none is named.

    A name is that of a target, of a measure, or of a measure with its kind (`fill_rate:deal`). `by` breaks shares down
    by a field, or keeps the figures that are broken down so anyway; `UsageError` where that leaves nothing.
    """
    lines: list[Line] = []
    for slo, measure in chosen(settings, names):
        asked = _broken(measure, by.removesuffix(".name") if by == NAMED else by)
        lines += _lines(slo, asked, view, readings) if asked else []
    told = {line.figure.measure for line in lines if not by or any(part.name for part in line.figure.parts)}
    if by and not told:
        raise UsageError(f"nothing to break down by {by!r}", f"Name a field of records, such as owner or {NAMED}")
    return [line for line in lines if line.figure.measure in told]


def people(view: View) -> Mapping[tuple[str, str], str]:
    """The names of owners by account and id."""
    parts = ("first_name", "last_name")
    found = view.records("owner", *parts)
    return {(who.ref.workspace, who.ref.id): " ".join(filter(None, map(who.text, parts))) for who in found}


def slices(lines: Sequence[Line], view: View, by: str) -> Mapping[Ref, str]:
    """The value of the field `by` of each record behind these figures."""
    names = people(view) if by == NAMED else {}
    name, found = by.removesuffix(".name") if by == NAMED else by, dict[Ref, str]()
    for ref in dict.fromkeys(ref for line in lines for ref in line.figure.refs):
        record = view.get(ref)
        value = record.text(name) if record else ""
        found[ref] = names.get((ref.workspace, value), value)
    return found


def _broken(measure: Measure, by: str) -> Measure | None:
    """The measure broken down by a field, or by what some measures always are; None where it cannot be."""
    if by in {"", *(known.PARTS for known in all_measures().values())}:
        return measure if by in ("", measure.PARTS) else None
    return measure.model_copy(update={"by": by}) if isinstance(measure, Share) else None


def _lines(slo: Slo | None, measure: Measure, view: View, readings: Readings) -> Iterator[Line]:
    past = readings(slo.id) if slo else {}
    for figure in measure.figures(view):
        if slo is None:
            yield Line(figure)
        else:
            earlier = [item for item in past.get((slo.id, figure.account, figure.about), ()) if item.at < view.as_of]
            yield Line(figure, judged(slo, figure, earlier, view.as_of))


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

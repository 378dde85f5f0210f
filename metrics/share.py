"""Share: so many records of so many, account by account."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar

from pydantic import Field

from connectors.records import Record, Ref
from hygiene.sight import Partial, untied
from hygiene.view import View
from metrics.figure import Figure, Measure, Part

NOTHING: Mapping[str, str] = MappingProxyType({})
NOWHERE: Mapping[tuple[str, str], str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Case:
    """One record of those that are counted, and whether it counts (None where nobody can tell); `about` puts it into
    a figure of its own."""

    record: Record
    counts: bool | None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """All cases; where nothing can be said and why, by account and `about`; what else is to be known, by account."""

    cases: Iterable[Case]
    hidden: Mapping[tuple[str, str], str] = field(default_factory=lambda: NOWHERE)
    notes: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(slots=True)
class Tally:
    """What was counted so far; of `dim` records only histories tell, and those that are `lost` nobody can judge."""

    count: int = 0
    of: int = 0
    dim: int = 0
    lost: int = 0
    refs: list[Ref] = field(default_factory=list)
    parts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, case: Case, listed: bool, part: str | None) -> None:
        """Count one case; it is among the records behind the figure where `counts` is `listed`."""
        if case.counts is None:
            self.lost += 1
            return
        self.count += case.counts
        self.of += 1
        if case.counts is listed:
            self.refs.append(case.record.ref)
        if part is not None:
            count, of = self.parts.get(part, (0, 0))
            self.parts[part] = count + case.counts, of + 1

    def slices(self) -> tuple[Part, ...]:
        """The parts by name."""
        return tuple(Part(name, Decimal(n), Decimal(of)) for name, (n, of) in sorted(self.parts.items()))


class Share(Measure):
    """A share of records. `LISTED` says which ones are behind it: those that count, or those that do not.

    At a moment when no pull had seen a record, only the CRM's histories tell of it. `HISTORIC` figures need no more;
    any other says of how many records that is so, and where it is most of them, nothing.
    """

    LISTED: ClassVar[bool] = True
    HISTORIC: ClassVar[bool] = False
    by: str = Field("", description="A field by whose values the figure is broken down, such as owner.")

    def counted(self, view: View) -> Counted:
        """Every record that is counted, with the field `by` where one is named."""
        raise TypeError(f"{type(self).__name__} does not say what it counts")

    def figures(self, view: View) -> Iterator[Figure]:
        """One figure for each account, and for each `about` in it."""
        found, dim = self.counted(view), isinstance(view, Partial) and not self.HISTORIC
        tallies: dict[tuple[str, str], Tally] = {}
        for case in found.cases:
            tally = tallies.setdefault((case.record.ref.workspace, case.about), Tally())
            tally.add(case, self.LISTED, case.record.text(self.by) if self.by else None)
            tally.dim += dim and (case.counts is None or untied(view, case.record.ref))
        for place in sorted(tallies.keys() | found.hidden.keys()):
            tally = tallies.get(place, Tally())
            every = tally.of + tally.lost
            told = f"{tally.dim} of {every} records are known from histories alone" if tally.dim else ""
            why = found.hidden.get(place, "") or (told if tally.dim * 2 > every else "")
            yield Figure(
                measure=self.label,
                account=place[0],
                unit=self.UNIT,
                count=Decimal(tally.count),
                of=Decimal(tally.of),
                formula=self.FORMULA,
                version=self.VERSION,
                about=place[1],
                refs=() if why else tuple(sorted(set(tally.refs))),
                parts=() if why else tally.slices(),
                note=why or "; ".join(filter(None, (told, found.notes.get(place[0], "")))),
                known=not why,
            )

    def fields(self, *names: str) -> tuple[str, ...]:
        """These fields, and the one that the figure is broken down by."""
        return (*names, self.by) if self.by else names


def hidden(view: View, kind: str, names: Iterable[str], accounts: Iterable[str]) -> dict[tuple[str, str], str]:
    """The accounts whose credential sees none of some fields of a kind, as `Counted` has them."""
    wanted = tuple(names)
    dark = [account for account in accounts if view.known(account, kind).isdisjoint(wanted)]
    return {(account, ""): absent(*wanted) for account in dark}


def absent(*names: str) -> str:
    """Why nothing is known of fields: a CRM without them and a credential that may not see them look the same."""
    return f"no {' or '.join(names)} there, or not visible"


def accounts_of(view: View, kind: str) -> tuple[str, ...]:
    """The accounts that have records of a kind."""
    return tuple(dict.fromkeys(record.ref.workspace for record in view.records(kind, "merged_into")))

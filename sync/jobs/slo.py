"""Looks at the team's targets, keeps what was found, and tells people of what changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from connectors.errors import UsageError
from hygiene.view import View
from metrics.figure import Unit
from metrics.slo import Change, Place, Reading, Slo, State, Verdict, changes, judged, place_of
from sync.ledger.slo import Readings
from sync.notify import Message, send
from sync.session import Session
from sync.wording import amount, worded


@dataclass(frozen=True, slots=True)
class Looked:
    """The verdicts, what changed since people were told last, and the channels that could not be told."""

    verdicts: tuple[Verdict, ...]
    changes: tuple[Change, ...] = ()
    untold: tuple[str, ...] = ()


def look(session: Session, view: View, names: Collection[str] = (), due: bool = False) -> Looked:
    """Look at the targets of these ids, all where none is named; `due` leaves out those of this period that are done.

    The readings are kept, and people are told where the state is another one than they know. Where no channel took it
    although one is set, it is told at the next look; without any channel, whoever called has seen it.
    """
    readings = Readings(session.ledger_store, session.now)
    verdicts = []
    for slo in _chosen(session, names):
        past = readings.past(slo.id)
        if not (due and any(slo.period(session.now()) == item.period for found in past.values() for item in found)):
            verdicts += _judged(session, view, slo, past)
    changed = changes(verdicts, readings.told())
    taken, untold = send(message_of(changed), session.settings.env) if changed else (0, [])
    told = frozenset(place_of(item.verdict) for item in changed if taken or not untold)
    readings.keep(verdicts, told)
    return Looked(tuple(verdicts), changed, tuple(untold))


def past(session: Session, name: str) -> tuple[Unit, Sequence[tuple[Place, Reading]]]:
    """Every reading of a target, the newest first in each account, and what its values are."""
    (slo,) = _chosen(session, [name])
    found = Readings(session.ledger_store, session.now).past(slo.id)
    return slo.measure.UNIT, [(place, reading) for place, some in sorted(found.items()) for reading in some]


def message_of(changed: Sequence[Change]) -> Message:
    """What is told of changes: targets, accounts, numbers and owners, nothing of a record."""
    late = [item for item in changed if item.verdict.state is not State.MET]
    counts = (("breached", len(late)), ("met again", len(changed) - len(late)))
    headline = "hygiene targets are breached" if late else "hygiene targets are met again"
    lines = tuple(_line(item) for item in sorted(changed, key=lambda item: item.verdict.state is State.MET))
    return Message("breached" if late else "clean", headline, counts, lines, "`revops-sync slo` shows all of them")


def _line(change: Change) -> str:
    verdict, (slo, account, about) = change.verdict, place_of(change.verdict)
    named = " ".join(filter(None, (slo, about, account)))
    owner = f" ({verdict.slo.owner})" if verdict.slo.owner else ""
    return f"{named}: {verdict.state.value}, {amount(verdict.figure)} where {worded(verdict.slo)} is asked{owner}"


def _judged(session: Session, view: View, slo: Slo, past: Mapping[Place, Sequence[Reading]]) -> list[Verdict]:
    measure = slo.measure.ruled(session.settings.checks)
    places = ((figure, (slo.id, figure.account, figure.about)) for figure in measure.figures(view))
    return [judged(slo, figure, past.get(place, ()), view.as_of) for figure, place in places]


def _chosen(session: Session, names: Collection[str]) -> list[Slo]:
    known = {slo.id for slo in session.settings.slos}
    if unknown := set(names) - known:
        raise UsageError(f"no such target: {', '.join(sorted(unknown))}", f"There are {', '.join(sorted(known))}")
    return [slo for slo in session.settings.slos if not names or slo.id in names]

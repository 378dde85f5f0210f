"""Replays the moves of deals through the gate with what was known just before each: what it would have stopped."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from connectors.errors import UsageError
from connectors.records import Record, Ref
from connectors.values import Value, load, same
from hygiene.check import RowCheck, Severity, all_checks
from hygiene.gate import Asked, Verdict, verdict
from hygiene.stages import SECOND, Kind, Move, moves, pipeline_of, pipelines_of, spans_of, stage_in
from hygiene.standing import state_of
from sync.database import millis
from sync.jobs.gate import gated, gating
from sync.jobs.pull import seen
from sync.mirror.life import Life
from sync.mirror.lives import Lives
from sync.mirror.past import Then
from sync.session import Session

MOVES = frozenset({Kind.ADVANCE, Kind.RETURN, Kind.CLOSE, Kind.REOPEN, Kind.TRANSFER, Kind.UNKNOWN})
"""What a gate can be asked of: the rest are a deal's creation, and the first that is known of it."""
TICK = timedelta(milliseconds=1)
ANY = "any rule"


class Answer(StrEnum):
    """What a rule says of a move; UNKNOWN where it would object if what nobody knows were empty."""

    STOPPED = "stopped"
    PASSED = "passed"
    UNKNOWN = "unknown"


class Fate(StrEnum):
    """How a deal stands today; GONE is one that was deleted or merged away while it was open."""

    WON = "won"
    LOST = "lost"
    OPEN = "open"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class End:
    """What became of a deal: its fate and its amount, as far as the mirror has seen it."""

    fate: Fate
    amount: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """One move as one rule (or any of them) judges it; `names` is what is missing, or what nobody knows."""

    rule: str
    deal: Ref
    move: Move
    answer: Answer
    names: tuple[str, ...]
    end: End


@dataclass(slots=True)
class Tally:
    """One rule's answers in one account, by the deal: a deal that was stopped once is stopped."""

    moves: Counter[Answer] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    deals: dict[Answer, dict[Ref, End]] = field(default_factory=lambda: {answer: {} for answer in Answer})

    def add(self, item: Replayed) -> None:
        """Count one move."""
        self.moves[item.answer] += 1
        self.deals[item.answer][item.deal] = item.end
        if item.answer is Answer.UNKNOWN:
            self.unknown.update(item.names)

    def fates(self, answer: Answer = Answer.STOPPED) -> Counter[Fate]:
        """How the deals ended that were stopped, or those that were let through and never stopped."""
        stopped = self.deals[Answer.STOPPED]
        return Counter(
            end.fate for ref, end in self.deals[answer].items() if answer is Answer.STOPPED or ref not in stopped
        )

    def lost(self, answer: Answer) -> float | None:
        """The share of lost deals among these that are closed, None where none is."""
        fates = self.fates(answer)
        closed = fates[Fate.WON] + fates[Fate.LOST]
        return round(fates[Fate.LOST] / closed, 3) if closed else None

    def worth(self, fate: Fate | None = None) -> Mapping[str, Decimal]:
        """The amounts of the stopped deals, by currency (blank where none is named); those of one fate, if asked."""
        found: dict[str, Decimal] = {}
        for end in self.deals[Answer.STOPPED].values():
            if end.amount is not None and fate in (None, end.fate):
                found[end.currency] = found.get(end.currency, Decimal(0)) + end.amount
        return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Window:
    """The moves from `since` on and before `until`."""

    since: datetime
    until: datetime


class Guess(Then):
    """The same view, in which whatever is unknown is taken to be empty."""

    def unknown(self, ref: Ref, field: str) -> bool:
        """Nothing is."""
        return False

    def untied(self, ref: Ref) -> bool:
        """Nothing is."""
        return False


def rules_of(session: Session, names: Collection[str]) -> list[RowCheck]:
    """The checks to ask: those that gate, or any check of deals by its name, as configured or with its defaults."""
    asks = {name: kind for name, kind in all_checks().items() if issubclass(kind, RowCheck) and kind.kind == "deal"}
    if unknown := [name for name in names if name not in asks]:
        raise UsageError(f"no check of each deal: {', '.join(unknown)}", f"There are {', '.join(sorted(asks))}")
    found = [check for check, _ in gating(session)]
    if not names:
        return found
    configured = [check for check in session.settings.checks if isinstance(check, RowCheck)]
    mine = [next((check for check in (*found, *configured) if check.name() == name), asks[name]()) for name in names]
    return [check for check in mine if isinstance(check, RowCheck)]


def backtest(session: Session, window: Window, names: Collection[str] = ()) -> Iterator[Replayed]:
    """Every move of the window with each rule's answer and that of all of them, in the order of deals and moves.

    A rule sees what was known a millisecond before the move; what the mover set within a second of it is part of the
    move. Fate and amount are those of today. Settings are those of today as well.
    """
    mirror, rules = seen(session), rules_of(session, names)
    config = session.settings.config.gate
    lives = Lives(mirror.engine)
    today = Then(lives, mirror.as_of, mirror.memory)
    replay = Replay(lives, today, rules, config.severity, config.pipelines)
    for page in lives.pages("deal"):
        for life in page:
            yield from replay.deal(life, window)


@dataclass(frozen=True, slots=True)
class Replay:
    """Asks rules of moves; `today` is what is known now."""

    lives: Lives
    today: Then
    rules: Sequence[RowCheck]
    least: Severity
    pipelines: Sequence[str] = ()

    def deal(self, life: Life, window: Window) -> Iterator[Replayed]:
        """The moves of one deal, whether it is still there or not."""
        record = life.sighted(millis(self.today.as_of)).record(life.ref)
        within = [item for item in self._moves(record) if window.since <= item.span.entered < window.until]
        if not within:
            return
        end = self._end(life, record)
        for move in within:
            told = tuple(self._told(life, move))
            for rule, answer, names in told:
                yield Replayed(rule, life.ref, move, answer, names, end)
            if told:
                yield Replayed(ANY, life.ref, move, *_joint(told), end)

    def _moves(self, record: Record) -> Iterator[Move]:
        created = record.get("created_at")
        walked = moves(
            spans_of(record, self.today),
            pipelines_of(record, self.today),
            created if isinstance(created, datetime) else None,
        )
        return (move for move in walked if move.kind in MOVES)

    def _told(self, life: Life, move: Move) -> Iterator[tuple[str, Answer, tuple[str, ...]]]:
        """Each rule's answer, with what it names; none where the deal was not there yet, or its pipeline is free."""
        moment, heard = move.span.entered - TICK, list[str]()
        view = Then(self.lives, moment, self.today.memory, hear=lambda _, name: heard.append(name))
        if (deal := view.get(life.ref)) is None:
            return
        asked = Asked(deal, self._change(life, deal, move), move.span.entered, move.span.source)
        home = pipeline_of(asked.moved, view)
        if not gated(home, self.pipelines):
            return
        for rule in self.rules:
            heard.clear()
            if home is None or stage_in(home, move.span.stage) is None:
                yield rule.label, Answer.UNKNOWN, ("stage" if home else "pipeline",)
            elif not (said := verdict([rule], view, asked, self.least)).allow:
                yield rule.label, Answer.STOPPED, _named(said)
            else:
                yield rule.label, *(self._guessed(rule, asked, moment) if heard else (Answer.PASSED, ()))

    def _guessed(self, rule: RowCheck, asked: Asked, moment: datetime) -> tuple[Answer, tuple[str, ...]]:
        """Whether the move hangs on what nobody knows."""
        said = verdict([rule], Guess(self.lives, moment, self.today.memory), asked, self.least)
        return (Answer.PASSED, ()) if said.allow else (Answer.UNKNOWN, _named(said))

    def _change(self, life: Life, deal: Record, move: Move) -> dict[str, Value]:
        """The stage, and what else became known of the deal with the move or was set by its mover within a second."""
        at = millis(move.span.entered)
        after = life.true(at, self.lives.tracked(life.ref)).record(life.ref)
        change = {
            name: value
            for name, value in after.fields.items()
            if name in deal.fields and not same(value, deal.fields[name])
        }
        for name, items in life.told.items():
            for item in items:
                if at < item.at <= at + SECOND // TICK and item.source == move.span.source:
                    change[name] = load(item.value)
        return {**change, "stage": move.span.stage}

    def _end(self, life: Life, record: Record) -> End:
        state = Fate(state_of(record, self.today).value)
        amount = record.get("amount")
        fate = Fate.GONE if state is Fate.OPEN and life.gone else state
        return End(fate, amount if isinstance(amount, Decimal) else None, record.text("currency"))


def _joint(told: Sequence[tuple[str, Answer, tuple[str, ...]]]) -> tuple[Answer, tuple[str, ...]]:
    """What all rules say together: one that objects is enough, one that cannot tell keeps the move from passing."""
    for answer in (Answer.STOPPED, Answer.UNKNOWN, Answer.PASSED):
        if found := [names for _, said, names in told if said is answer]:
            return answer, tuple(dict.fromkeys(name for names in found for name in names))
    return Answer.PASSED, ()


def _named(said: Verdict) -> tuple[str, ...]:
    lacks = (lack.name for item in said.objections for lack in item.lacks)
    return tuple(dict.fromkeys(lacks)) or tuple(item.rule for item in said.objections)


def tallied(items: Iterator[Replayed]) -> dict[tuple[str, str], Tally]:
    """What each rule would have stopped, by account and rule, all of them together first."""
    found: dict[tuple[str, str], Tally] = {}
    for item in items:
        found.setdefault((item.deal.workspace, item.rule), Tally()).add(item)
    return dict(sorted(found.items(), key=lambda entry: (entry[0][0], entry[0][1] != ANY, entry[0][1])))

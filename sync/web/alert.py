"""Tells people of moves that a rule objects to: each once, by the channels that are set, with no value of the deal."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from connectors.values import Json
from sync.environment import Environment
from sync.ledger.verdicts import Ruling, Verdicts
from sync.notify import Message, send
from sync.render.address import address
from sync.session import Session

AGAIN = timedelta(minutes=5)
"""Until a channel that failed is tried again."""
DONE = {"alert": "", "task": "a task asks the owner", "revert": "it is going to be moved back"}


class Alarm:
    """Tells what nobody was told yet. `say` hears of a channel that failed; those moves are told again later."""

    def __init__(self, session: Session, say: Callable[[str], None]) -> None:
        self.session, self.say = session, say
        self.verdicts = Verdicts(session.ledger_store, session.now)
        self._rest = session.now()

    def ring(self) -> int:
        """Tell of the oldest rulings that nobody knows of; how many those were. Where no channel is set, none waits."""
        if self.session.now() < self._rest:
            return 0
        rulings = self.verdicts.untold()
        if not rulings:
            return 0
        taken, failed = send(message_of(rulings, self.session.settings.env), self.session.settings.env)
        for words in failed:
            self.say(words)
        if failed and not taken:
            self._rest = self.session.now() + AGAIN
            return 0
        self.verdicts.told([item.move for item in rulings])
        return len(rulings)


def message_of(rulings: Sequence[Ruling], env: Environment) -> Message:
    """Deals, stages, rules, the names of fields, and where each deal is opened; `act` is the command that shows what
    the rules saw."""
    count = len(rulings)
    headline = "a deal moved on" if count == 1 else f"{count} deals moved on"
    counts = tuple(
        (name, sum(item.action == action for item in rulings))
        for action, name in (("alert", "to look at"), ("task", "asked by a task"), ("revert", "to be moved back"))
    )
    act = f"`revops-sync explain {rulings[0].ref}` shows each rule, what it saw, since when, and what to do"
    return Message(
        "moved", f"{headline} without what its stage asks for", counts, tuple(_line(item, env) for item in rulings), act
    )


def _line(ruling: Ruling, env: Environment) -> str:
    facts: Mapping[str, Json] = ruling.facts
    lacks = [str(name) for key in ("missing", "skipped", "unmet") for name in _names(facts.get(key))]
    why = ", ".join(dict.fromkeys(lacks or _names(facts.get("rules"))))
    place = f"{facts.get('from', ruling.before)} to {facts.get('to', ruling.stage)}"
    done = f"; {DONE[ruling.action]}" if DONE.get(ruling.action) else ""
    return f"{ruling.ref}: {place}: {why}{done} {address(ruling.ref, env)}".rstrip()


def _names(told: Json) -> list[str]:
    """Names as they are, rules by their id."""
    items = told if isinstance(told, list | tuple) else []
    return [str(item.get("rule", "")) if isinstance(item, Mapping) else str(item) for item in items]

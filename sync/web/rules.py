"""The gate's rules as the worker asks them: the very ones that `revops-sync gate` asks, of the deal as it was read."""

from hygiene.gate import Objection
from sync.jobs.gate import Move, ruler
from sync.session import Session
from sync.web.live import Live, Moved
from sync.web.worker import Judge, Word


def judge(session: Session) -> Judge:
    """A judge by the settings of a session, read once."""
    rule = ruler(session)

    def say(view: Live, moved: Moved) -> Word:
        span = moved.move.span
        ruling = rule(view, Move(moved.record, moved.changes), span.entered, span.source)
        objections = ruling.verdict.objections
        text = "; ".join(dict.fromkeys(map(_words, objections)))
        rules = tuple(dict.fromkeys(item.rule for item in objections))
        return Word(ruling.verdict.allow, ruling.policy, text, rules, ruling.told())

    return say


def _words(objection: Objection) -> str:
    """What a rule misses, by names alone: never what a field holds."""
    return ", ".join(f"{lack.name}: {lack.what}" for lack in objection.lacks) or objection.message

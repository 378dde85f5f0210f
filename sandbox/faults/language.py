"""The words of a fault script: conditions on a call, actions, the arguments of each and what they must be."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

Check = Callable[[Any], bool]
CRMS = ("hubspot", "salesforce")
GARBLES = (
    "empty", "reorder", "omit", "repeat", "swap", "wrong_id", "wrong_type", "html", "noise", "not_utf8",
)  # fmt: skip
"""What `garble` can do to an answer that the CRM has given; see `sandbox.faults.spoil`."""


class Word(NamedTuple):
    """What one key of a script may hold: a test, and the words that say it."""

    fits: Check
    wants: str


class Action(NamedTuple):
    """What an action wants as its own value, and the arguments that may stand beside it."""

    word: Word
    arguments: frozenset[str] = frozenset()


def _whole(value: Any, low: int, high: float = float("inf")) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str | int) for item in value)


def _headers(value: Any) -> bool:
    named = isinstance(value, Mapping) and all(isinstance(name, str) for name in value)
    return named and all(text is None or isinstance(text, str | int) for text in value.values())


def _edit(value: Any) -> bool:
    edits = value if isinstance(value, list) else [value]
    return bool(edits) and all(isinstance(item, Mapping) and {"kind", "id"} <= item.keys() for item in edits)


def _switches(value: Any) -> bool:
    return isinstance(value, Mapping) and all(crm in CRMS and isinstance(value[crm], Mapping) for crm in value)


STATUS = Word(lambda value: _whole(value, 100, 599), "an HTTP status, as 502")
TEXT = Word(lambda value: isinstance(value, str), "a text")
BYTES = Word(lambda value: _whole(value, 0), "a number of bytes, 0 or more")
SECONDS = Word(lambda value: _number(value) and value >= 0, "a number of seconds, 0 or more")
MILLISECONDS = Word(lambda value: _whole(value, 0), "a whole number of milliseconds, 0 or more")
COUNT = Word(lambda value: _whole(value, 0), "a whole number, 0 or more")
DROP = Word(lambda value: value is True or value == "reset", "true, or reset for a reset connection")
YES = Word(lambda value: value is True, "true")
NAMES = Word(_texts, "a list of names or ids")
HEADERS = Word(_headers, "a mapping of header names to texts (null removes one)")
MAPPING = Word(lambda value: isinstance(value, Mapping) and bool(value), "a mapping")
EDIT = Word(_edit, "a mapping {crm, kind, id, fields | archive | merge}, or a list of them")
ANYTHING = Word(lambda value: True, "anything")

ON: Mapping[str, Word] = {
    "crm": Word(lambda value: value in CRMS, f"one of {', '.join(CRMS)}"),
    "method": TEXT,
    "path": TEXT,
    "query": TEXT,
    "body": TEXT,
    "nth": Word(lambda value: _whole(value, 1), "a whole number, 1 or more"),
    "times": COUNT,
    "probability": Word(lambda value: _number(value) and 0 <= value <= 1, "a number from 0 to 1"),
    "after_ms": MILLISECONDS,
    "for_ms": MILLISECONDS,
}
"""`path`, `query` and `body` are regular expressions, found anywhere in what they are about."""

SPOKEN = frozenset({"body", "headers"})
ACTIONS: Mapping[str, Action] = {
    "status": Action(STATUS, SPOKEN),
    "apply_then": Action(Word(lambda value: value == "drop" or STATUS.fits(value), "drop or a status"), SPOKEN),
    "redirect": Action(TEXT, frozenset({"code"})),
    "drop_before": Action(DROP),
    "drop_after": Action(DROP),
    "delay": Action(SECONDS),
    "drip": Action(Word(lambda value: _whole(value, 1), "a number of bytes, 1 or more"), frozenset({"every_ms"})),
    "truncate": Action(BYTES),
    "garble": Action(Word(lambda value: value in GARBLES, f"one of {', '.join(GARBLES)}")),
    "gzip": Action(YES),
    "bomb": Action(BYTES),
    "set_json": Action(MAPPING),
    "set_headers": Action(HEADERS),
    "hide": Action(NAMES),
    "hide_fields": Action(NAMES),
    "stale_index": Action(SECONDS),
    "edit": Action(EDIT, frozenset({"when"})),
    "actor": Action(EDIT, frozenset({"when"})),
    "expire_token": Action(YES),
    "switch": Action(Word(_switches, "a mapping {crm: {switch: value}}"), frozenset({"when"})),
    "clock": Action(Word(_number, "a number of seconds, negative to go back")),
}
ARGUMENTS: Mapping[str, Word] = {
    "body": ANYTHING,
    "headers": HEADERS,
    "code": STATUS,
    "every_ms": MILLISECONDS,
    "when": Word(lambda value: value in ("before", "after"), "before or after"),
}
INSTEAD = frozenset({"status", "redirect"})
"""Actions in whose place the CRM never sees the call."""


def listed(words: Collection[str]) -> str:
    """Words as an error names them."""
    return ", ".join(sorted(words))

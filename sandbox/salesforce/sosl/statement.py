"""A SOSL statement cut into what to find, where to look, and what to return of each type."""

import re
from dataclasses import dataclass

from sandbox.salesforce.errors import ApiError, QueryError

FIND = re.compile(r"\s*FIND\s*\{(?P<text>(?:[^}\\]|\\.)*)\}", re.IGNORECASE | re.DOTALL)
SCOPE = re.compile(r"\s*IN\s+(?P<scope>\w+)\s+(?P<fields>\w+)", re.IGNORECASE)
LIMIT = re.compile(r"\s*LIMIT\s+(?P<limit>\d+)", re.IGNORECASE)
RETURNING = re.compile(r"\s*RETURNING\b", re.IGNORECASE)
TYPE = re.compile(r"\s*(?P<name>\w+)\s*")
CLAUSE = re.compile(r"\b(WHERE|ORDER\s+BY|LIMIT|OFFSET)\b", re.IGNORECASE)
SCOPES = ("ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR")
MOST = 2000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to return of one type: field names (none: its id), and the rest of a SELECT."""

    name: str
    fields: str = "Id"
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A whole search; `at` is where `find` stands in `text`, `wanted` None for every searchable type."""

    text: str
    find: str
    at: int
    scope: str = "ALL"
    wanted: tuple[Wanted, ...] | None = None
    limit: int = MOST


def parse(text: str) -> Statement:
    """The parts of a SOSL text; MALFORMED_SEARCH for anything else."""
    found = FIND.match(text)
    if found is None:
        message = "No search term found. The search term must be enclosed in braces."
        raise ApiError("MALFORMED_SEARCH", message)
    at, scope, wanted = found.end(), "ALL", None
    if place := SCOPE.match(text, at):
        scope, at = _scope(text, place), place.end()
    if returning := RETURNING.match(text, at):
        wanted, at = _returned(text, returning.end())
    limit = LIMIT.match(text, at)
    at = limit.end() if limit else at
    if text[at:].strip():
        raise _token(text, at + len(text[at:]) - len(text[at:].lstrip()))
    most = min(int(limit["limit"]), MOST) if limit else MOST
    return Statement(text, found["text"], found.start("text"), scope, wanted, most)


def _scope(text: str, place: re.Match[str]) -> str:
    for group, known in (("scope", SCOPES), ("fields", ("FIELDS",))):
        if place[group].upper() not in known:
            raise _token(text, place.start(group))
    return place["scope"].upper()


def _token(text: str, at: int) -> QueryError:
    """The recorded refusal of a word; its column counts from nought, unlike SOQL's."""
    word = re.match(r"\w+|.", text[at:])
    return QueryError("MALFORMED_SEARCH", f"Malformed search token: {word[0] if word else ''}", text, at - 1)


def _returned(text: str, at: int) -> tuple[tuple[Wanted, ...], int]:
    found = []
    while True:
        named = TYPE.match(text, at)
        if named is None:
            raise _token(text, at)
        at = named.end()
        inside = _inside(text, at) if text[at : at + 1] == "(" else None
        at += len(inside) + 2 if inside is not None else 0
        found.append(_wanted(named["name"], inside or ""))
        comma = re.compile(r"\s*,").match(text, at)
        if comma is None:
            return tuple(found), at
        at = comma.end()


def _inside(text: str, at: int) -> str:
    """What stands between a parenthesis and its partner, quoted text aside."""
    depth = 0
    for piece in re.finditer(r"'(?:[^'\\]|\\.)*'|[()]", text[at:]):
        depth += {"(": 1, ")": -1}.get(piece[0], 0)
        if depth == 0:
            return text[at + 1 : at + piece.start()]
    raise _token(text, at)


def _wanted(name: str, inside: str) -> Wanted:
    clause = CLAUSE.search(inside)
    start = clause.start() if clause else len(inside)
    return Wanted(name, inside[:start].strip() or "Id", inside[start:].strip())

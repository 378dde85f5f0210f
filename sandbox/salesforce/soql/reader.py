"""Walks the tokens of a SOQL text: what comes next, what must come, and the refusal of anything else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sandbox.salesforce.errors import QueryError, too_complicated
from sandbox.salesforce.soql.lexer import Token, tokens
from sandbox.salesforce.soql.tree import Path
from sandbox.wire import counts


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The words that the vendor's grammar keeps for itself; the other keywords may name a field, a type or an alias.
RESERVED = _words(
    "AND ASC BIND BY CUBE DESC ELSE EXCLUDES FALSE FIRST FOR FROM HAVING HIERARCHICAL IN INCLUDES LAST LIKE LIMIT"
    " LOOKUP NOT NULL NULLS OR ROLLUP SELECT TRUE UPDATE USING WHERE WITH AS"
)
# Keywords that may name a field, a type or an alias, but no scope and no tracking.
SOFT = _words(
    "DATA CATEGORY AT ABOVE BELOW ABOVE_OR_BELOW OFFSET VIEW REFERENCE TYPEOF WHEN THEN END DISTANCE GEOLOCATION GROUP"
    " ORDER CASE FIELDS COUNT SCOPE FLAT"
)
Item = TypeVar("Item")
# Parentheses and SELECTs within one another; no source tells where the vendor stops, SQLite stops a little later.
MOST_DEPTH = 20


class Reader:
    """A place in the tokens of one text."""

    def __init__(self, text: str):
        self.text = text
        self.tokens = tokens(text)
        self.position = 0
        self.depth = 0

    @property
    def here(self) -> Token:
        """The token that is read next."""
        return self.tokens[self.position]

    @property
    def following(self) -> Token:
        """The token after the next one."""
        return self.tokens[min(self.position + 1, len(self.tokens) - 1)]

    def unexpected(self) -> QueryError:
        """The refusal of the token that is read next."""
        return self.refusal(f"unexpected token: '{self.here.text}'", self.here.at)

    def refusal(self, message: str, at: int) -> QueryError:
        """A MALFORMED_QUERY at a place of the text."""
        return QueryError("MALFORMED_QUERY", message, self.text, at)

    def take(self) -> Token:
        """The next token, read."""
        token = self.here
        self.position += 1
        return token

    def sees(self, *words: str) -> bool:
        """Whether the next token is one of these keywords or signs."""
        return self.here.word in words and self.here.kind in ("name", "sign")

    def taken(self, word: str) -> bool:
        """Whether the next token is this keyword or sign; reads it if so."""
        if not self.sees(word):
            return False
        self.position += 1
        return True

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """A rule within a rule; QUERY_TOO_COMPLICATED where they are more than the organization works through."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise too_complicated()
        yield
        self.depth -= 1

    def need(self, *words: str) -> None:
        """Read these keywords or signs."""
        for word in words:
            if not self.taken(word):
                raise self.unexpected()

    def listed(self, rule: Callable[[], Item]) -> tuple[Item, ...]:
        """One or more, separated by commas."""
        found = [rule()]
        while self.taken(","):
            found.append(rule())
        return tuple(found)

    def nameable(self) -> bool:
        """Whether the next token can be a name; `CUR123` is a currency only where a value is expected."""
        if self.here.kind == "currency":
            return "." not in self.here.text
        return self.here.kind == "name" and self.here.word not in RESERVED

    def name(self) -> Token:
        """A name that is no keyword, with or without dots."""
        if not self.nameable():
            raise self.unexpected()
        return self.take()

    def path(self) -> Path:
        """A name as a path."""
        token = self.name()
        return Path(tuple(part.strip() for part in token.text.split(".")), token.at)

    def plain(self) -> Path:
        """A path that is no keyword at all."""
        if self.here.word in SOFT:
            raise self.unexpected()
        return self.path()

    def alias(self) -> str | None:
        """The alias that may stand here; the grammar takes dots in it, which nothing can then refer to."""
        return self.take().text if self.nameable() else None

    def whole(self) -> int:
        """A whole number, which may have a sign."""
        negative = self.sees("-")
        if self.sees("-", "+"):
            self.take()
        if not (self.here.kind == "number" and counts(self.here.text)):
            raise self.unexpected()
        return -int(self.take().text) if negative else int(self.take().text)

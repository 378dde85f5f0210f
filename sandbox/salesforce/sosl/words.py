"""Search terms: words, phrases and wildcards joined by AND, OR and AND NOT, and whether a record holds them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sandbox.salesforce import wildcards
from sandbox.salesforce.errors import ApiError, QueryError, too_complicated

# Words end at spaces, punctuation, and changes between letters and digits (SOSL reference, FIND).
WORD = re.compile(r"[^\W\d_]+|\d+")
PIECE = re.compile(
    r'\s+|(?P<open>\()|(?P<close>\))|"(?P<phrase>(?:[^"\\]|\\.)*)"|(?P<word>(?:[^\s()"\\]|\\.)+)', re.DOTALL
)
# Refused unescaped, as recorded for `-` and `|`.
RESERVED = frozenset("&|!{[]^~:-")
SHORTEST = 2
MOST_DEPTH = 50
Texts = Sequence[Sequence[str]]
Test = Callable[[Texts], bool]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a search text: `kind` is word, phrase, open or close."""

    kind: str
    text: str
    at: int


def words_of(text: str) -> list[str]:
    """The words of a value, in small letters."""
    return WORD.findall(text.lower())


def compiled(text: str, statement: str, start: int) -> Test:
    """The test that a search text makes of a record's words; `start` is its place in the statement.

    MALFORMED_SEARCH for an unescaped reserved character and for a term of one character.
    """
    pieces = _pieces(text, statement, start)
    if not any(_long_enough(piece) for piece in pieces if piece.kind in ("word", "phrase")):
        raise ApiError("MALFORMED_SEARCH", f"search term must be longer than one character: {text}")
    return _Reader(pieces, statement).read()


def _pieces(text: str, statement: str, start: int) -> list[Piece]:
    found = []
    at = 0
    while at < len(text):
        match = PIECE.match(text, at)
        if match is None:
            raise unexpected(statement, start + at, text[at])
        if match.lastgroup:
            piece = Piece(match.lastgroup, match[match.lastgroup], start + at)
            if piece.kind == "word":
                _plain(piece, statement)
            found.append(piece)
        at = match.end()
    return found


def _plain(piece: Piece, statement: str) -> None:
    for (_, before), (at, char) in pairwise([(-1, ""), *enumerate(piece.text)]):
        if char in RESERVED and before != "\\":
            raise unexpected(statement, piece.at + at, char)


def unexpected(statement: str, at: int, char: str) -> QueryError:
    """The recorded refusal of a character; its column counts from nought, unlike SOQL's."""
    return QueryError(
        "MALFORMED_SEARCH", f"line 1:{at} mismatched character '{char}' expecting '}}'", statement, at - 1
    )


def _long_enough(piece: Piece) -> bool:
    return len(re.sub(r"[\\*?]", "", piece.text)) >= SHORTEST


class _Reader:
    """Reads pieces as AND binds tighter than OR; words beside each other are joined by AND."""

    def __init__(self, pieces: list[Piece], statement: str):
        self.pieces = pieces
        self.statement = statement
        self.at = 0
        self.depth = 0

    def read(self) -> Test:
        """The whole text."""
        test = self._either()
        if self.at < len(self.pieces):
            raise unexpected(self.statement, self.pieces[self.at].at, ")")
        return test

    def _next(self) -> Piece | None:
        return self.pieces[self.at] if self.at < len(self.pieces) else None

    def _takes(self, word: str) -> bool:
        piece = self._next()
        if piece is None or piece.kind != "word" or piece.text.upper() != word:
            return False
        self.at += 1
        return True

    def _either(self) -> Test:
        tests = [self._all()]
        while self._takes("OR"):
            tests.append(self._all())
        return lambda texts: any(test(texts) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while (piece := self._next()) is not None and piece.kind != "close" and not _is_or(piece):
            negative = self._takes("AND") and self._takes("NOT")
            tests.append(_not(self._one()) if negative else self._one())
        return lambda texts: all(test(texts) for test in tests)

    def _one(self) -> Test:
        piece = self._next()
        if piece is None or piece.kind == "close":
            raise unexpected(self.statement, piece.at if piece else len(self.statement) - 1, ")")
        self.at += 1
        if piece.kind != "open":
            return _holds(piece)
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise too_complicated()
        inner = self._either()
        self.depth -= 1
        closing = self._next()
        if closing is None:
            raise unexpected(self.statement, len(self.statement) - 1, "}")
        self.at += 1
        return inner


def _is_or(piece: Piece) -> bool:
    return piece.kind == "word" and piece.text.upper() == "OR"


def _not(test: Test) -> Test:
    return lambda texts: not test(texts)


def _holds(piece: Piece) -> Test:
    """Whether a value holds the words of a piece one after the other; `*` stands for any letters, `?` for one."""
    plain = re.sub(r"\\(.)", " ", piece.text) if piece.kind == "word" else piece.text.replace("\\", " ")
    patterns = [
        wildcards.compiled(word, "*", "?") for word in re.findall(r"(?:[^\W\d_]|[*?])+|(?:\d|[*?])+", plain.lower())
    ]

    def test(texts: Texts) -> bool:
        return any(_follow(words, patterns) for words in texts)

    return test


def _follow(words: Sequence[str], patterns: Sequence[Callable[[str], bool]]) -> bool:
    last = len(words) - len(patterns) + 1
    return any(all(each(words[at + n]) for n, each in enumerate(patterns)) for at in range(last))

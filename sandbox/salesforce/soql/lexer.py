"""Cuts a SOQL text into tokens."""

import re
from dataclasses import dataclass

from sandbox.salesforce.errors import QueryError

PATTERN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<string>'(?:[^'\\]|\\.)*')
    | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
    | (?P<date>\d{4}-\d\d-\d\d)
    | (?P<time>\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
    | (?P<currency>[A-Z]{3}\d+(?:\.\d+)?)(?![\w.])
    | (?P<number>\d+\.\d+|\.\d+|\d+)
    | (?P<name>[A-Z]\w*(?:\.\s*[A-Z]\w*)*)
    | (?P<sign>!=|<>|[=<>(),:+-])
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII | re.DOTALL,
)
# The documented escapes; `_` and `%` are escapes in LIKE only.
ESCAPE = re.compile(r"\\(?:u(?P<code>[0-9a-fA-F]{4})|(?P<char>.))", re.DOTALL)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "'": "'", '"': '"', "\\": "\\"}
LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text; `kind` is a group of the pattern, or `end`."""

    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        """In capitals, for comparison with keywords."""
        return self.text.upper()


def tokens(text: str) -> list[Token]:
    """The tokens of a SOQL text, the last of kind `end`; MALFORMED_QUERY for anything else."""
    if len(text) > LONGEST:
        raise QueryError("MALFORMED_QUERY", f"SOQL statements cannot be longer than {LONGEST} characters.", "", 0)
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = PATTERN.match(text, at)
        if not match:
            raise QueryError(
                "MALFORMED_QUERY", f"line 1:{at} no viable alternative at character '{text[at]}'", text, at
            )
        if match.lastgroup != "space":
            found.append(Token(str(match.lastgroup), match.group(), at))
        at = match.end()
    return [*found, Token("end", "<EOF>", len(text))]


def bad_escape(text: str, like: bool) -> int | None:
    r"""Where a quoted string has a backslash before what is no escape; None where every one is right."""
    for match in ESCAPE.finditer(text):
        char = match["char"]
        if char is not None and char.lower() not in ESCAPES and not (like and char in "%_"):
            return match.start()
    return None


def unquoted(text: str, like: bool = False) -> str:
    r"""The content of a quoted string; a LIKE pattern keeps the backslash before `%`, `_` and itself."""
    kept = "%_\\" if like else ""

    def plain(match: re.Match[str]) -> str:
        if match["code"]:
            return chr(int(match["code"], 16))
        char = str(match["char"])
        return match[0] if char in kept else ESCAPES.get(char.lower(), char)

    return ESCAPE.sub(plain, text[1:-1])

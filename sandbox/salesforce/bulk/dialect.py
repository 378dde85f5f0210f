"""The CSV that jobs read and write: delimiters, line endings and quotes."""

import csv
import io
from collections.abc import Iterable, Iterator

DELIMITERS = {"BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"}
ENDINGS = {"LF": "\n", "CRLF": "\r\n"}


class Unreadable(Exception):
    """Data that is no CSV of the job's dialect; the message is the job's `errorMessage`."""


def text_of(data: bytes) -> str:
    """The data as text; it must be UTF-8, and a byte order mark stays in front of the first header."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("ClientInputError : Failed to read request. The data is not UTF-8 encoded") from None


def check_ending(text: str, ending: str) -> None:
    """The end of the header line must be the one that the job names."""
    at = text.find("\n")
    if at >= 0 and ("CRLF" if text[at - 1 : at] == "\r" else "LF") != ending:
        message = f"ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is {ending}"
        raise Unreadable(message)


def rows_of(text: str, delimiter: str) -> Iterator[list[str]]:
    """The rows of a CSV text, its header first, blank lines left out."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[delimiter], strict=True)
    try:
        yield from (row for row in reader if row)
    except csv.Error as wrong:
        raise Unreadable(f"InvalidBatch : Failed to parse CSV. {REASONS.get(str(wrong), str(wrong))}") from None


REASONS = {"unexpected end of data": "EOF reached before closing an opened quote"}


def head_of(text: str) -> str:
    """The header line as it was uploaded, without its end."""
    return text.partition("\n")[0].rstrip("\r")


def line(cells: Iterable[str], delimiter: str) -> str:
    """One line of a result, every value in quotes."""
    return DELIMITERS[delimiter].join('"' + cell.replace('"', '""') + '"' for cell in cells)

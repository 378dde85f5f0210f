"""Reads records from a CSV file that a person made: every mistake is named by file, line, column and mend."""

import csv
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from connectors.errors import UsageError
from connectors.records import ID, Record, Ref
from connectors.values import Fields, frozen

LONGEST = 1_000_000
SEPARATORS = ",;\t"
"""Spreadsheets write a semicolon where the comma is in numbers, and a tab as "Unicode text"."""


class Reader(Protocol):
    """The part of the csv module's reader that is used here."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


def listed(path: Path, kind: str, columns: Mapping[str, str], workspace: str) -> Iterator[Record]:
    """A record for each row, in the file's order; a blank cell is an empty field."""
    seen: dict[str, int] = {}
    for line, row in rows(path, columns):
        key = row.pop("id", "") if "id" in columns else str(line)
        if not ID.fullmatch(key):
            raise mistake(path, line, f"the id {key[:40]!r} is not one", "Use letters, digits, - and _")
        if key in seen:
            raise mistake(path, line, f"the id {key!r} stands on line {seen[key]} already", "Give each row its own id")
        seen[key] = line
        yield Record(Ref(workspace, kind, key), _fields(row))


def _fields(row: Mapping[str, str]) -> Fields:
    return frozen({name: cell if cell.strip() else None for name, cell in row.items()})


def header(path: Path) -> list[str]:
    """The names of the columns. `UsageError` as for `rows`."""
    with _reading(path) as reader:
        return [name.strip() for name in _first(path, reader)]


def rows(path: Path, columns: Mapping[str, str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The line on which each row begins and its cells by field; rows without any text are passed over.

    UTF-8 with or without a mark, or UTF-16 with one; commas, or the semicolons or tabs that the header has more of.
    `UsageError` names the file, the line and the mend.
    """
    with _reading(path) as reader:
        names = [name.strip() for name in _first(path, reader)]
        places = _places(path, names, columns)
        line = reader.line_num + 1
        for cells in _whole(path, reader):
            if any(cell.strip() for cell in cells):
                _square(path, line, cells, names)
                yield line, {name: cells[place] for name, place in places.items()}
            line = reader.line_num + 1


@contextmanager
def _reading(path: Path) -> Iterator[Reader]:
    csv.field_size_limit(LONGEST)
    try:
        with path.open("rb") as raw:
            encoding = "utf-16" if raw.read(2) in (BOM_UTF16_LE, BOM_UTF16_BE) else "utf-8-sig"
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            separator = _separator(file.readline(LONGEST))
        with path.open(encoding=encoding, newline="") as file:
            yield csv.reader(file, strict=True, delimiter=separator)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", "Check the path and that it may be read") from None


def _separator(line: str) -> str:
    """What the header has most of outside quotes; a comma where it has none."""
    bare = "".join(line.split('"')[::2])
    return max(SEPARATORS, key=bare.count)


def _first(path: Path, reader: Reader) -> list[str]:
    found = next(_whole(path, reader), [])
    if not any(found):
        raise mistake(path, 1, "there is no header line", "Write the names of the columns into the first line")
    return found


def _whole(path: Path, reader: Reader) -> Iterator[list[str]]:
    """The rows, with what the reader trips over told as a mistake of the file."""
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except UnicodeDecodeError as error:
            line, name = (1, "UTF-16") if error.encoding.startswith("utf-16") else (_undecodable(path), "UTF-8")
            raise mistake(path, line, f"the text is not {name}", "Save it as CSV UTF-8") from None
        except csv.Error as error:
            what = f"not readable as CSV ({error})"
            raise mistake(path, reader.line_num, what, "Look for a quote that does not end") from None
        if any("\0" in cell for cell in cells):
            raise mistake(path, reader.line_num, "a cell holds a NUL character", "Save it again, as CSV UTF-8")
        yield cells


def _undecodable(path: Path) -> int:
    """The first line that is not UTF-8: the reader itself only knows the block that it was in."""
    with path.open("rb") as file:
        return next(
            (number for number, line in enumerate(file, 1) if line.decode("utf-8", "replace").encode() != line), 1
        )


def _places(path: Path, header: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Where each wanted column stands; a missing or a doubled one is a mistake."""
    for name in columns.values():
        if header.count(name) > 1:
            raise mistake(path, 1, f"two columns are called {name!r}", "Rename one of them")
        if name not in header:
            raise mistake(path, 1, f"there is no column {name!r}", f"The file has: {', '.join(header)[:300]}")
    return {field: header.index(name) for field, name in columns.items()}


def _square(path: Path, line: int, cells: Sequence[str], header: Sequence[str]) -> None:
    if len(cells) != len(header):
        what = f"{len(cells)} cells under {len(header)} columns"
        raise mistake(path, line, what, "Put a value that holds a comma into double quotes")


def mistake(path: Path, line: int, what: str, mend: str = "") -> UsageError:
    """What is wrong with a file, where, and what to do about it."""
    return UsageError(f"{path}, line {line}: {what}", mend)

"""Reads records from a CSV file that a person made: every mistake is named by file, line, column and mend."""

import csv
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Protocol

from connectors.errors import UsageError
from connectors.records import ID, Record, Ref
from connectors.values import Fields, frozen

LONGEST = 1_000_000
BLOCK = 400
"""Rows read at once: so few stay in the processor's cache until they are used, and start no garbage collection."""

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


def blocks(path: Path, columns: Mapping[str, str]) -> Iterator[dict[str, tuple[str, ...]]]:
    """What `rows` says, many rows at once: the cells of each field in the file's order, never of no row at all."""
    done = yield from _plain(path, columns)
    if done is not None:
        rest = islice(rows(path, columns), done, None)
        while some := [row for _, row in islice(rest, BLOCK)]:
            yield {name: tuple(row[name] for row in some) for name in columns}


def _plain(path: Path, columns: Mapping[str, str]) -> Generator[dict[str, tuple[str, ...]], None, int | None]:
    """The blocks up to the first with anything odd in it, for which `rows` has the words, and how many rows they have.

    None where all are plain.
    """
    done = 0
    with _reading(path) as reader:
        names = [name.strip() for name in _first(path, reader)]
        places = _places(path, names, columns)
        try:
            while read := list(islice(reader, BLOCK)):
                some = list(filter(None, read))
                if not some:
                    continue
                if not _sound(some, len(names)):
                    return done
                cells = list(zip(*some, strict=True))
                yield {name: cells[place] for name, place in places.items()}
                done += len(some)
        except (UnicodeDecodeError, csv.Error):
            return done
    return None


def _sound(some: Sequence[Sequence[str]], width: int) -> bool:
    """Whether each row has its cells, no NUL and some text."""
    whole = list(map("".join, some))
    return set(map(len, some)) == {width} and "\0" not in "".join(whole) and all(map(str.strip, whole))


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

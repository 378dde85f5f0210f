"""A file read in blocks says what it says row by row."""

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import UsageError
from connectors.listing import BLOCK, blocks, rows

COLUMNS = {"name": "Name", "city": "City"}
CELL = st.sampled_from(["", " ", "a", "Ann Lee", 'say "so"', "a,b", "two\nlines", "\0", "é"])
ROWS = st.lists(st.lists(CELL, min_size=2, max_size=2) | st.lists(CELL, max_size=3), max_size=6)


def by_row(path: Path) -> list[tuple[str, ...]]:
    return [(row["name"], row["city"]) for _, row in rows(path, COLUMNS)]


def by_block(path: Path) -> list[tuple[str, ...]]:
    return [row for block in blocks(path, COLUMNS) for row in zip(block["name"], block["city"], strict=True)]


def said(read: object, path: Path) -> object:
    try:
        return read(path)  # type: ignore[operator]
    except UsageError as error:
        return str(error)


@given(table=ROWS, ending=st.sampled_from(["", "\n\n", "\n,\n", '\n"', "\nx,\xff"]))
@settings(deadline=None)
def test_blocks_hold_the_rows_or_name_the_same_mistake(table: list[list[str]], ending: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        with path.open("w", encoding="latin-1", errors="replace", newline="") as file:
            csv.writer(file).writerows([["Name", "City"], *table])
            file.write(ending)
        assert said(by_block, path) == said(by_row, path)


@pytest.mark.parametrize("odd", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK - 1])
@pytest.mark.parametrize("line", ["\n", " , \n", "x,y\n", "x\n"])
def test_a_row_of_any_block_is_read_once(tmp_path: Path, odd: int, line: str) -> None:
    table = [f"{row},town\n" for row in range(3 * BLOCK)]
    table.insert(odd, line)
    path = tmp_path / "list.csv"
    path.write_text("Name,City\n" + "".join(table), "utf-8")
    assert said(by_block, path) == said(by_row, path)


def test_blank_lines_alone_are_no_block(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Name,City\n" + "\n" * (2 * BLOCK) + "a,b\n", "utf-8")
    assert by_block(path) == [("a", "b")]
    assert all(block["name"] for block in blocks(path, COLUMNS))

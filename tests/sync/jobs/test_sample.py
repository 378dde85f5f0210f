"""A drawn sheet: seeded, fair and stable; a verified one: counted by hand."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from connectors.errors import UsageError
from connectors.records import Record, Ref
from connectors.values import frozen
from sync.jobs.sample import COLUMNS, Wanted, draw, keep, read
from tests.book import Book

FIRST = "hubspot:1/company/1"


def company(key: int, account: str = "hubspot:1", **fields: object) -> Record:
    return Record(Ref(account, "company", str(key)), frozen({"industry": "Retail", **fields}))  # type: ignore[dict-item]


def drawn(book: Book, size: int, seed: str = "1", account: str = "", fields: tuple[str, ...] = ()) -> set[str]:
    return {row[0] for row in draw(book, Wanted("company", size, seed, account, fields))}


MANY = [company(key) for key in range(60)]


def test_the_same_seed_draws_the_same_and_another_one_others() -> None:
    first, again, other = (drawn(Book(MANY), 20, seed) for seed in ("a", "a", "b"))
    assert first == again != other and len(first) == len(other) == 20


def test_a_new_record_takes_the_place_of_one_at_most() -> None:
    before, after = (drawn(Book(MANY[:count]), 20) for count in (59, 60))
    assert len(before - after) == len(after - before) <= 1


def test_every_record_has_the_same_chance() -> None:
    """Of 600 draws of 6 of 60 each record has 60, with a deviation of 7.3: five of them are never reached by chance."""
    counts = Counter(ref for seed in range(600) for ref in drawn(Book(MANY), 6, str(seed)))
    assert sum(counts.values()) == 3600 and len(counts) == 60
    assert all(abs(count - 60) < 37 for count in counts.values())


def test_only_values_that_are_there_of_records_that_live() -> None:
    made = [company(1, domain="a.example", phone=""), company(2, merged_into="1"), company(3, "salesforce:1")]
    rows = list(draw(Book(made), Wanted("company", 9, "1", "hubspot:1")))
    assert rows == [(FIRST, "domain", "a.example", ""), (FIRST, "industry", "Retail", "")]
    assert drawn(Book(made), 9, fields=("domain",)) == {FIRST}


def test_a_sheet_is_private_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    keep(path, [(FIRST, "domain", "=cmd", "")])
    assert path.stat().st_mode & 0o777 == 0o600
    assert [row["value"] for row in csv.DictReader(path.read_text("utf-8").splitlines())] == ["'=cmd"]
    for rows, why in [([(FIRST, "domain", "b", "")], "is there already"), ([], "nothing was drawn")]:
        with pytest.raises(UsageError, match=why):
            keep(path, rows)


def filled(folder: Path, *rows: str, head: str = ",".join(COLUMNS), codec: str = "utf-8") -> Path:
    path = folder / "sheet.csv"
    path.write_bytes("\r\n".join([head, *rows, ""]).encode(codec))
    return path


def test_a_verified_sheet_is_counted_by_field_and_by_whole_record(tmp_path: Path) -> None:
    rows = ["a,domain,x,yes", "a,phone,1,no", "b,domain,y,Y", "b,phone,2, TRUE ", "c,domain,z,", "c,phone,3,yes"]
    for codec in ("utf-8", "utf-8-sig"):
        found = {item.field: item for item in read(filled(tmp_path, *rows, codec=codec), 0.95)}
        counts = {name: (item.right, item.checked, item.unchecked) for name, item in found.items()}
        assert counts == {"domain": (2, 2, 1), "phone": (2, 3, 0), "(whole records)": (1, 2, 1)}
    assert float(found["domain"].low) == pytest.approx(0.025**0.5) and found["domain"].high == 1
    assert found["phone"].share is not None and float(found["phone"].share) == pytest.approx(2 / 3)


MISTAKES = {
    "a word that is no verdict, with its line": (
        ["a,domain,x,yes", "a,phone,1,maybe"],
        ",".join(COLUMNS),
        ":3: 'maybe'",
    ),
    "another file": (["a,b"], "one,two", "is no sheet"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told(tmp_path: Path, name: str) -> None:
    rows, head, why = MISTAKES[name]
    with pytest.raises(UsageError, match=why):
        read(filled(tmp_path, *rows, head=head), 0.95)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path / "none.csv", 0.95)

"""Cleaned columns and the index come back from the disk as they were, or not at all."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hygiene.match.features import Features, features
from hygiene.match.index import Index
from hygiene.match.table import TABLES
from hygiene.view import Columns, columns_of
from sync.mirror.arrays import Damaged, load, save
from sync.mirror.columns import Beside, stamp
from tests.book import record

TABLE = TABLES["company"].model_copy(update={"cap": 3, "window": 2})
NAMES = ("Acme", "Acme Holdings", "Brightside", "Zeta", "Acme", "Brightside", "Acme \ud800", "Øst & Vest")
MANY = tuple(f"{at:04} Works" for at in range(40))


def columns(names: tuple[str, ...] = NAMES, start: int = 0) -> Columns:
    rows = [
        record("company", str(at), name=name, domain=f"{name[:4].lower()}.com") for at, name in enumerate(names, start)
    ]
    return columns_of("company", rows, [name for fields in TABLE.fields.values() for name in fields])


def texts(rows: Features) -> dict[str, list[str]]:
    return {name: column.text().tolist() for name, column in rows.columns.items()}


def told(index: Index) -> set[tuple[int, ...]]:
    live = zip(index.pairs.a.tolist(), index.pairs.b.tolist(), index.pairs.verdict.tolist(), strict=True)
    names = [int(name) for _, name in index.names(np.arange(len(index)))]
    return {(*sorted((names[a], names[b])), verdict) for a, b, verdict in live}


def test_unchanged_rows_are_not_cleaned_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr(
        "sync.mirror.columns.features", lambda rows, **how: seen.append(len(rows)) or features(rows, **how)
    )
    first = Beside(tmp_path, "company").cleaner(TABLE, "")(columns())
    changed = columns((*NAMES[:3], "Another", *NAMES[4:], "New"))
    second = Beside(tmp_path, "company").cleaner(TABLE, "")(changed)
    assert seen == [len(NAMES), 2] and texts(first) == texts(features(columns(), TABLE))
    assert texts(second) == texts(features(changed, TABLE))


def test_an_index_from_the_disk_goes_on_as_the_one_in_memory(tmp_path: Path) -> None:
    Beside(tmp_path, "company").index(columns((*MANY, *NAMES)), TABLE, "")
    changed = columns((*MANY, "Acme", "Zeta", *NAMES[2:5]))
    grown, _ = Beside(tmp_path, "company").index(changed, TABLE, "")
    opened = Beside(tmp_path, "company").opened(TABLE, "")
    assert opened is not None and told(opened) == told(grown) and len(opened) == 48 + 1
    assert (41, 43, 1) in told(opened) and not any(45 in pair[:2] for pair in told(opened))


def test_an_index_that_nothing_changed_is_not_written_again(tmp_path: Path) -> None:
    Beside(tmp_path, "company").index(columns(), TABLE, "")
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    Beside(tmp_path, "company").index(columns(), TABLE, "")
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def flip(path: Path) -> None:
    found = bytearray(path.read_bytes())
    found[len(found) * 3 // 4] ^= 1
    path.write_bytes(found)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-64])


def behead(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("harm", [flip, cut, behead])
@pytest.mark.parametrize("what", ["index", "added", "columns"])
def test_what_is_damaged_is_said_and_made_anew(tmp_path: Path, what: str, harm: Callable[[Path], None]) -> None:
    sound, _ = Beside(tmp_path, "company").index(columns(), TABLE, "")
    harm(tmp_path / f"company.{what}")
    said: list[str] = []
    beside = Beside(tmp_path, "company", said.append)
    cleaned, (again, _) = beside.cleaner(TABLE, "")(columns()), beside.index(columns(), TABLE, "")
    assert told(again) == told(sound) and texts(cleaned) == texts(features(columns(), TABLE))
    assert len(said) == 1 and f"company.{what}" in said[0]


def test_other_rules_make_everything_anew(tmp_path: Path) -> None:
    Beside(tmp_path, "company").index(columns(), TABLE, "")
    said: list[str] = []
    Beside(tmp_path, "company", said.append).index(columns(), TABLE, "DE")
    assert said == [f"company.{what} was made by other rules; it is made anew" for what in ("index", "columns")]
    assert stamp(TABLE, "") != stamp(TABLES["company"], "")


def test_a_file_is_its_owners_alone_and_a_missing_one_is_damaged(tmp_path: Path) -> None:
    save(tmp_path / "a", "1", {"x": np.arange(3), "empty": np.zeros(0, dtype=np.uint8)})
    version, arrays = load(tmp_path / "a")
    assert (version, arrays["x"].tolist(), len(arrays["empty"])) == ("1", [0, 1, 2], 0)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    with pytest.raises(Damaged, match="cannot be read"):
        load(tmp_path / "missing")

"""Files as people save them are read right, or the file, the line and the mend are named."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.errors import UsageError
from hygiene.checks.duplicate import Duplicate
from sync.jobs.preflight import CLUSTERS, PAIRS, mapping, preflight, read, targets

CHECKS = {kind: Duplicate(kind=kind) for kind in ("company", "contact", "lead")}
TEXT = "id,name,phone,city\na,Acme Holdings,+1 212 555 0100,New York\nb,ACME Holdings,+1 (212) 555-0100,New York\n"
CELLS = {"name": "Acme Holdings", "email": "ann@acme.test", "phone": "+1 212 555 0100", "birth_date": "1980-01-05"}


def found(path: Path, kind: str = "company", maps: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    check = CHECKS[kind]
    done = preflight(read(path, kind, mapping(path, maps, targets(check))), check)
    return [(a, b, band) for a, b, _, band, _ in done.pairs()]


def saved(folder: Path, content: bytes) -> Path:
    path = folder / "list.csv"
    path.write_bytes(content)
    return path


WIDE = "\n".join(",".join([line, *(f"x{at}" for at in range(200))]) for line in TEXT.splitlines())
READABLE = {
    "utf-8 with a mark": b"\xef\xbb\xbf" + TEXT.encode(),
    "utf-16": TEXT.encode("utf-16"),
    "utf-16 big-endian, tabs": b"\xfe\xff" + TEXT.replace(",", "\t").encode("utf-16-be"),
    "crlf": TEXT.replace("\n", "\r\n").encode(),
    "bare carriage returns": TEXT.replace("\n", "\r").encode(),
    "semicolons": TEXT.replace(",", ";").encode(),
    "semicolons, the comma in cells": TEXT.replace(",", ";").replace("New York", "New York, NY").encode(),
    "tabs": TEXT.replace(",", "\t").encode(),
    "quotes": TEXT.replace("Acme Holdings", '"Acme Holdings"').replace("New York", '"New York"').encode(),
    "a quoted header with commas": TEXT.replace("city", '"city","a;b;c;d;e;f"').replace("York", "York,").encode(),
    "blank lines": TEXT.replace("\n", "\n\n").encode(),
    "204 columns": WIDE.encode(),
}


@pytest.mark.parametrize("name", READABLE)
def test_a_file_is_read_as_it_was_saved(tmp_path: Path, name: str) -> None:
    assert found(saved(tmp_path, READABLE[name])) == [("a", "b", "auto")]


def test_a_file_of_a_header_alone_has_no_pairs(tmp_path: Path) -> None:
    assert found(saved(tmp_path, b"id,name,phone\n")) == []


REFUSED = {
    "empty": (b"", "line 1: there is no header"),
    "a mark alone": (b"\xef\xbb\xbf", "line 1: there is no header"),
    "nul": (TEXT.replace("ACME", "A\0CME").encode(), "line 3: a cell holds a NUL"),
    "utf-16 without a mark": (TEXT.encode("utf-16-le"), "line 1: a cell holds a NUL"),
    "utf-16 cut short": (TEXT.encode("utf-16")[:-1], "line 1: the text is not UTF-16"),
    "latin-1": (TEXT.replace("ACME", "Café").encode("latin-1"), "line 3: the text is not UTF-8"),
    "a quote that does not end": (TEXT.replace("ACME", '"ACME').encode(), "not readable as CSV"),
    "duplicate ids": (TEXT.replace("\nb,", "\na,").encode(), "line 3: the id 'a' in column 'id' stands on line 2"),
    "too few cells": (TEXT.encode() + b"c,d\n", "line 4: 2 cells under 4 columns"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "line 1: the text is not UTF-8"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_named_with_its_place_and_mend(tmp_path: Path, name: str) -> None:
    content, told = REFUSED[name]
    with pytest.raises(UsageError) as mistake:
        found(saved(tmp_path, content))
    assert told in str(mistake.value) and "list.csv" in str(mistake.value)
    assert mistake.value.act and mistake.value.exit_code == 2


def test_leads_are_matched_by_their_own_table(tmp_path: Path) -> None:
    text = "Person,Firm,Mail\nAnn Lee,Acme,ann.lee@acme.test\nLee Ann,ACME Inc,Ann.Lee@acme.test\n"
    path = saved(tmp_path, text.encode())
    assert [pair[:2] for pair in found(path, "lead", ("name=Person,company=Firm", "email=Mail"))] == [("1", "2")]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), kind=st.sampled_from(sorted(CHECKS)))
def test_any_columns_may_be_missing(data: st.DataObject, kind: str, tmp_path: Path) -> None:
    names = data.draw(st.lists(st.sampled_from([*targets(CHECKS[kind]), "id"]), min_size=1, unique=True))
    rows = [",".join(str(row) if name == "id" else CELLS.get(name, "Lee") for name in names) for row in (1, 2)]
    path = saved(tmp_path, "\n".join([",".join(names), *rows]).encode())
    if {"id", "title"}.issuperset(names):
        with pytest.raises(UsageError, match="no column is named as what is compared"):
            found(path, kind)
    else:
        assert [pair[:2] for pair in found(path, kind)] in ([], [("1", "2")])


def test_the_columns_of_what_is_written_stand_fast() -> None:
    assert (PAIRS, CLUSTERS) == (("id_a", "id_b", "probability", "band", "evidence"), ("id", "cluster_id"))

"""A file's duplicates are found before it is imported, and every mistake in it is named."""

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import UsageError
from hygiene.checks.duplicate import Duplicate
from hygiene.view import Judgement
from sync.jobs.preflight import Preflight, mapping, preflight, read, targets
from sync.jobs.preview import preview
from sync.plan.file import decode
from tests.book import Book, record
from tests.sync.stage import Stage

COMPANY, CONTACT = Duplicate(kind="company"), Duplicate(kind="contact")
KNOWN = targets(COMPANY)
ACME = {"name": "Acme Holdings", "phone": "+1 212 555 0100", "street": "1 Main Street", "city": "New York"}
LIST = """id,Company,phone,Street,CITY
a,Acme Holdings,+1 212 555 0100,1 Main Street,New York
b,Globex,+1 415 555 0199,9 Bay Road,Oakland
c,ACME Holdings Inc.,+1 (212) 555-0100,1 Main St,New York
"""


def at(folder: Path, text: str) -> Path:
    path = folder / "list.csv"
    path.write_bytes(text.encode())
    return path


def found(path: Path, text: str = "", view: Book | None = None, check: Duplicate = COMPANY) -> Preflight:
    columns = mapping(path, [text] if text else [], targets(check))
    return preflight(read(path, check.kind, columns), check, view)


def test_a_pair_and_a_cluster_name_the_rows(tmp_path: Path) -> None:
    done = found(at(tmp_path, LIST), "id=id,name=Company,phone=phone,street=Street,city=CITY")
    (pair,) = done.pairs()
    assert pair[:2] == ("a", "c") and pair[3] == "auto" and "same name +6" in pair[4]
    assert list(done.clusters()) == [("a", "a"), ("b", "b"), ("c", "a")]


def test_columns_named_as_targets_need_no_map_and_rows_are_numbered(tmp_path: Path) -> None:
    text = LIST.replace("id,Company", "nr,NAME")
    assert [pair[:2] for pair in found(at(tmp_path, "\ufeff" + text)).pairs()] == [("1", "3")]


def test_evidence_holds_no_values(tmp_path: Path) -> None:
    (pair,) = found(at(tmp_path, LIST), "name=Company,phone=phone,street=Street").pairs()
    assert not any(word in pair[4].casefold() for word in ("acme", "555", "main"))


def test_contacts_are_matched_by_their_own_table(tmp_path: Path) -> None:
    text = "First_name,last_name,EMAIL,title\nAnn,Lee,ann.lee@acme.test,CEO\nAnn,Lee,Ann.Lee@acme.test,Founder\n"
    (pair,) = found(at(tmp_path, text), check=CONTACT).pairs()
    assert pair[:2] == ("1", "2") and pair[3] == "auto"


def test_a_record_of_the_mirror_appears_as_its_ref(tmp_path: Path) -> None:
    book = Book([record("company", "7", **ACME), record("company", "8", **ACME, merged_into="7")])
    done = found(at(tmp_path, LIST), "id=id,name=Company,phone=phone,street=Street,city=CITY", book)
    assert {pair[:2] for pair in done.pairs()} == {
        ("a", "c"),
        ("a", "hubspot:1/company/7"),
        ("c", "hubspot:1/company/7"),
    }
    assert list(done.clusters())[-1] == ("hubspot:1/company/7", "a") and done.facts()["records_of_the_mirror"] == 1


def test_what_a_person_told_apart_in_the_mirror_stays_apart(tmp_path: Path) -> None:
    rows = [record("company", key, **ACME) for key in ("7", "8")]
    said = {(rows[0].ref, rows[1].ref): Judgement.DISTINCT}
    path = at(tmp_path, "\n".join(LIST.splitlines()[:2]))
    clusters = [
        dict(found(path, "name=Company,phone=phone", Book(rows, judgements=word)).clusters()) for word in ({}, said)
    ]
    assert len(clusters[1]) < 3 and len(set(clusters[1].values())) == 1


NAMES = st.sampled_from(["Acme Holdings", "ACME Holdings", "Acme Holding", "Globex", "Initech Ltd", ""])
PHONES = st.sampled_from(["+1 212 555 0100", "(212) 555-0100", "+1 415 555 0199", ""])


@settings(max_examples=12)
@given(rows=st.lists(st.tuples(NAMES, PHONES, st.sampled_from(["New York", "Oakland", ""])), max_size=12))
def test_the_auto_pairs_are_those_within_the_clusters(
    rows: list[tuple[str, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = [f"r{at},{','.join(row)}" for at, row in enumerate(rows)]
    done = found(at(tmp_path_factory.mktemp("lists"), "\n".join(["id,name,phone,city", *lines])))
    clusters = dict(done.clusters())
    within = {(a, b) for a, b in combinations(clusters, 2) if clusters[a] == clusters[b]}
    assert len(clusters) == len(rows) and within == {pair[:2] for pair in done.pairs() if pair[3] == "auto"}


MISTAKES = [
    ("name=Company,colour=phone", LIST, "no target 'colour'"),
    ("name=Firm", LIST, "line 1: there is no column 'Firm'"),
    ("name", LIST, "--map name"),
    ("name=Company,name=CITY", LIST, "given twice"),
    ("id=id", LIST, "line 1: nothing to compare"),
    ("", "nr,firm\n1,Acme\n", "line 1: no column is named"),
    ("", "name,Name\nA,B\n", "both mean name"),
    ("", "", "line 1: there is no header"),
    ("", LIST + "d,x\n", "line 5: 2 cells under 5 columns"),
    ("id=id,phone=phone", LIST + "a,A,1,2,3\n", "line 5: the id 'a' in column 'id' stands on line 2"),
    ("id=id,phone=phone", LIST + " ,A,1,2,3\n", "line 5: the id in column 'id' is blank"),
]


@pytest.mark.parametrize(("text", "content", "told"), MISTAKES, ids=[told for *_, told in MISTAKES])
def test_a_mistake_is_named_with_its_place_and_mend(tmp_path: Path, text: str, content: str, told: str) -> None:
    with pytest.raises(UsageError) as mistake:
        found(at(tmp_path, content), text)
    assert told in str(mistake.value) and mistake.value.act


def test_a_file_that_is_not_utf_8_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("name\nAcme\nCafé\n".encode("latin-1"))
    with pytest.raises(UsageError, match="line 3: the text is not UTF-8"):
        found(path)


def test_the_plan_of_a_file_merges_what_the_preflight_joins(tmp_path: Path, first_stage: Stage) -> None:
    path = at(tmp_path, LIST)
    listing = read(path, "company", mapping(path, ["id=id,name=Company,phone=phone,street=Street"], KNOWN))
    with first_stage.opened() as session:
        made, (finding,) = preview(listing, COMPANY, session)
    assert [ref.id for ref in decode(made.content).groups[0].refs] == [ref.id for ref in finding.refs] == ["a", "c"]

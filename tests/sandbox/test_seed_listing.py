"""CSV files are loaded into either CRM with their truth, and bad ones are refused with line and fix."""

from pathlib import Path

import pytest

from sandbox.seed import seed
from sandbox.seed.listing import ListingError, load_csv, load_truth
from sandbox.store import Store

NOW = 1_795_000_000_000
CRMS = ("hubspot", "salesforce")


def truth(store: Store) -> list[tuple[str, str]]:
    return list(store.db.execute("SELECT entity, note FROM truth ORDER BY id"))


LISTED = {"company": "id,Company,Web,Town\n7,Müller & Söhne GmbH,mueller.de,Köln\n9,Mueller GmbH,,Koeln\n"}
LISTED["contact"] = "id,Given,Family,Mail\n7,Ann,Lee,Ann@lee.org\n9,Anne,Lee,ann@lee.org\n"
MAPS = {
    "company": {"name": "Company", "domain": "Web", "city": "Town"},
    "contact": {"first_name": "Given", "last_name": "Family", "email": "Mail"},
}


@pytest.mark.parametrize("crm", CRMS)
@pytest.mark.parametrize("kind", LISTED)
def test_a_csv_and_its_truth_are_loaded(tmp_path: Path, crm: str, kind: str) -> None:
    made, file, known = Store(), tmp_path / "list.csv", tmp_path / "truth.csv"
    file.write_text(LISTED[kind], "utf-8")
    known.write_text("id,cluster_id\n7,a\n9,a\n")
    assert load_csv(made, crm, kind, file, MAPS[kind], NOW) == 2
    assert {note for _, note in truth(made)} == {"listed: 7", "listed: 9"}
    assert load_truth(made, known) == 2
    assert {entity for entity, _ in truth(made)} == {"truth-cluster-a"}


def test_the_second_contact_with_an_address_keeps_it_beside(tmp_path: Path) -> None:
    made, file = Store(), tmp_path / "list.csv"
    file.write_text(LISTED["contact"], "utf-8")
    load_csv(made, "hubspot", "contact", file, MAPS["contact"], NOW)
    first, second = made.rows("kind='contact'")
    assert (first.fields["email"], second.fields["work_email"]) == ("ann@lee.org", "ann@lee.org")
    assert "email" not in second.fields


def test_loading_goes_on_after_a_seed(tmp_path: Path) -> None:
    made, file = Store(), tmp_path / "list.csv"
    seed(made, seed=1, companies=5, contacts=5, leads=0, deals=0, now_ms=NOW)
    file.write_text(LISTED["company"], "utf-8")
    load_csv(made, "salesforce", "company", file, MAPS["company"], NOW)
    assert made.count("crm='salesforce' AND kind='company'") == 7


@pytest.mark.parametrize(
    ("content", "columns", "message"),
    [
        (b"", {"name": "n"}, "line 1: the file is empty"),
        (b"a,b\n1,2\n", {"name": "n"}, "line 1: no column n. The columns are: a, b"),
        (b"n,n\n1,2\n", {"name": "n"}, "line 1: column n stands there twice"),
        (b"n,b\nx,y\n1\n", {"name": "n"}, "line 3: 1 cells where the header has 2"),
        (b"n\nM\xfcller\n", {"name": "n"}, "line 2: byte 0xfc is not UTF-8"),
        (b"\xef\xbb\xbfn\nx\n", {"name": "n"}, "line 1: the file starts with a byte order mark"),
        (b'n\nx\n"y\n', {"name": "n"}, "not CSV"),
        (b"n,b\nx,y\n ,y\n", {"name": "n"}, "line 3: the row has no name or domain"),
        (b"id,n\n1,x\n1,y\n", {"name": "n"}, "line 3: id 1 stands on an earlier line too"),
        (b"n\nx\n", {"nam": "n"}, "a company has no nam. Map one of: name, domain"),
    ],
)
def test_a_bad_file_is_refused_with_its_line_and_a_fix(
    tmp_path: Path, content: bytes, columns: dict[str, str], message: str
) -> None:
    file, made = tmp_path / "list.csv", Store()
    file.write_bytes(content)
    with pytest.raises(ListingError) as caught:
        load_csv(made, "hubspot", "company", file, columns, NOW)
    assert message in str(caught.value)
    assert str(file) in str(caught.value)
    assert made.count("1") == 0


def test_truth_about_rows_that_were_never_loaded_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "truth.csv"
    file.write_text("id,cluster_id\n7,a\n")
    with pytest.raises(ListingError, match="line 2: no loaded row has id 7"):
        load_truth(Store(), file)

"""`dedupe --csv` as a person meets it."""

import csv
import json
from pathlib import Path

import pytest

from tests.sync.cli.terminal import Terminal

TEXT = "id,name,phone,city\na,Acme Holdings,+1 212 555 0100,New York\n=1+1,ACME Holdings,+1 (212) 555-0100,New York\n"


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(TEXT, "utf-8")
    return path


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_a_file_needs_no_crm_and_leaves_nothing_but_what_was_asked_for(
    at: Terminal, listing: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in at.stage.environ:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    said = at(
        "dedupe", "companies", "--csv", str(listing), "--pairs", "p.csv", "--clusters", "c.csv", "--format", "json"
    )
    assert said.code == 0 and json.loads(said.out)["clusters"] == 1
    assert sorted(path.name for path in Path().iterdir()) == ["c.csv", "p.csv"]
    assert rows(Path("p.csv"))[0] == ["id_a", "id_b", "probability", "band", "evidence"]


def test_a_cell_that_a_spreadsheet_would_run_is_text(at: Terminal, listing: Path) -> None:
    assert at("dedupe", "companies", "--csv", str(listing), "--clusters", "c.csv").code == 0
    assert rows(Path("c.csv")) == [["id", "cluster_id"], ["a", "a"], ["'=1+1", "a"]]


def test_a_file_is_compared_with_the_mirror_and_nothing_is_written(at: Terminal, tmp_path: Path) -> None:
    with at.stage.opened() as session:
        columns = session.mirror().columns(
            "company", ["name", "phone", "domain", "street", "city", "postcode", "country"]
        )
    path = tmp_path / "again.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [list(columns.data), *zip(*(cells[:20] for cells in columns.data.values()), strict=True)]
        )
    said = at("dedupe", "companies", "--csv", str(path), "--against-mirror", "--format", "csv")
    met = {row.split(",")[0] for row in said.out.splitlines() if f",{columns.ref(0).workspace}/" in row}
    assert said.code == 0 and len(met) > 15 and at.stage.effects() == []


def test_phones_without_a_country_are_read_as_the_region_has_them(at: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("last_name,phone\nLee,030 901820\nLee,+49 30 901820\n", "utf-8")
    counts = []
    for more in ([], ["--region", "de"]):
        said = at("dedupe", "leads", "--csv", str(path), "--format", "json", "--clusters", "c.csv", *more)
        facts = json.loads(said.out)
        counts.append(facts["pairs_auto"] + facts["pairs_for_review"])
    assert counts == [0, 1] and rows(Path("c.csv"))[0] == ["id", "cluster_id"]


WRONG = [
    (["companies", "--pairs", "p.csv"], "--pairs asks for --csv"),
    (["companies", "--map", "name=x"], "--map asks for --csv"),
    (["companies", "--csv", "list.csv", "--recount"], "for the mirror's records"),
    (["companies", "--region", "DE"], "--region asks for --csv"),
    (["companies", "--csv", "list.csv", "--region", "Nowhere"], "no country 'Nowhere'"),
    (["--csv", "list.csv"], "one kind"),
    (["companies", "--csv", "list.csv", "--pairs", "list.csv"], "different files"),
    (["companies", "--csv", "list.csv", "--pairs", "no/p.csv"], "no folder"),
    (["companies", "--csv", "list.csv", "--against-mirror", "--out", "x.json"], "--out"),
]


@pytest.mark.parametrize(("words", "told"), WRONG, ids=[" ".join(words) for words, _ in WRONG])
def test_what_cannot_be_meant_is_refused(at: Terminal, listing: Path, words: list[str], told: str) -> None:
    said = at("dedupe", *words)
    assert said.code == 2 and said.out == "" and told in said.err and listing.read_text("utf-8") == TEXT

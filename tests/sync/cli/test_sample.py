"""`sample` at the terminal: a sheet is drawn, filled in by a person, and read."""

import csv
import json

from tests.sync.cli.terminal import Terminal


def test_a_sheet_goes_out_and_comes_back(at: Terminal) -> None:
    path = at.folder / "sheet.csv"
    drawn = at("sample", "draw", "company", "--size", "5", "--out", str(path))
    assert drawn.code == 0 and drawn.out == "" and "values of 5 records" in drawn.err
    rows = list(csv.reader(path.read_text("utf-8").splitlines()))
    filled = [rows[0], *([*row[:3], "no" if row[1] == "industry" else "yes"] for row in rows[1:])]
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in filled), "utf-8")
    said = at("sample", "read", str(path), "--format", "json")
    told = {row["field"]: (row["right"], row["accuracy"]) for row in json.loads(said.out)["rows"]}
    assert (
        told["industry"] == (0, 0)
        and told["country"][1] == 1
        and set(told) == {row[1] for row in rows[1:]} | {"(whole records)"}
    )


def test_the_same_seed_writes_the_same_bytes(at: Terminal) -> None:
    for name in "ab":
        assert at("sample", "draw", "contact", "--size", "4", "--seed", "Q4", "--out", f"{name}.csv").code == 0
    assert (at.folder / "a.csv").read_bytes() == (at.folder / "b.csv").read_bytes()


def test_a_mistake_is_told_and_a_filled_sheet_is_kept(at: Terminal) -> None:
    path = at.folder / "sheet.csv"
    path.write_text("record,field,value,right\na,b,c,maybe\n", "utf-8")
    for words, why in [
        (["draw", "company", "--out", str(path)], "is there already"),
        (["draw", "contact", "--account", "hubspot:1", "--out", "new.csv"], "nothing was drawn"),
        (["read", str(path)], "sheet.csv:2: 'maybe' is neither yes nor no"),
        (["read", "none.csv"], "cannot be read"),
    ]:
        said = at("sample", *words)
        assert said.code == 2 and why in said.err and said.out == ""
    assert path.read_text("utf-8").endswith("maybe\n") and not (at.folder / "new.csv").exists()

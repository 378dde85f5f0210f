"""Prints how the default match tables do on the labeled sets; takes names of sets and `--errors` as arguments."""

import csv
import os
import sys
import time
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path

import numpy as np

from hygiene.match.block import candidates
from hygiene.match.cluster import Judged, groups
from hygiene.match.features import features
from hygiene.match.score import Scorer, Verdict
from hygiene.match.table import TABLES
from hygiene.view import Columns

REFERENCE = Path(os.environ.get("REVOPS_REFERENCE", "../shared")) / "bench"
Edge = tuple[int, int]
Row = dict[str, str]

SITES = {
    "name": "name",
    "street": "address",
    "postcode": "zip",
    "phone": "phone",
    "domain": "website",
    "email": "email",
}
MAPS: dict[str, tuple[str, dict[str, str]]] = {
    "restaurants": ("company", {"name": "name", "street": "addr", "city": "city", "phone": "phone"}),
    "early_childhood": ("company", SITES),
    "febrl1": (
        "contact",
        {"first_name": "given_name", "last_name": "surname", "city": "suburb", "state": "state", "postcode": "postcode"}
        | {"street": "street_number+address_1", "birth_date": "date_of_birth", "tax_id": "soc_sec_id"},
    ),
}
SENZING = {"street": "addr_line1|addr_full", "city": "addr_city", "postcode": "addr_postal_code"}
SENZING |= {"country": "addr_country", "phone": "phone_number", "email": "email_address"}
PERSON = SENZING | {"first_name": "primary_name_first+primary_name_middle", "last_name": "primary_name_last"}
PERSON |= {"name": "primary_name_full|native_name_full", "company": "employer", "birth_date": "date_of_birth"}


def main() -> None:
    """The table, a line a set."""
    bands = ("auto pairs", "auto + review pairs", "auto groups", "groups without cap")
    print(f"{'':<35}", *(f" {band:<18}" for band in bands))
    print(f"{'set':<23}{'rows':>6}{'true':>6}", *(f" {'P':>6}{'R':>6}{'F1':>6}" for _ in bands), " big  cand R    s")
    wanted = [argument for argument in sys.argv[1:] if argument != "--errors"]
    for name, (kind, fields) in MAPS.items():
        if not wanted or name in wanted:
            report(name, kind, load(name, lambda row: True), fields)
    if not wanted or "senzing_demo" in wanted:
        everyone = load("senzing_demo", lambda row: row["record_type"] == "PERSON")
        report("senzing_demo people", "contact", everyone, PERSON)
        companies = load("senzing_demo", lambda row: row["record_type"] != "PERSON")
        report("senzing_demo companies", "company", companies, SENZING | {"name": "primary_name_org"})


def load(name: str, keep: Callable[[Row], bool]) -> list[Row]:
    """The records of a set with their true cluster under `cluster`."""
    folder = REFERENCE / name
    if not folder.is_dir():
        sys.exit(f"no reference data in {folder.parent}: set REVOPS_REFERENCE")
    with (folder / "truth.csv").open(encoding="utf-8") as file:
        truth = {row["id"]: row["cluster_id"] for row in csv.DictReader(file)}
    with (folder / "records.csv").open(encoding="utf-8") as file:
        return [row | {"cluster": truth[row["id"]]} for row in csv.DictReader(file) if keep(row)]


def columns(kind: str, rows: list[Row], fields: dict[str, str]) -> Columns:
    """The rows as one workspace; `a+b` joins two columns, `a|b` takes the first filled one."""
    data = {name: np.array([cell(row, spec) for row in rows], dtype=object) for name, spec in fields.items()}
    ids = np.array([row["id"] for row in rows], dtype=object)
    return Columns(kind, ("bench:1",), np.zeros(len(rows), dtype=np.int16), ids, data)


def cell(row: Row, spec: str) -> str:
    """One mapped value."""
    texts = (" ".join(filter(None, (row[name] for name in part.split("+")))) for part in spec.split("|"))
    return next(filter(None, texts), "")


def report(title: str, kind: str, rows: list[Row], fields: dict[str, str]) -> None:
    """One line: pairs by band, then what the groups join, with the cap on their size and without."""
    started = time.perf_counter()
    table = TABLES[kind]
    scorer = Scorer(features(columns(kind, rows, fields), table, region="US"), table)
    pairs = scorer.score(*candidates(scorer.rows, table))
    found = groups(pairs, scorer, Judged())
    took = time.perf_counter() - started
    edges, true = list(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True)), truth(rows)
    auto, review = (
        {edges[at] for at in np.flatnonzero(pairs.verdict >= band)} for band in (Verdict.AUTO, Verdict.REVIEW)
    )
    capped = [group.rows for group in found if group.verdict is Verdict.AUTO]
    every = capped + [group.rows for group in found if group.oversize]
    merged, joined = ({edge for group in chosen for edge in combinations(group, 2)} for chosen in (capped, every))
    print(
        f"{title:<23}{len(rows):>6}{len(true):>6}",
        *(line(found, true) for found in (auto, review, merged, joined)),
        end="",
    )
    print(f"{max(map(len, every), default=1):>4}{len(true & set(edges)) / len(true):>7.3f}{took:>6.2f}")
    if "--errors" in sys.argv:
        explain(rows, scorer, (auto | merged) - true, true - auto)


def truth(rows: list[Row]) -> set[Edge]:
    """The pairs of rows that stand for one thing."""
    by_cluster: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        by_cluster.setdefault(row["cluster"], []).append(at)
    return {edge for members in by_cluster.values() for edge in combinations(members, 2)}


def line(found: set[Edge], true: set[Edge]) -> str:
    """Precision, recall and F1."""
    hit = len(found & true)
    precision, recall = hit / len(found) if found else 1.0, hit / len(true)
    score = 2 * precision * recall / (precision + recall) if hit else 0.0
    return f" {precision:>6.4f}{recall:>6.3f}{score:>6.3f}"


def explain(rows: list[Row], scorer: Scorer, wrong: Iterable[Edge], missed: Iterable[Edge]) -> None:
    """The errors, with their evidence."""
    for title, edges in (("WRONG", wrong), ("MISSED", missed)):
        shown = np.array(sorted(edges)[:40], dtype=np.int64).reshape(-1, 2)
        for (a, b), why in zip(shown.tolist(), scorer.explain(shown[:, 0], shown[:, 1]), strict=True):
            reasons = "; ".join(f"{item.text} {item.weight:+}" for item in why)
            print(
                f"  {title} {' | '.join(rows[a].values())}\n        {' | '.join(rows[b].values())}\n        {reasons}"
            )


if __name__ == "__main__":
    main()

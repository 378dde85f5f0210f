"""The matching bench runs, and its judge counts as one would by hand."""

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.calibrate import Sample, error, knots
from bench.matching import main
from bench.peers.cases import Listing, ready
from bench.peers.judge import Truth, clusters, joined, once, rates, swept
from bench.peers.race import EVERYONE
from hygiene.match.table import COMPANY, Calibration
from tests.sandbox.outsiders.client import exact

ENTITIES = st.lists(st.integers(0, 4), min_size=2, max_size=9).map(
    lambda drawn: np.unique(drawn, return_inverse=True)[1]
)


FIRST, SECOND = ("Alder Birch Cedar Elm Fir Hazel Juniper Larch Maple Oak", "Bakery Dairy Foundry Garage Mill")


def records() -> list[tuple[str, ...]]:
    """150 rows of 50 companies: each twice, the second time as a person types it, and its holding."""
    names = [f"{first} {second}" for first in FIRST.split() for second in SECOND.split()]
    rows: list[tuple[str, ...]] = []
    for at, name in enumerate(names):
        site, line = f"{name.replace(' ', '').lower()}.com", f"312555{at + 1000}"
        twins = (name, site, line), (f"{name.upper()}, Inc.", f"www.{site}", f"({line[:3]}) {line[3:6]}-{line[6:]}")
        rows += [*((f"c{at}", *one) for one in twins), (f"h{at}", f"{name} Holding", site, f"212555{at + 1000}")]
    return rows


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    folder, rows = tmp_path_factory.mktemp("bench"), records()
    lines = [",".join((f"{at}", f'"{name}"', site, line)) for at, (_, name, site, line) in enumerate(rows)]
    (folder / "records.csv").write_text("\n".join(("id,name,domain,phone", *lines)), "utf-8")
    entities = (f"{at},{row[0]}" for at, row in enumerate(rows))
    (folder / "truth.csv").write_text("\n".join(("id,cluster_id", *entities)), "utf-8")
    traps = (f"{at},{at + 2},holding" for at in range(0, len(rows), 3))
    (folder / "traps.csv").write_text("\n".join(("id_a,id_b,trap", *traps)), "utf-8")
    assert main(["--data", str(folder), "--peers", "ours,rapidfuzz", "--json", str(folder / "told.json")]) == 0
    return list(json.loads((folder / "told.json").read_text("utf-8")))


def test_ours_and_a_script_run_on_the_same_rows(told: list[dict[str, object]]) -> None:
    assert [(one["contestant"], one["rows"], one["why"]) for one in told] == [("ours", 150, ""), ("rapidfuzz", 150, "")]


@pytest.mark.parametrize("part", ["cost", "swept", "bands"])
def test_everything_that_is_printed_is_in_the_file(told: list[dict[str, object]], part: str) -> None:
    assert all(one[part] for one in told)


def test_a_trap_is_counted_where_it_falls(told: list[dict[str, object]]) -> None:
    ours, script = (one["bands"] for one in told)
    assert ours["traps"] == {"holding": [0, 50]} and ours["merged"]["rates"]["right"] > 40  # type: ignore[index]
    assert script["auto"]["true"] == 50  # type: ignore[index]


@settings(max_examples=40)
@given(ENTITIES, st.data())
def test_the_best_threshold_is_the_best_of_all(entity: np.ndarray, data: st.DataObject) -> None:
    truth = Truth(entity)
    a, b = np.array(list(combinations(range(len(entity)), 2)), dtype=np.int64).T
    score = np.array(data.draw(st.lists(st.sampled_from([0.1, 0.4, 0.9]), min_size=len(a), max_size=len(a))))
    cuts = [rates(truth, a[score >= cut], b[score >= cut]) for cut in set(score.tolist())]
    found = swept(truth, a, b, score)
    assert found.best.f1 == max(cut.f1 for cut in cuts)
    assert found.recalls[0] == max((cut.right / max(cut.true, 1) for cut in cuts if cut.precision >= 0.99), default=0)


@settings(max_examples=40)
@given(ENTITIES, ENTITIES)
def test_clusters_count_as_their_pairs_do(entity: np.ndarray, label: np.ndarray) -> None:
    rows = min(len(entity), len(label))
    truth, label = Truth(np.unique(entity[:rows], return_inverse=True)[1]), label[:rows]
    pairs = [edge for edge in combinations(range(rows), 2) if label[edge[0]] == label[edge[1]]]
    a, b = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    assert clusters(truth, label).rates == rates(truth, a, b)
    assert len(set(joined(rows, a, b).tolist())) == len(set(label.tolist()))


def test_b_cubed_is_that_of_the_textbook() -> None:
    truth = Truth(np.array([0, 0, 0, 1, 1]))
    found = clusters(truth, np.array([0, 0, 1, 1, 1]))
    assert found.b_cubed == pytest.approx(11 / 15) and found.largest == 3


def test_a_pair_counts_once_whichever_way_it_is_named() -> None:
    answer = {"a": np.array([0, 1, 2]), "b": np.array([1, 0, 2]), "score": np.array([0.5, 0.6, 0.7])}
    assert once(3, answer)["a"].tolist() == [0] and once(3, answer)["score"].tolist() == [0.5]


def test_a_case_maps_columns_to_roles(tmp_path: Path) -> None:
    (tmp_path / "records.csv").write_text("id,no,road,a,b\nx,5,Elm St,,B\ny,,Oak St,A,B\n", "utf-8")
    (tmp_path / "truth.csv").write_text("id,cluster_id\nx,7\ny,7\n", "utf-8")
    case = ready(Listing("s", tmp_path, "company", {"street": "no+road", "name": "a|b"}), tmp_path / "case")
    assert (case.folder / "raw.csv").read_text("utf-8").split() == [
        "id,street,name",
        "0,5",
        "Elm",
        "St,B",
        "1,Oak",
        "St,A",
    ]


def test_every_peer_is_pinned() -> None:
    assert all(exact(text, "python") for one in EVERYONE for text in one.requires)


def test_knots_rise_and_hold_on_what_they_were_measured_on() -> None:
    points = np.repeat(np.arange(-4.0, 20.0, 2.0), 50)
    right = np.tile(np.arange(50), 12) < np.repeat(np.linspace(2, 49, 12), 50)
    sample = Sample(points, np.zeros(600, dtype=bool), right, np.ones(600))
    made = knots(sample)
    assert Calibration(clean=made, contradicted=made) and error(sample, made) < 0.03 < error(
        sample, COMPANY.calibration.clean
    )

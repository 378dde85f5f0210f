"""Which pairs meet."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hygiene.match.block import candidates
from hygiene.match.features import Features, features
from hygiene.match.table import TABLES, Block, Table
from hygiene.view import columns_of
from tests.book import record

KEYED = st.lists(
    st.tuples(st.sampled_from(["", "a.com", "b.com", "c.com"]), st.sampled_from(["hubspot:1", "hubspot:2"]))
)


def table(cap: int, *blocks: Block) -> Table:
    return TABLES["company"].model_copy(update={"blocks": blocks, "cap": cap, "window": 2})


def made(rows: list[dict[str, str]], workspaces: list[str] | None = None) -> Features:
    places = workspaces or ["hubspot:1"] * len(rows)
    records = [
        record("company", str(at), space, **row) for at, (row, space) in enumerate(zip(rows, places, strict=True))
    ]
    return features(columns_of("company", records, ["name", "domain", "city"]), TABLES["company"])


@given(KEYED)
def test_all_pairs_with_one_key_in_one_workspace_meet_once(rows: list[tuple[str, str]]) -> None:
    a, b = candidates(
        made([{"domain": key} for key, _ in rows], [space for _, space in rows]), table(99, Block(keys=("domain",)))
    )
    brute = [(i, j) for j, y in enumerate(rows) for i, x in enumerate(rows[:j]) if x == y and x[0]]
    assert sorted(zip(a.tolist(), b.tolist(), strict=True)) == sorted(brute)


@pytest.mark.parametrize("size", [100, 400])
def test_a_large_block_costs_a_window_a_record(size: int) -> None:
    rows = made([{"domain": "a.com", "name": f"Name {at}"} for at in range(size)])
    a, _ = candidates(rows, table(10, Block(keys=("domain",))))
    assert len(a) == 2 * size - 3


def test_a_large_block_falls_back_to_a_tighter_key() -> None:
    rows = made([{"domain": "a.com", "city": f"City {at // 2}", "name": f"{at % 2}{at}"} for at in range(40)])
    a, b = candidates(rows, table(10, Block(keys=("domain",), tighter=("city",))))
    met = set(zip(a.tolist(), b.tolist(), strict=True))
    assert {(at, at + 1) for at in range(0, 40, 2)} <= met


def test_no_rows_make_no_pairs() -> None:
    a, b = candidates(made([]), TABLES["company"])
    assert len(a) == len(b) == 0 and a.dtype == np.int64

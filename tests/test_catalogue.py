"""The catalogue of failure modes: each is shown by tests that exist, or says why there is none."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.tree import ROOT, functions

REFERENCE = Path(os.environ.get("REVOPS_REFERENCE", "../shared")) / "research" / "reliability.md"
SECTIONS = {"A": 18, "B": 9, "C": 24, "D": 24, "E": 25, "F": 21, "G": 18, "H": 12, "I": 25, "J": 10}
IDS = [f"{letter}{number:02}" for letter, count in SECTIONS.items() for number in range(1, count + 1)]
ROW = re.compile(r"^\| ([A-J]\d\d) \|", re.M)
KEYS = {"title", "tests", "open", "reason"}
FEWEST_WORDS = 4

CATALOGUE: Mapping[str, Any] = YAML(typ="safe").load((ROOT / "tests/catalogue.yaml").read_text("utf-8"))
NAMED = sorted({test for entry in CATALOGUE.values() for test in entry.get("tests", ())})


def test_every_mode_stands_in_the_catalogue_and_nothing_else() -> None:
    assert len(IDS) == 186 and list(CATALOGUE) == IDS


@pytest.mark.reference
@pytest.mark.skipif(not REFERENCE.is_file(), reason="no reference data")
def test_the_modes_are_those_of_the_reference() -> None:
    found = ROW.findall(REFERENCE.read_text("utf-8"))
    assert len(found) == len(set(found)) and set(found) == set(CATALOGUE)


@pytest.mark.parametrize("id_", CATALOGUE)
def test_a_mode_is_shown_by_tests_or_says_why_it_is_not(id_: str) -> None:
    entry = CATALOGUE[id_]
    assert entry.keys() <= KEYS and entry["title"]
    assert bool(entry.get("tests")) is ("reason" not in entry)
    assert "open" not in entry or "tests" in entry
    said = [entry[name] for name in ("open", "reason") if name in entry]
    assert all(len(text.split()) >= FEWEST_WORDS for text in said)
    assert len(set(entry.get("tests", ()))) == len(entry.get("tests", ()))


@pytest.mark.parametrize("test", NAMED)
def test_a_test_that_is_named_exists(test: str) -> None:
    path, _, name = test.partition("::")
    assert (ROOT / path).is_file() and name.partition("[")[0] in {node.name for node in functions(path)}

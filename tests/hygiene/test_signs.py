"""A glance passes over no pair that a full comparison would take."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from hygiene.clean.column import Coded, coded
from hygiene.clean.person import FORMS, SHORTENED, kin, nickname, related
from hygiene.clean.signs import Signs
from hygiene.match.compare import alike, sharing, slips
from hygiene.match.compare.person_name import SLIP, level
from hygiene.match.features import Rows

TEXTS = st.lists(st.text("abc d_0\u00e9\t\n", max_size=9).filter(str.strip), min_size=2, max_size=9)
KNOWN = st.sampled_from(sorted({*FORMS, *SHORTENED, "zoe", "q"}))


def pairs(texts: list[str]) -> tuple[Rows, Rows]:
    found = np.triu_indices(len(texts))
    return found[0], found[1]


@pytest.mark.parametrize(("compare", "scorer"), [(alike, fuzz.ratio), (sharing, fuzz.token_set_ratio)])
@pytest.mark.parametrize("least", [80, 85, 100])
@given(texts=TEXTS)
def test_scores_are_those_of_rapidfuzz(
    compare: Callable[[Coded, Rows, Rows, float], Rows], scorer: Callable[..., float], least: int, texts: list[str]
) -> None:
    a, b = pairs(texts)
    # Two equal texts are one, whatever they are made of.
    by_rapidfuzz = [x == y or scorer(x, y) >= least for i, x in enumerate(texts) for y in texts[i:]]
    assert compare(coded(texts), a, b, least).tolist() == by_rapidfuzz


@given(TEXTS, st.integers(1, 2))
def test_slips_are_those_of_rapidfuzz(texts: list[str], most: int) -> None:
    a, b = pairs(texts)
    by_rapidfuzz = [OSA.distance(x, y) <= most for i, x in enumerate(texts) for y in texts[i:]]
    assert slips(coded(texts), a, b, most).tolist() == by_rapidfuzz


@given(TEXTS)
def test_what_holds_another_text_holds_its_characters(texts: list[str]) -> None:
    signs = Signs.of(texts)
    a, b = pairs(texts)
    inside = np.array([x in y or y in x for i, x in enumerate(texts) for y in texts[i:]])
    assert signs.holds(a, b)[inside].all()


def test_no_text_has_no_signs() -> None:
    signs = Signs.of([])
    assert len(signs.letters) == len(signs.words) == len(signs.sizes) == 0


@given(KNOWN, KNOWN)
def test_names_that_are_one_are_kin(a: str, b: str) -> None:
    assert a == b or kin(a) & kin(b) or not (nickname(a, b) or related(a, b))


def test_every_short_form_is_kin_to_its_names() -> None:
    assert all(kin(short) & kin(name) for short, names in FORMS.items() for name in names)


def test_swapped_and_misspelled_is_still_one_name() -> None:
    assert level(("garcia", "miguel"), ("migul", "garcia")) == SLIP

"""Salesforce ids: the checksum, the order, and reading what callers write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.salesforce.ids import DIGITS, KEY_PREFIXES, make_id, normalize, with_checksum


@pytest.mark.parametrize(
    "id18", ["0015500001QdQWaAAN", "0037e00001WZ310AAD", "a001a000002zhWBAAY", "006A000000LZhwNIAT"]
)
def test_checksum_agrees_with_recorded_ids(id18: str) -> None:
    assert with_checksum(id18[:15]) == id18


@given(st.sampled_from(sorted(KEY_PREFIXES.values())), st.integers(0, 62**9 - 1))
def test_an_id_is_understood_in_every_form(prefix: str, seq: int) -> None:
    id18 = make_id(prefix, seq)
    assert {normalize(id18), normalize(id18[:15]), normalize(id18.lower()), normalize(id18.upper())} == {id18}


@given(st.lists(st.integers(0, 62**9 - 1), min_size=2, max_size=2, unique=True))
def test_ids_sort_like_their_numbers(pair: list[int]) -> None:
    first, second = sorted(pair)
    assert make_id("001", first) < make_id("001", second)


@pytest.mark.parametrize("text", ["", "001", "0015500001QdQW!", "0015500001QdQWaAA", "0015500001QdQWaA9N", "x" * 19])
def test_what_is_no_id_is_none(text: str) -> None:
    assert normalize(text) is None


@given(st.text(DIGITS, min_size=15, max_size=15))
def test_the_checksum_adds_three_characters(id15: str) -> None:
    assert with_checksum(id15)[:15] == id15 and len(with_checksum(id15)) == 18


@pytest.mark.parametrize("seq", [-1, 62**9])
def test_numbers_without_an_id_are_refused(seq: int) -> None:
    with pytest.raises(ValueError, match="no id"):
        make_id("001", seq)

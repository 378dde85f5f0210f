"""Packed texts come back as they went in."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hygiene.packed import Cells, Packed, texts

TEXTS = st.lists(st.text(st.characters(codec=None), max_size=8) | st.sampled_from(["", "\0", "\0\x01", "\ud83d"]))


@given(st.lists(TEXTS))
def test_pieces_are_the_texts_in_their_order(pieces: list[list[str]]) -> None:
    packed = Packed()
    for piece in pieces:
        packed.add(piece)
    assert packed.texts() == [text for piece in pieces for text in piece]


@given(TEXTS)
def test_a_packed_column_is_a_column(column: list[str]) -> None:
    cells = Cells({"name": Packed(column)})
    assert list(cells) == ["name"] and texts(cells, "name") == column == cells["name"].tolist()
    assert texts({"name": np.array(column, dtype=object)}, "name") == column

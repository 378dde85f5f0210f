"""What a whole table says of its values, counted once and kept: how many share each, which words are common."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hygiene.clean.column import Coded

Shared = Mapping[tuple[str, str], Mapping[str, int]]
"""(feature, by) -> value -> how many stand beside it; a value that few share is left out."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Frozen counts: with them a pair's points hang on its two records alone, whatever else comes and goes."""

    common: frozenset[str]
    places: frozenset[str]
    shared: Shared

    def counts(self, feature: str, by: str, column: Coded) -> NDArray[np.int64]:
        """How many share each value of a column; 0 for one that few shared, or nobody had, when it was counted."""
        known = self.shared[feature, by]
        return np.fromiter((known.get(text, 0) for text in column.values.tolist()), np.int64, len(column.values))

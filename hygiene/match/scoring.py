"""What grouping asks of whoever scores pairs of rows, however they are held."""

from typing import Protocol

from hygiene.check import Evidence
from hygiene.match.features import Rows
from hygiene.match.score import Pairs
from hygiene.match.table import Table


class Scoring(Protocol):
    """Scores pairs of one table's rows."""

    table: Table

    def score(self, a: Rows, b: Rows) -> Pairs:
        """The pairs with their points, vetoes and bands."""

    def explain(self, a: Rows, b: Rows) -> list[tuple[Evidence, ...]]:
        """The reasons of each pair, the weightiest first; without values."""

"""The rules that halt a run: a run that goes wrong stops early, and says which rule stopped it."""

from dataclasses import dataclass

from sync.ledger.journal import State

BAD = frozenset({State.REJECTED, State.REVERTED, State.UNKNOWN, State.HALTED})


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits of what a run may bear before it stops. `share` counts once `sample` rows were settled."""

    consecutive: int = 5
    share: float = 0.02
    sample: int = 100
    reverted: int = 3
    unknown_merges: int = 1


@dataclass(slots=True)
class Watch:
    """Counts what a run meets and names the rule that it breaks."""

    rules: Rules
    settled: int = 0
    failed: int = 0
    in_a_row: int = 0
    reverted: int = 0
    unknown_merges: int = 0

    def saw(self, verb: str, state: State) -> None:
        """One step was settled."""
        bad = state in BAD
        self.settled += 1
        self.failed += bad
        self.in_a_row = self.in_a_row + 1 if bad else 0
        self.reverted += state is State.REVERTED
        self.unknown_merges += state is State.UNKNOWN and verb == "merge"

    def broken(self) -> str:
        """The rule that says stop, empty while none does."""
        rules = self.rules
        if self.unknown_merges >= rules.unknown_merges:
            return "a merge has an unknown outcome"
        if self.reverted >= rules.reverted:
            return f"{self.reverted} writes were overwritten right away by something else"
        if self.in_a_row >= rules.consecutive:
            return f"{self.in_a_row} changes in a row failed"
        if self.settled >= rules.sample and self.failed > rules.share * self.settled:
            return f"{self.failed} of {self.settled} changes failed"
        return ""

"""Every recording of some folders judged, and told: a line for each that does not match, a table, the sum."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from tests.sandbox.recorded.explained import Explanations, live, load
from tests.sandbox.recorded.recording import read_all
from tests.sandbox.recorded.verdict import Verdict, judge

WORDS = ("matched", "explained", "mismatched", "not served")


def run(folders: Iterable[Path], out: TextIO, explanations: Explanations | None = None) -> int:
    """Print the report; 0 where nothing mismatches and the rules about explanations hold, else 1."""
    rules = load() if explanations is None else explanations
    verdicts = [rules.weigh(judge(recording)) for folder in folders for recording in read_all(folder)]
    for verdict in verdicts:
        if verdict.word != "matched":
            out.write(f"{verdict.recording.file}: {verdict.word}: {'; '.join(verdict.why)}\n")
    out.write(table(verdicts))
    broken = rules.broken(verdicts)
    for vendor, (part, whole) in live(verdicts).items():
        out.write(f"{vendor}: {part} of {whole} live recordings on served endpoints explained ({part / whole:.1%})\n")
    out.writelines(f"{line}\n" for line in broken)
    counts = Counter(verdict.word for verdict in verdicts)
    out.write(", ".join(f"{counts[word]} {word}" for word in WORDS) + "\n")
    return int(bool(broken) or counts["mismatched"] > 0)


def table(verdicts: list[Verdict]) -> str:
    """How many of each family came out how."""
    counts = Counter((f"{one.recording.vendor} {one.recording.family}", one.word) for one in verdicts)
    families = sorted({family for family, _ in counts})
    rows = [("family", *WORDS), *((family, *(str(counts[family, word]) for word in WORDS)) for family in families)]
    return "".join(f"{row[0]:<32}{''.join(f'{cell:>12}' for cell in row[1:])}\n" for row in rows)

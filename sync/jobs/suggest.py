"""The change of `match.yaml` by which the rules would fit a team's labels better, as a diff to review."""

import re
from collections.abc import Mapping, Sequence
from difflib import unified_diff
from pathlib import Path

from hygiene.checks.duplicate import Duplicate
from hygiene.match.labels import Case
from hygiene.match.learn import LEAST, Offer, enough, fit
from hygiene.match.table import Comparison

NAME = "config/match.yaml"
SECTION = re.compile(r"(?m)^(\S+?):")


def suggest(cases: Sequence[Case], checks: Mapping[str, Duplicate], rules: Path | None) -> tuple[str, list[str]]:
    """A unified diff of the rules (empty where nothing is offered), and a sentence for each kind; nothing is changed.

    `rules` is the team's `match.yaml`; without one the diff is of the comparisons that hold by default.
    """
    offers: dict[str, Offer] = {}
    said = []
    for kind in sorted({case.kind for case in cases}):
        mine = [case for case in cases if case.kind == kind]
        if not enough(mine):
            same = sum(case.same for case in mine)
            said.append(
                f"{kind}: too few labels to learn from: {same} same, {len(mine) - same} different; {LEAST} each"
            )
        elif (offer := fit(mine, checks[kind].matched)) is None:
            said.append(f"{kind}: other weights do no better on labels kept out of the fit: nothing is suggested")
        else:
            offers[kind] = offer
            said.append(f"{kind}: log loss on labels kept out of the fit {offer.before:.4f}, then {offer.after:.4f}")
    old = rules.read_text("utf-8") if rules and rules.is_file() else _defaults({kind: checks[kind] for kind in offers})
    new = old
    for kind, offer in offers.items():
        new = _rewritten(new, kind, offer.comparisons)
    return "".join(unified_diff(old.splitlines(True), new.splitlines(True), f"a/{NAME}", f"b/{NAME}", n=1)), said


def _defaults(checks: Mapping[str, Duplicate]) -> str:
    """The comparisons of each kind as `match.yaml` writes them."""
    lines = []
    for kind, check in checks.items():
        lines += [f"{kind}:", "  comparisons:", *(_line(item) for item in check.matched.comparisons)]
    return "".join(f"{line}\n" for line in lines)


def _line(item: Comparison) -> str:
    parts = [f"compare: {item.compare}", f"weight: {item.weight:g}", f"against: {item.against:g}"]
    parts += [] if item.vetoes else ["vetoes: false"]
    parts += [f"group: {item.group}"] if item.group else []
    return f"    - {{ {', '.join(parts)} }}"


def _rewritten(text: str, kind: str, comparisons: Sequence[Comparison]) -> str:
    """The text with other numbers in a kind's comparisons; everything else stays as people wrote it."""
    starts = [match for match in SECTION.finditer(text) if match.group(1) == kind]
    if not starts:
        return text
    begin = starts[0].end()
    later = SECTION.search(text, begin)
    end = later.start() if later else len(text)
    section = text[begin:end]
    for item in comparisons:
        for name, value in (("weight", item.weight), ("against", item.against)):
            pattern = rf"(compare:\s*{item.compare}\b[^}}\n]*?\b{name}:\s*)([\d.]+)"
            section = re.sub(pattern, lambda found, value=value: _kept(found, value), section)  # type: ignore[misc]
    return text[:begin] + section + text[end:]


def _kept(found: re.Match[str], value: float) -> str:
    """The number as it is written where it is the same."""
    return found.group() if float(found.group(2)) == value else f"{found.group(1)}{value:g}"

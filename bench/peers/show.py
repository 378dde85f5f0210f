"""Prints results as tables, and leaves them as JSON."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.peers.judge import LEVELS, Bands, Rates, Swept
from bench.peers.race import Cost, Result

RANKING = (
    "set",
    "rows",
    "true",
    "contestant",
    "P",
    "R",
    "F1",
    *(f"R@{level:g}".replace("0.", ".") for level in LEVELS),
)
RANKING += ("cl F1", "B3", "big", "pairs/row", "recall", "wall s", "CPU s", "MiB")
FIXED = ("set", "contestant", "auto", "P", "R", "merged", "P", "R", "B3", "big", "review", "a+r P", "R", "F1", "traps")
NOTES = (
    "set: (made) is of our generator, every other is public or given; a figure of the one is nothing without the other",
    "P, R, F1: pairs, at the threshold that the truth likes best, for everyone alike; cl, B3, big: what that joins",
    "R@: the most recall of any threshold with that precision; pairs/row, recall: what was scored at all",
    "wall, CPU, MiB: whole process with its children, columns that we cleaned for it counted in; quote only the ratios",
    "learning contestants learn from another seed of the generator, on public sets from half of the set's entities (*)",
)


def tables(results: Sequence[Result]) -> str:
    """The ranking, what was done at fixed thresholds, the traps, and how to read them."""
    done = [one for one in results if one.swept]
    parts = [_table(RANKING, map(_ranking, done))]
    parts += [_table(FIXED, (_fixed(one, one.bands) for one in done if one.bands))]
    parts += [_traps(done), _ratios(done)]
    parts += [f"{one.case.listing.name}: {one.contestant.name} not run: {one.why}" for one in results if one.why]
    return "\n\n".join(part for part in [*parts, "\n".join(NOTES)] if part)


def save(file: Path, results: Sequence[Result]) -> None:
    """Everything as JSON, a result an object."""
    file.write_text(json.dumps([_plain(one) for one in results], indent=1), "utf-8")


def _ranking(one: Result) -> tuple[str, ...]:
    cut, cost = one.swept or _none(), one.cost or Cost(0, 0, 0)
    numbers = [cut.best.precision, cut.best.recall, cut.best.f1, *cut.recalls]
    closed = cut.closed
    found = f"{one.pairs / one.case.rows:.1f}", f"{one.reached:.3f}"
    costs = f"{cost.wall:.1f}", f"{cost.cpu:.1f}", f"{cost.memory:.0f}"
    joined = f"{closed.rates.f1:.3f}", f"{closed.b_cubed:.3f}", str(closed.largest)
    name = one.contestant.name + ("*" if one.contestant.learns and one.case.listing.origin != "made" else "")
    head = title(one), f"{one.case.rows:,}", f"{cut.best.true:,}", name
    return (*head, *(f"{number:.3f}" for number in numbers), *joined, *found, *costs)


def _fixed(one: Result, found: Bands) -> tuple[str, ...]:
    def rates(of: Rates) -> tuple[str, ...]:
        return f"{of.precision:.4f}", f"{of.recall:.3f}"

    merged = found.merged
    shape = f"{merged.b_cubed:.3f}", str(merged.largest), f"{found.review:,}"
    sprung, total = (sum(counts) for counts in zip((0, 0), *found.traps.values(), strict=True))
    both = *rates(found.both), f"{found.both.f1:.3f}"
    auto = f"{found.auto.pairs:,}", *rates(found.auto), f"{merged.rates.pairs:,}", *rates(merged.rates)
    return title(one), one.contestant.name, *auto, *shape, *both, f"{sprung} of {total}" if total else "-"


def _traps(done: Sequence[Result]) -> str:
    """What each contestant merges that has a name, at its fixed threshold."""
    shown = [one for one in done if one.bands and one.bands.traps]
    names = {one.case.listing.name: one.bands.traps for one in shown if one.bands}
    parts = []
    for name, traps in names.items():
        rows = [(one.contestant.name, one.bands) for one in shown if one.case.listing.name == name and one.bands]
        lines = ((who, *(f"{got.traps[trap][0]} of {got.traps[trap][1]}" for trap in traps)) for who, got in rows)
        parts.append(_table((f"merged: {name}", *traps), lines))
    return "\n\n".join(parts)


def _ratios(done: Sequence[Result]) -> str:
    """Ours over the faster Splink of the same case."""
    lines = []
    for ours in (one for one in done if one.contestant.name == "ours"):
        peers = [one for one in done if one.case is ours.case and one.contestant.name.startswith("splink")]
        peer = min((one for one in peers if one.cost), key=lambda one: one.cost.wall if one.cost else 0.0, default=None)
        if peer and peer.cost and ours.cost and ours.swept and peer.swept:
            costs = zip(asdict(ours.cost).values(), asdict(peer.cost).values(), strict=True)
            parts = [f"{mine / theirs:.2f}" for mine, theirs in costs]
            f1 = ours.swept.best.f1 / max(peer.swept.best.f1, 1e-9)
            lines.append((title(ours), peer.contestant.name, *parts, f"{f1:.2f}"))
    return _table(("ours / Splink", "faster one", "wall", "CPU", "memory", "F1"), lines) if lines else ""


def title(one: Result) -> str:
    """The set's name, with its origin."""
    return (
        f"{one.case.listing.name} ({one.case.listing.origin})"
        if one.case.listing.origin == "made"
        else one.case.listing.name
    )


def _none() -> Swept:
    raise ValueError("only what was run is shown")


def _plain(one: Result) -> dict[str, Any]:
    listing = one.case.listing
    head = {"set": listing.name, "origin": listing.origin, "kind": listing.kind, "rows": one.case.rows}
    head |= {"contestant": one.contestant.name, "requires": one.contestant.requires, "why": one.why}
    parts = {"cost": one.cost, "swept": one.swept, "bands": one.bands}
    said = {name: asdict(part) for name, part in parts.items() if part is not None}
    return head | {"pairs": one.pairs, "reached": one.reached} | said


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [tuple(head), *map(tuple, rows)]
    if len(lines) == 1:
        return ""
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    words = 1 + sum(name in ("contestant", "faster one") for name in head[:2])
    return "\n".join(_line(line, widths, words) for line in lines)


def _line(line: Sequence[str], widths: Sequence[int], words: int) -> str:
    cells = (
        cell.ljust(width) if at < words else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(line, widths, strict=True))
    )
    return "  ".join(cells).rstrip()

"""Runs parts of the bench in several processes, prints each violation, and at the end what every part counts."""

import multiprocessing
import resource
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.rel.part import Part, Share, Tally, Tier, every_part, part

WORKERS = 2
WIDTH = 400
START, END = "<!-- table -->", "<!-- end of table -->"


@dataclass(frozen=True)
class Line:
    """One line of the table at the end."""

    part: Part
    tally: Tally
    command: str


def worked(name: str, tier: Tier, seed: int, share: Share) -> Tally:
    """One worker's share of a part."""
    tally = Tally()
    for result in part(name).trials(tier, seed, share):
        tally.add(result)
    return tally


def run(one: Part, tier: Tier, seed: int) -> Tally:
    """A part in as many processes as there are workers; each violation is printed."""
    started, whole = spent(), Tally()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        futures = [pool.submit(worked, one.name, tier, seed, Share(at, WORKERS)) for at in range(WORKERS)]
        for future in futures:
            share = future.result()
            whole.runs += share.runs
            whole.faults += share.faults
            whole.missing |= share.missing
    for fault in whole.faults:
        say(f"  {one.name}: {fault[:WIDTH]}")
    for reason in sorted(whole.missing):
        say(f"  {one.name}: NOT TRIED HERE: {reason}")
    say(f"{one.name}: {whole.runs} runs, {len(whole.faults)} violations, {spent() - started:.0f} s of CPU")
    return whole


def spent() -> float:
    """Seconds of CPU that processes which have ended took, theirs included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def say(text: str) -> None:
    """A line at once, however long the run."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def table(lines: Sequence[Line], seed: int) -> list[tuple[str, ...]]:
    """What each part counts, and the command that counts it again; a head and a row a part."""
    rows = [(line.part.metric, str(line.tally.runs), str(len(line.tally.faults)), str(seed), line.command)
            for line in lines]  # fmt: skip
    return [("metric", "runs", "violations", "seed", "command"), *rows]


def show(rows: Sequence[tuple[str, ...]]) -> None:
    """The table in columns."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def put(page: Path, rows: Sequence[tuple[str, ...]]) -> None:
    """The rows in the table of a page, each in its metric's place, between two marks; `ValueError` where they are
    missing. The rows of parts that were not run stay as they are."""
    before, start, rest = page.read_text("utf-8").partition(START)
    old, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"{page} has no place for the table")
    head, *fresh = [f"| {' | '.join((*row[:4], f'`{row[4]}`' if at else row[4]))} |" for at, row in enumerate(rows)]
    known = {line.split(" | ")[0]: line for line in (*old.strip().splitlines()[2:], *fresh)}
    body = (known[f"| {one.metric}"] for one in every_part().values() if f"| {one.metric}" in known)
    text = "\n".join((head, "| --- | ---: | ---: | ---: | --- |", *body))
    page.write_text(f"{before}{start}\n{text}\n{end}{after}", "utf-8")

"""Breaks every call of a full pull in every way: nothing is ever believed gone, and the next pull heals the mirror."""

import random
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from connectors.errors import RevopsError
from sync.jobs.pull import pull_all
from tests.rel.bench import Bench, Trial, bench
from tests.rel.part import Part, Result, Share, Tier, mine
from tests.rel.parts.guard import opened

BROKEN: Mapping[str, Any] = {
    **{f"status {code}": {"status": code, "body": ""} for code in (200, 204, 400, 401, 403, 404, 429, 500, 502, 503)},
    **{f"cut after {size} bytes": {"truncate": size} for size in (0, 1, 40, 400, 4000)},
    **{f"garbled: {how}": {"garble": how} for how in ("html", "noise", "empty", "swap")},
    "no connection": {"drop_before": True},
    "a reset": {"drop_after": "reset"},
    "no rows": {"set_json": {"results": [], "records": []}},
    "no next page": {"set_json": {"paging": None, "nextRecordsUrl": None, "done": True}},
}
SMALL, MANY = 8, 110
Rows = dict[tuple[str, str, str], tuple[str, str, str]]


def trials(tier: Tier, seed: int, share: Share) -> Iterator[Result]:
    """Every call with every fault; a few by chance in the small tier."""
    with bench("update", many=MANY) as made:
        with made.trial("update") as trial:
            whole, calls = pulled(trial), len(trial.watched.wires)
        chosen = [(nth, fault) for nth in range(1, calls + 1) for fault in BROKEN]
        picked = random.Random(seed).sample(chosen, SMALL) if tier is Tier.SMALL else chosen
        for number, (nth, fault) in enumerate(picked):
            if mine(share, number):
                yield Result([f"call {nth}, {fault}: {text}" for text in broken(made, nth, fault, whole)])


def broken(made: Bench, nth: int, fault: str, whole: Rows) -> list[str]:
    """What was believed that is not so, and what the next pull left wrong."""
    with made.trial("update") as trial:
        trial.watched.faults.add([{"on": {"nth": nth}, "do": [BROKEN[fault]]}])
        try:
            pulled(trial)
        except RevopsError:
            pass
        except Exception as error:  # noqa: BLE001 - whatever else gets out is what a user would see as a traceback
            return [f"it crashed: {type(error).__name__}: {error}"]
        gone = [key for key, row in rows(trial).items() if row[0] and not whole[key][0]]
        after = pulled(trial)
        wrong = [key for key in {**whole, **after} if whole.get(key) != after.get(key)]
        return [f"believed gone: {gone[:3]}"] * bool(gone) + [f"not healed: {wrong[:3]}"] * bool(wrong)


def pulled(trial: Trial) -> Rows:
    """The mirror after a full pull."""
    with opened(trial) as session:
        pull_all(session, full=True)
    return rows(trial)


def rows(trial: Trial) -> Rows:
    """Every record of the mirror: whether and why it is gone, what it became, and its hash."""
    with closing(sqlite3.connect(trial.stage.state / "mirror.db")) as file:
        found = file.execute("SELECT workspace, kind, id, gone, merged_into, hash FROM record").fetchall()
    return {(row[0], row[1], row[2]): (row[3], row[4], row[5]) for row in found}


PART = Part("partial", "full pulls that broke at a call, and what the mirror then believed gone", trials)

"""Answers that get lost on the way: the batch is settled by one read, and never sent again."""

from collections import Counter
from pathlib import Path

import pytest

from connectors.changes import Set
from connectors.values import frozen
from hygiene.check import Finding
from sandbox.store import Row
from sync.jobs.plan import Made, make
from sync.jobs.plan import basis_of as basis
from sync.jobs.pull import pull_all
from sync.plan.strategy import Strategy
from tests.rel.world import CONFIG
from tests.sync.stage import Stage, seeded

BATCH = 100


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The seeded stage with a hundred companies more in HubSpot, pulled."""
    stage = seeded(tmp_path_factory.mktemp("crowded"), CONFIG)
    now = stage.sandbox.clock.now_ms() - 60_000
    keys = [(str(90_000_000_000 + place), 10_000 + place) for place in range(BATCH)]
    rows = (
        Row("hubspot", "company", key, seq, now, now, now, False, None, {"hs_object_id": key, "name": f"Example {seq}"})
        for key, seq in keys
    )
    stage.sandbox.store.put_all(rows)
    with stage.opened() as session:
        pull_all(session, full=True)
    return stage


def hundred_sets(stage: Stage) -> Made:
    """A plan that describes each of the hundred."""
    with stage.opened() as session:
        refs = [item.ref for item in session.mirror().records("company") if item.ref.id.startswith("9000000")]
        change = frozen({"description": "one of many"}), frozen({"description": None})
        found = [Finding("test", (ref,), "a description", changes=(Set(ref, *change),)) for ref in refs]
        return make(found, basis(session), lambda identity, kind: Strategy.NATIVE)


def calls(stage: Stage, after: int) -> Counter[str]:
    """Calls about companies since a point, by the end of their path."""
    sql = "SELECT path FROM call WHERE seq > ? AND path LIKE '%compan%' AND path LIKE '%batch%'"
    paths = stage.sandbox.store.db.execute(sql, (after,)).fetchall()
    return Counter(path.rpartition("/")[2] for (path,) in paths)


LOSSES = {
    "connection": {"apply_then": "drop"},
    "bad gateway": {"apply_then": 502},
    "server error": {"apply_then": 500, "body": {"status": "error", "message": "internal error"}},
    "cut": {"truncate": 40},
    "empty": {"garble": "empty"},
}


@pytest.mark.parametrize("loss", LOSSES)
def test_a_lost_answer_to_a_hundred_sets_is_settled_by_one_read_and_no_second_write(
    crowded: Stage, tmp_path: Path, loss: str
) -> None:
    stage = crowded.copy(tmp_path)
    made = hundred_sets(stage)
    (before,) = stage.sandbox.store.db.execute("SELECT max(seq) FROM call").fetchone()
    stage.sandbox.faults.add([{"on": {"crm": "hubspot", "path": "batch/update"}, "do": [LOSSES[loss]]}])
    report = stage.applied(made.content, approve=made.hash).report
    assert (report.exit_code, report.groups_done, report.written) == (0, BATCH, BATCH)
    assert calls(stage, before) == {"read": 2, "update": 1} and len(stage.effects()) == BATCH


def test_an_answer_in_another_order_is_matched_by_id(crowded: Stage, tmp_path: Path) -> None:
    stage = crowded.copy(tmp_path)
    made = hundred_sets(stage)
    stage.sandbox.faults.add([{"on": {"path": "batch/update"}, "do": [{"garble": "reorder"}]}])
    report = stage.applied(made.content, approve=made.hash).report
    assert (report.exit_code, report.written, len(stage.effects())) == (0, BATCH, BATCH)


def test_a_batch_dropped_before_it_took_effect_is_sent_once_more(crowded: Stage, tmp_path: Path) -> None:
    stage = crowded.copy(tmp_path)
    made = hundred_sets(stage)
    stage.sandbox.faults.add([{"on": {"path": "batch/update"}, "do": ["drop_before"]}])
    report = stage.applied(made.content, approve=made.hash).report
    assert (report.exit_code, report.written, len(stage.effects())) == (0, BATCH, BATCH)

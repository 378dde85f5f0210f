"""The scheduled job: what it applies by itself, what waits, what is told, and how it stops."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from connectors.errors import RefusedError
from sync.jobs.history import history
from sync.jobs.run import Outcome, preview, scheduled
from sync.jobs.shelf import Shelf
from sync.ledger.jobs import Jobs
from sync.plan.file import decode, plan_hash
from tests.sync.stage import Stage

SMALL = "version: 1\nkinds: [owner, company]\nchecks: [{check: duplicate, kind: company}]\n"
POLICY = f"{SMALL}run: {{policy: [{{check: duplicate, kind: company, grade: irreversible, most: 3}}]}}\n"


def at(stage: Stage, config: str) -> Stage:
    """The same stage under other rules."""
    path = stage.state / "rules.yaml"
    path.write_text(config, "utf-8")
    return replace(stage, environ=stage.environ | {"REVOPS_CONFIG": str(path)})


@pytest.fixture
def stage(first_stage: Stage, tmp_path: Path) -> Stage:
    """Companies alone: what a run does is the same for every kind."""
    return at(first_stage.copy(tmp_path / "state"), SMALL)


def ran(stage: Stage, **more: str) -> Outcome:
    with stage.opened(**more) as session:
        return scheduled(session)


def waits(stage: Stage) -> bytes:
    return Shelf(stage.state).waits()


@pytest.fixture
def heard() -> Iterator[tuple[str, list[dict]]]:
    """A webhook on loopback and what it was told."""
    told: list[dict] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            """Silence."""

    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", told
    server.shutdown()
    thread.join()
    server.server_close()


def test_by_default_nothing_is_applied_and_all_of_it_waits(stage: Stage) -> None:
    outcome = ran(stage)
    assert (outcome.code, outcome.state, outcome.applied) == (0, "waiting", 0) and stage.effects() == []
    assert {group.id for group in decode(waits(stage)).groups} == set(outcome.waiting) != set()


def test_the_policy_applies_exactly_what_it_names(stage: Stage) -> None:
    stage = at(stage, POLICY)
    with stage.opened() as session:
        parts = preview(session)
    outcome = ran(stage)
    assert outcome.applied == len(parts.allowed.plan.groups) == 3 and outcome.code == 0
    assert {group.check for group in parts.allowed.plan.groups} == {"duplicate:company"}
    with stage.opened() as session:
        (run,) = session.ledger.runs()
        approval = session.ledger.approval(run.plan)
        assert approval is not None and approval.who == "policy" and approval.counts["rules"] == session.settings.hash
        assert {entry.group for entry in session.journal.entries(run.id)} == {g.id for g in parts.allowed.plan.groups}
    assert not list((stage.state / "running").glob("*"))


def test_a_dry_run_leaves_nothing_behind(stage: Stage) -> None:
    with stage.opened() as session:
        assert preview(session).waiting.plan.groups
        assert Jobs(session.ledger_store, session.now).last(1) == []
    assert waits(stage) == b"" and stage.effects() == []


def test_an_approval_holds_over_two_runs_and_the_next_one_applies_it(stage: Stage) -> None:
    ran(stage)
    first = waits(stage)
    assert ran(stage).waiting and waits(stage) == first
    with stage.opened() as session:
        session.ledger.approve(plan_hash(first), "a person", {})
    outcome = ran(stage)
    assert outcome.applied == len(decode(first).groups) and stage.effects()
    assert waits(stage) != first


def test_a_plan_that_expired_is_replaced_and_its_approval_is_void(stage: Stage) -> None:
    ran(stage)
    first = waits(stage)
    with stage.opened() as session:
        session.ledger.approve(plan_hash(first), "a person", {})
        late = replace(session, now=lambda: decode(first).expires_at + timedelta(seconds=1))
        assert scheduled(late).applied == 0
        late.close()
    assert stage.effects() == [] and waits(stage) not in (b"", first)


def test_a_run_that_was_cut_short_is_gone_on_with(stage: Stage) -> None:
    content = stage.planned().content
    Shelf(stage.state).start(content)
    with stage.opened() as session:
        session.ledger.approve(plan_hash(content), "policy", {})
        session.ledger.begin("cut", plan_hash(content))
    outcome = ran(stage)
    assert outcome.applied == len(decode(content).groups)
    with stage.opened() as session:
        assert [(run.id, run.status) for run in session.ledger.runs()] == [("cut", "done")]


def test_what_was_kept_and_never_approved_is_dropped(stage: Stage) -> None:
    path = Shelf(stage.state).start(stage.planned().content)
    assert ran(stage).applied == 0 and not path.exists() and stage.effects() == []


@pytest.mark.parametrize("calls", [1, 3, 40])
def test_the_time_limit_ends_it_in_good_order_and_the_next_run_is_whole(stage: Stage, calls: int) -> None:
    count = iter(range(10**9))
    with stage.opened() as session:
        asked = replace(session, halt=lambda: next(count) >= calls)
        outcome = scheduled(asked)
        asked.close()
    assert (outcome.code, outcome.state) == (5, "stopped") or calls == 40
    assert ran(stage).code == 0


def test_a_second_start_is_refused_while_the_first_runs(stage: Stage) -> None:
    with stage.opened() as first, stage.opened() as second, first.alone("run"):
        with pytest.raises(RefusedError, match="another revops-sync is at the scheduled job"):
            scheduled(second)
        assert history(second, 5) == []


def test_twenty_starts_at_once_are_one_run(stage: Stage) -> None:
    gate, codes = threading.Barrier(20), list[int]()

    def start() -> None:
        with stage.opened() as session:
            gate.wait()
            try:
                codes.append(scheduled(session).code)
            except RefusedError as refusal:
                codes.append(refusal.exit_code)

    threads = [threading.Thread(target=start) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with stage.opened() as session:
        assert sorted(codes) == [0, *[4] * 19] and len(Jobs(session.ledger_store, session.now).last(20)) == 1


def test_people_are_told_of_changes_of_state_alone(stage: Stage, heard: tuple[str, list[dict]]) -> None:
    url, told = heard
    first = ran(stage, REVOPS_WEBHOOK_URL=url)
    assert not first.untold and ran(stage, REVOPS_WEBHOOK_URL=url).waiting == first.waiting
    (message,) = told
    assert message["state"] == "waiting" and message["counts"]["waiting"] == len(first.waiting)
    assert message["ids"] == list(first.waiting[:5]) and len(message["text"].splitlines()) <= 20
    ran(stage, REVOPS_WEBHOOK_URL=url, HUBSPOT_ACCESS_TOKEN="wrong")
    ran(stage, REVOPS_WEBHOOK_URL=url)
    assert [item["state"] for item in told] == ["waiting", "stopped", "waiting"]
    assert "recovered" in told[-1]["headline"]


def test_whoever_could_not_be_told_is_told_next_time(stage: Stage, heard: tuple[str, list[dict]]) -> None:
    url, told = heard
    lost = ran(stage, REVOPS_WEBHOOK_URL="http://127.0.0.1:9/secret")
    assert lost.code == 0 and lost.untold == ("the webhook could not be told: ConnectionError",)
    ran(stage, REVOPS_WEBHOOK_URL=url)
    assert len(told) == 1


def test_the_history_shows_jobs_and_applies(stage: Stage) -> None:
    ran(at(stage, POLICY))
    with stage.opened() as session:
        found = {item.what.split()[0]: item for item in history(session, 9)}
    assert found["run"].code == found["apply"].code == 0
    assert "3 applied" in found["run"].counts and "approved by policy" in found["apply"].what


def test_a_waiting_plan_that_was_cut_or_changed_is_not_believed(stage: Stage) -> None:
    ran(stage)
    path: Path = Shelf(stage.state).waiting
    path.write_bytes(path.read_bytes()[:-20])
    assert waits(stage) == b"" and ran(stage).code == 0 and waits(stage)

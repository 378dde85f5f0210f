"""From plan to undo at the command line, and every refusal on the way: nothing is written after one."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.server import serve
from sync.plan.file import plan_hash
from tests.sync.cli.terminal import Terminal
from tests.sync.stage import Stage

MARKS = "version: 1\nmerge: {company: mark, contact: mark, lead: mark}\n"


def facts(at: Terminal, *words: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(at(*words, "--format", "json").out)
    return found


def test_plan_show_approve_apply_status_verify_undo_apply_explain(at: Terminal) -> None:
    (at.folder / "marks.yaml").write_text(MARKS)
    at.monkeypatch.setenv("REVOPS_CONFIG", str(at.folder / "marks.yaml"))
    path = at.plan()
    name = plan_hash(path.read_bytes())
    shown = at("show", str(path))
    assert shown.code == 0 and name in shown.out and name in (at.folder / "plan.md").read_text()
    assert at("approve", str(path), "--hash", name).code == 0 and at.stage.effects() == []
    applied = facts(at, "apply", str(path))
    assert applied["groups"] == applied["groups done"] and applied["stopped"] == "" and at.stage.effects() != []
    status, journal = facts(at, "status"), facts(at, "journal", "verify")
    assert status["last run"] == f"{applied['run']} done" and journal["valid"] is True
    assert journal["entries"] == status["journal entries"]
    _undone(at, str(applied["run"]))


def _undone(at: Terminal, run: str) -> None:
    """Take the run back, and look at one of its records."""
    marks = [item for item in at.stage.effects() if item["crm"] == "hubspot"]
    undo = at.folder / "undo.json"
    assert at("undo", run, "--out", str(undo)).code == 0
    assert at("apply", str(undo), "--approve", plan_hash(undo.read_bytes())).code == 0
    back = at.stage.effects()[-1]["detail"]["fields"]
    assert list(back.values()) in ([None], [""])
    one = at("explain", f"hubspot:12345678/{marks[0]['kind']}/{marks[0]['id']}")
    assert one.code == 0 and marks[0]["id"] in one.out


def test_show_keeps_values_to_itself_unless_told(at: Terminal) -> None:
    path = at.plan()
    groups = json.loads(path.read_text())["groups"]
    mails = {item["fields"]["email"] for group in groups for item in group["expects"] if item["fields"].get("email")}
    values = {value for group in groups for item in group["evidence"] for value in item["values"] if value in mails}
    shy, open_ = at("show", str(path)).out, at("show", str(path), "--reveal").out
    assert mails and not [mail for mail in mails if mail in shy]
    assert all(value.replace("_", "\\_") in open_ for value in values)


def test_a_plan_and_its_words_are_for_their_owner_alone(at: Terminal) -> None:
    at.plan()
    assert {(at.folder / name).stat().st_mode & 0o777 for name in ("plan.json", "plan.md")} == {0o600}


def as_it_is(at: Terminal, path: Path) -> None:
    """Nobody approved it."""


def one_byte(at: Terminal, path: Path) -> None:
    at("approve", str(path), "--hash", plan_hash(path.read_bytes()))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def replayed(at: Terminal, path: Path) -> None:
    assert at("apply", str(path), "--approve", plan_hash(path.read_bytes())).code == 0


def expired(at: Terminal, path: Path) -> None:
    (at.folder / "short.yaml").write_text("version: 1\nguards: {expires_hours: 0.0000001}\n")
    at.monkeypatch.setenv("REVOPS_CONFIG", str(at.folder / "short.yaml"))
    at.plan()
    at("approve", str(path), "--hash", plan_hash(path.read_bytes()))


def another_hash(at: Terminal, path: Path) -> None:
    assert at("approve", str(path), "--hash", "0" * 64).code == 4


REFUSALS = [as_it_is, one_byte, replayed, expired, another_hash]


@pytest.mark.parametrize("spoil", REFUSALS, ids=lambda item: item.__name__)
def test_a_plan_that_may_not_be_applied_is_refused_before_any_write(
    at: Terminal, spoil: Callable[[Terminal, Path], None]
) -> None:
    path = at.plan()
    spoil(at, path)
    before = at.stage.effects()
    said = at("apply", str(path))
    assert said.code == 4 and said.out == "" and at.stage.effects() == before


def test_a_plan_is_not_applied_to_another_account(at: Terminal, first_stage: Stage, tmp_path: Path) -> None:
    path = at.plan()
    at("approve", str(path), "--hash", plan_hash(path.read_bytes()))
    other = first_stage.copy(tmp_path / "other")
    other.sandbox.store.set("hubspot", "portal_id", 87654321)
    shutil.copytree(at.stage.state, other.state, dirs_exist_ok=True)
    with serve(other.sandbox) as url:
        at.point(other, url)
        said = at("apply", str(path))
    assert said.code == 4 and "87654321" in said.err and other.effects() == []


BOUNDS = [["--max-calls", "3"], ["--max-irreversible", "0"]]


@pytest.mark.parametrize("bound", BOUNDS, ids=" ".join)
def test_a_plan_beyond_a_bound_is_refused(at: Terminal, bound: list[str]) -> None:
    path = at.plan()
    said = at("apply", str(path), "--approve", plan_hash(path.read_bytes()), *bound)
    assert said.code == 4 and bound[0] in said.err and at.stage.effects() == []


def test_some_changes_that_failed_end_in_3(at: Terminal) -> None:
    path = at.plan()
    group = next(item for item in json.loads(path.read_text())["groups"] if "hubspot" in item["expects"][0]["ref"])
    _, kind, key = group["expects"][0]["ref"].split("/")
    at.stage.sandbox.store.db.execute(
        "UPDATE record SET data = json_set(data, '$.phone', '+1 555 0100') WHERE crm='hubspot' AND kind=? AND id=?",
        (kind, key),
    )
    said = at("apply", str(path), "--approve", plan_hash(path.read_bytes()), "--format", "json")
    assert said.code == 3 and [row["group"] for row in json.loads(said.out)["rows"]] == [group["id"]]


def test_a_run_that_was_stopped_ends_in_5_and_says_how_to_go_on(at: Terminal) -> None:
    path = at.plan()
    spent = {"status": 429, "body": {"status": "error", "errorType": "RATE_LIMIT", "policyName": "DAILY"}}
    at.stage.sandbox.faults.add([{"on": {"path": "/merge$"}, "do": [spent]}])
    said = at("apply", str(path), "--approve", plan_hash(path.read_bytes()))
    assert said.code == 5 and "run the same command again" in said.err
    assert at("apply", str(path)).code == 0


def test_a_changed_journal_is_told_with_4(at: Terminal) -> None:
    path = at.plan()
    at("apply", str(path), "--approve", plan_hash(path.read_bytes()))
    with at.stage.opened() as session, session.ledger_store.begin() as connection:
        connection.exec_driver_sql("UPDATE entry SET state = 'verified' WHERE seq = 1")
    said = at("journal", "verify")
    assert said.code == 4 and "entry 1" in said.out

"""Failure modes around the first write: another organization, file, ledger or disk than the approval was given on."""

import json
import os
import resource
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from connectors.errors import LocalError, RefusedError
from sandbox.server import serve
from sync.apply.guard import Bounds
from sync.cli.approve import allow
from sync.jobs.apply import carry_out
from sync.jobs.plan import Made
from sync.ledger.journal import State
from sync.plan.file import encode
from tests.sync.stage import Stage, effects
from tests.sync.stores import in_files
from tests.tree import ROOT


@pytest.fixture(scope="module")
def approved(first_stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> tuple[Stage, Made]:
    """A stage with an approved plan for it; nobody applies it here."""
    stage = first_stage.copy(tmp_path_factory.mktemp("approved") / "state")
    made = stage.planned()
    with stage.opened() as session:
        session.ledger.approve(made.hash, "test", {})
    return stage, made


@pytest.fixture(scope="module")
def wanted(approved: tuple[Stage, Made], tmp_path_factory: pytest.TempPathFactory) -> Counter[str]:
    """What the plan does to both CRMs when nothing goes wrong."""
    stage = approved[0].copy(tmp_path_factory.mktemp("wanted") / "state")
    assert stage.applied(approved[1].content).report.exit_code == 0
    return effects(stage)


@pytest.fixture
def stage(approved: tuple[Stage, Made], tmp_path: Path) -> Stage:
    return approved[0].copy(tmp_path / "state")


@pytest.fixture
def made(approved: tuple[Stage, Made]) -> Made:
    return approved[1]


@pytest.mark.parametrize("crm", ["hubspot", "salesforce"])
def test_a_plan_is_not_applied_to_another_account_with_the_same_records(stage: Stage, made: Made, crm: str) -> None:
    name, value = {"hubspot": ("portal_id", 999), "salesforce": ("organization_id", "00DSB0000000002EAA")}[crm]
    moved = "UPDATE record SET id = ? WHERE crm = 'salesforce' AND kind = 'organization'"
    if crm == "salesforce":
        stage.sandbox.store.db.execute(moved, (value,))
    stage.sandbox.store.set(crm, name, value)
    with stage.opened() as session, pytest.raises(RefusedError, match="the plan is for"):
        carry_out(made.content, session, Bounds())
    assert stage.effects() == []


def test_the_approval_of_one_hash_is_not_given_to_the_file_that_took_its_place(stage: Stage, made: Made) -> None:
    other = encode(replace(made.plan, groups=made.plan.groups[1:]))
    with stage.opened() as session:
        for hash_, why in ((made.hash, "hash is"), (None, "nobody is here")):
            with pytest.raises(RefusedError, match=why):
                allow(session, other, hash_)
        with pytest.raises(RefusedError, match="nobody approved"):
            carry_out(other, session, Bounds())
    assert stage.effects() == []


@in_files
def test_an_older_copy_of_the_ledger_writes_nothing_twice(stage: Stage, made: Made, tmp_path: Path) -> None:
    shutil.copytree(stage.state, tmp_path / "older")
    assert stage.applied(made.content).report.exit_code == 0
    before = stage.effects()
    older = replace(stage, environ=stage.environ | {"REVOPS_STATE": str(tmp_path / "older")})
    assert older.applied(made.content).report.written == 0
    assert stage.effects() == before != []


@contextmanager
def full_disk(pages: int) -> Iterator[None]:
    """No file of this process grows beyond so many pages of 4 KB: the kernel refuses it as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (pages * 4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@in_files
@pytest.mark.parametrize("pages", [0, 8, 26, 32, 36, 60])
def test_a_disk_that_is_full_at_any_point_lets_nothing_out_and_loses_nothing(
    stage: Stage, made: Made, wanted: Counter[str], pages: int
) -> None:
    with full_disk(pages), pytest.raises((LocalError, OperationalError)):
        stage.applied(made.content)
    with stage.opened() as session:
        kept = [entry for run in session.ledger.runs() for entry in session.journal.entries(run.id)]
    # A merge in Salesforce moves what was tied to the record by itself: the merge is what we sent.
    sent = [item for item in stage.effects() if item["crm"] == "hubspot" or item["verb"] == "merge"]
    assert len(sent) <= sum(entry.state is State.INTENT for entry in kept)
    assert stage.applied(made.content).report.exit_code == 0 and effects(stage) == wanted


def planned(stage: Stage, url: str, out: Path, **environ: str) -> dict[str, Any]:
    """The plan file that a process of its own makes, without the moments at which it was made and expires."""
    places = {"HUBSPOT_BASE_URL": url, "SALESFORCE_INSTANCE_URL": url, "PATH": os.environ.get("PATH", "")}
    call = [sys.executable, "-m", "sync", "plan", "--out", str(out)]
    subprocess.run(call, cwd=ROOT, env=stage.environ | places | environ, check=True, capture_output=True)
    data: dict[str, Any] = json.loads(out.read_bytes())
    return {name: value for name, value in data["plan"].items() if not name.endswith("_at")} | {
        "groups": data["groups"]
    }


def test_the_same_mirror_gives_the_same_plan_in_every_process(stage: Stage, made: Made, tmp_path: Path) -> None:
    odd = {"PYTHONHASHSEED": "1", "TZ": "ZZZ-14", "LC_ALL": "C"}, {"PYTHONHASHSEED": "2", "TZ": "ZZZ+12"}
    with serve(stage.sandbox) as url:
        one, two = (planned(stage, url, tmp_path / f"{place}.json", **more) for place, more in enumerate(odd))
    assert one == two and one["groups"] == json.loads(made.content)["groups"] != []

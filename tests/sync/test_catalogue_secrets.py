"""Failure modes of what is shown: no token and no person's value in any output, error or file that is not for them."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.server import serve
from sync.cli import main
from sync.plan.file import plan_hash
from tests.sync.stage import Stage, seeded

SECRETS = ("pat-na1-sandbox", "sandbox-reader-secret", "sandbox-writer-secret", "canary", "Bearer")
PERSONAL = ("email", "phone", "mobile", "street", "last_name")
SAID = {"message": 'canary@mail.example may not: "canary-value"', "category": "VALIDATION_ERROR"}
REFUSED: list[Any] = [
    *({"status": status, "body": SAID} for status in (400, 401, 403, 404)),
    {"redirect": "canary-url"},
]
LOST: list[Any] = [{"apply_then": 500, "body": "<html>canary-page"}, "drop_after"]
"""What is not asked again after a wait in real time; `tests/connectors` has the others, in virtual time."""
CONFIG = "version: 1\napply: {settle_seconds: 0.01}\n"


@dataclass
class Terminal:
    """Runs commands in this process as a shell would, on a stage that is served on loopback."""

    stage: Stage
    folder: Path
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    def run(self, *words: str) -> tuple[int, str]:
        """The exit code, and all that was printed."""
        self.patch.setattr(sys, "argv", ["revops-sync", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = self.capture.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, shown.out + shown.err

    def values(self) -> set[str]:
        """What is known of persons, as far as it is long enough to be told from other words."""
        with self.stage.opened() as session:
            rows = [row for kind in ("contact", "lead") for row in session.mirror().records(kind, *PERSONAL)]
        return {text for row in rows for name in PERSONAL if len(text := row.text(name)) >= 8}


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A stage whose CRMs show at once what they have done."""
    return seeded(tmp_path_factory.mktemp("quick"), CONFIG)


@pytest.fixture
def terminal(
    quick: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Terminal]:
    stage = quick.copy(tmp_path / "state")
    with serve(stage.sandbox) as url:
        places = {"HUBSPOT_BASE_URL": url, "SALESFORCE_INSTANCE_URL": url}
        for name, value in (stage.environ | places).items():
            monkeypatch.setenv(name, value)
        yield Terminal(stage, tmp_path, monkeypatch, capsys)


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def whole_day(terminal: Terminal) -> Iterator[str]:
    """Every command that meets records, one after the other, and what each prints."""
    path = terminal.folder / "plan.json"
    for words in ("doctor", "pull", "check", "review --format json", f"plan --out {path}", f"show {path}"):
        yield terminal.run(*words.split())[1]
    yield terminal.run("apply", str(path))[1]
    code, shown = terminal.run("apply", str(path), "--approve", plan_hash(path.read_bytes()))
    assert code == 0
    with terminal.stage.opened() as session:
        run, ref = session.ledger.runs()[-1].id, next(session.mirror().records("contact")).ref
    for words in ("status", "journal verify", f"undo {run} --out {path}.undo", f"explain {ref}"):
        shown += terminal.run(*words.split())[1]
    yield shown


def files(terminal: Terminal) -> Iterator[tuple[str, str]]:
    """Every file of the stores and plans, as text."""
    for path in terminal.folder.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes().decode("latin-1")


def test_no_command_shows_a_token_or_a_persons_value_and_no_file_holds_a_token(terminal: Terminal) -> None:
    known = terminal.values()
    shown = "\n".join(whole_day(terminal))
    assert len(known) > 50 and len(shown) > 2000
    assert leaks(shown) == [] and [value for value in known if value in shown] == []
    kept = dict(files(terminal))
    assert {"plan.json", "plan.md", "ledger.db", "mirror.db"} <= kept.keys()
    assert {name: leaks(text) for name, text in kept.items() if leaks(text)} == {}
    told = (terminal.folder / "plan.md").read_text("utf-8")
    assert [value for value in known if value in told] == []


@pytest.mark.parametrize("crm", ["hubspot", "salesforce"])
@pytest.mark.parametrize("do", REFUSED, ids=str)
def test_no_failure_shows_a_token_or_what_the_crm_said(terminal: Terminal, crm: str, do: Any) -> None:
    terminal.stage.sandbox.faults.add([{"on": {"crm": crm, "times": 0}, "do": [do]}])
    code, shown = terminal.run("doctor")
    assert code in (0, 2, 5) and "revops-sync itself" not in shown and leaks(shown) == [], shown


@pytest.mark.parametrize("do", [*REFUSED[::2], *LOST], ids=str)
def test_no_failure_of_a_write_shows_a_token_or_a_persons_value(terminal: Terminal, do: Any) -> None:
    known, path = terminal.values(), str(terminal.folder / "plan.json")
    terminal.run("plan", "--out", path)
    rule = {"on": {"path": "/merge$|/Soap/|batch/update$", "times": 0}, "do": [do]}
    terminal.stage.sandbox.faults.add([rule])
    code, shown = terminal.run("apply", path, "--approve", plan_hash(Path(path).read_bytes()))
    assert (code == 0) is (do in LOST) and code in (0, 2, 3, 5) and "revops-sync itself" not in shown
    assert leaks(shown) == [] and [value for value in known if value in shown] == []
    assert [name for name, text in files(terminal) if leaks(text)] == []

"""The suite that runs real clients against the sandbox says what they did, and fails when one of them does."""

import sys
from pathlib import Path

import pytest

from tests.sandbox.outsiders.__main__ import main
from tests.sandbox.outsiders.client import Client, everyone, exact, read
from tests.sandbox.outsiders.environment import Unavailable, made
from tests.sandbox.outsiders.suite import Operation, Result, heard, run

DESCRIBED = """
language = "python"
package = "pytest"
requires = ["pytest==9.0.0"]
program = "run.py"
about = "a program of this test"
empty = true
"""
READS = "holds(control('GET', 'clock')['now_ms'] > 0, 'no time')"


def client(folder: Path, *lines: str, described: str = DESCRIBED) -> Client:
    """A client with an operation for each line, named by its number."""
    body = "".join(f"def number_{n}(_):\n    {line}\n" for n, line in enumerate(lines))
    names = ", ".join(f"number_{n}" for n in range(len(lines)))
    (folder / "run.py").write_text(f"from tell import *\n\n{body}\nperform([{names}], None)\n")
    (folder / "client.toml").write_text(described)
    return read(folder)


def ran(folder: Path, *lines: str) -> Result:
    """What came of a client with an operation for each line."""
    return run(client(folder, *lines), own=True)


def test_a_client_finds_the_sandbox_and_says_what_it_did(tmp_path: Path) -> None:
    result = ran(tmp_path, READS, "raise NotTried('no such endpoint')")
    assert result.operations == (
        Operation("number 0", True),
        Operation("number 1", None, "no such endpoint"),
        Operation("the program ends", True),
        Operation("the sandbox does not stumble", True),
    )


def test_what_went_wrong_is_said(tmp_path: Path) -> None:
    lines = ("same(1, 2)", "refusal(KeyError, dict)", "control('POST', 'edit', {})", "raise SystemExit(3)")
    whys = ("1 is not 2", "KeyError was not raised", "400", "exit code 3")
    wrong = ran(tmp_path, *lines).failed
    assert [item.name for item in wrong] == ["number 0", "number 1", "number 2", "the program ends"]
    assert all(why in item.why for item, why in zip(wrong, whys, strict=True))


def test_a_program_that_says_nothing_has_failed(tmp_path: Path) -> None:
    silent = client(tmp_path, READS)
    (tmp_path / "run.py").write_text("print('{}', 'not json', 1)")
    assert [item.why for item in run(silent, own=True).failed] == ["it said nothing"]


def test_a_program_that_hangs_is_ended(tmp_path: Path) -> None:
    slow = client(tmp_path, "import time; time.sleep(30)", described=f"{DESCRIBED}timeout = 1\n")
    assert [item.why for item in run(slow, own=True).failed] == ["not within 1 s"]


def test_nothing_of_the_callers_environment_reaches_a_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "a real one")
    assert ran(tmp_path, "import os; same(os.environ.get('HUBSPOT_ACCESS_TOKEN'), None)").failed == ()


def test_a_client_that_is_not_installed_is_named_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="nobody-made-this is not installed"):
        made(client(tmp_path, READS, described=DESCRIBED.replace('"pytest"', '"nobody-made-this"')), own=True)


@pytest.mark.parametrize("line", ["tier = 1", 'language = "ruby"', 'requires = ["pytest>=9"]'])
def test_a_wrong_description_names_its_file(tmp_path: Path, line: str) -> None:
    kept = "".join(f"{item}\n" for item in DESCRIBED.splitlines() if item.split(" ")[0] != line.split(" ")[0])
    with pytest.raises(ValueError, match=r"client\.toml"):
        client(tmp_path, READS, described=f"{kept}{line}\n")


def test_every_client_is_pinned_and_has_its_program() -> None:
    clients = everyone()
    assert {"hubspot-api-client", "hubspot-sdk", "hubspot-api-client-node"} <= {item.name for item in clients}
    assert all((item.folder / item.program).is_file() and item.requires for item in clients)
    assert all(exact(requirement, item.language) for item in clients for requirement in item.requires)


@pytest.mark.parametrize("loose", ["a>=1", "a", "a==1.*", "a==1,<2"])
def test_a_loose_requirement_is_seen(loose: str) -> None:
    assert not exact(loose, "python")


def test_only_lines_of_operations_are_heard() -> None:
    said = '{"op": "reads", "ok": true}\nnoise\n[1]\n{"op": "writes", "ok": false, "why": "no"}\n'
    assert list(heard(said)) == [Operation("reads", True), Operation("writes", False, "no")]


def test_an_unknown_name_is_a_mistake_of_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["nobody"])
    assert ended.value.code == 2
    assert "no client nobody" in capsys.readouterr().err


def test_the_list_names_every_client(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert all(item.name in capsys.readouterr().out for item in everyone()[:1])


def test_the_suite_runs_in_this_interpreter() -> None:
    assert (
        made(next(item for item in everyone() if item.light), own=True).interpreter.parent
        == Path(sys.executable).parent
    )

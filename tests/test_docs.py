"""The documentation says what the code does."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from docs.generate import pages
from sync.cli import cli
from sync.settings import Environment, load
from tests.tree import ROOT, files

LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?!https?://|mailto:)([^)#\s]*)(#[^)\s]*)?\)")
PROSE = [name for name in files() if name.endswith(".md")]
README = (ROOT / "README.md").read_text("utf-8")


def commands(group: click.Group, above: str) -> Iterator[tuple[str, click.Command]]:
    """Every command with its whole name, those of groups included."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{above} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{above} {name}")


COMMANDS = dict(commands(cli, "revops-sync"))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_in_the_readme_and_explains_itself(name: str) -> None:
    assert re.search(rf"\b{name}\b", README) and COMMANDS[name].help


@pytest.mark.parametrize("name", COMMANDS)
def test_an_option_explains_itself(name: str) -> None:
    named = [item for item in COMMANDS[name].params if isinstance(item, click.Option)]
    silent = [item.name for item in named if not item.help and not item.show_default]
    assert silent == []


def test_the_readme_names_no_command_that_is_not_there() -> None:
    calls = set(re.findall(r"^(?:\$ )?revops-sync ([a-z]+)", README, re.M))
    assert calls and calls <= {name.split()[1] for name in COMMANDS}


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_a_generated_page_is_fresh(path: Path) -> None:
    assert path.read_text("utf-8") == pages()[path], "run `python docs/generate.py`"


@pytest.mark.parametrize("name", PROSE)
def test_a_link_leads_somewhere(name: str) -> None:
    text = re.sub(r"```.*?```", "", (ROOT / name).read_text("utf-8"), flags=re.S)
    targets = [(ROOT / name).parent / path if path else ROOT / name for path, _ in LINK.findall(text)]
    assert [target for target in targets if not target.exists()] == []


def test_the_readme_names_every_variable() -> None:
    known = {name.upper() for name in Environment.model_fields}
    assert known <= set(re.findall(r"`([A-Z_]+)`", README))


def test_the_config_to_edit_is_the_one_that_travels() -> None:
    assert (ROOT / "config/revops.yaml").read_bytes() == (ROOT / "sync/revops.yaml").read_bytes()


def test_the_config_to_edit_says_what_holds_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written, unwritten = load({"REVOPS_CONFIG": str(ROOT / "config/revops.yaml")}), load({})
    assert unwritten.path is None and written.config == unwritten.config and written.hash == unwritten.hash


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--version"], 0), (["nonsense"], 2), (["doctor"], 2), (["show", "absent.json"], 2), (["status"], 0)],
)
def test_an_exit_code_is_as_the_readme_says(arguments: list[str], code: int, tmp_path: Path) -> None:
    call = [sys.executable, "-m", "sync", *arguments]
    assert subprocess.run(call, cwd=tmp_path, env={"PATH": ""}, capture_output=True).returncode == code


def test_the_cases_that_a_page_names_are_there() -> None:
    named = re.findall(r"`(\w+)`: ((?:`\w+`(?:, )?)+)", (ROOT / "docs/pipeline.md").read_text("utf-8"))
    found = [(check, case) for check, cases in named for case in re.findall(r"`(\w+)`", cases)]
    lists = {check: (ROOT / f"tests/hygiene/cases/{check}.yaml").read_text("utf-8") for check, _ in found}
    assert len(found) > 10 and [item for item in found if f"\n{item[1]}:" not in lists[item[0]]] == []

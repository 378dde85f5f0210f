"""What the sandbox's page prints runs as printed, against a sandbox that is being served."""

import os
import re
import shutil
import subprocess

import pytest
from ruamel.yaml import YAML

from docs.sandbox_tables import MEANINGS
from sandbox.faults import parse
from sandbox.server import serve
from sandbox.settings import DEFAULTS
from sync.cli.sandbox import environment
from tests.sandbox.hostile import inside
from tests.tree import ROOT

PAGE = (ROOT / "docs/sandbox.md").read_text("utf-8")
BLOCKS = dict(enumerate(re.findall(r"```bash\n(.*?)```", PAGE, re.S)))
CALLS = {number: block for number, block in BLOCKS.items() if block.startswith(("curl", "TOKEN"))}
# A refusal ends the block, which it would not do by itself.
STRICT = 'set -e; curl() { command curl --fail "$@"; }\n'


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("number", CALLS)
def test_a_block_of_commands_runs(number: int) -> None:
    made = inside.sandbox()
    with serve(made) as url:
        variables = {**environment(url), "PATH": os.environ["PATH"]}
        done = subprocess.run(["bash", "-c", STRICT + CALLS[number]], env=variables, capture_output=True, text=True)
    assert (done.returncode, made.errors) == (0, []) and done.stdout, done.stderr


def test_most_blocks_are_calls() -> None:
    assert len(CALLS) == len(BLOCKS) - 1 and BLOCKS[0].startswith("revops-sync sandbox --port")


def test_the_script_on_the_page_can_be_followed() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
    assert len(parse(YAML(typ="safe", pure=True).load(text)).rules) == 1


@pytest.mark.parametrize("crm", DEFAULTS)
def test_every_switch_is_explained_and_no_other(crm: str) -> None:
    assert MEANINGS[crm].keys() == DEFAULTS[crm].keys()


@pytest.mark.parametrize("name", re.findall(r"`python -m ([\w.]+)", PAGE))
def test_a_module_on_the_page_is_there(name: str) -> None:
    place = ROOT.joinpath(*name.split("."))
    assert (place / "__main__.py").is_file() or place.with_suffix(".py").is_file()

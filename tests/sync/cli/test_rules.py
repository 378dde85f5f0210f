"""The gate's rules are written for either CRM and compared with what it holds to."""

from pathlib import Path

import pytest

from tests.sync.cli.terminal import Terminal


@pytest.mark.parametrize("crm", ["hubspot", "salesforce"])
def test_what_was_written_is_what_is_compared(at: Terminal, tmp_path: Path, crm: str) -> None:
    out = tmp_path / "rules"
    assert at("rules", "--crm", crm, "--out", str(out), "--active").code == 0
    assert at("rules", "--crm", crm, "--against", str(out)).code == 0
    (file, *_) = [path for path in sorted(out.rglob("*")) if path.is_file()]
    file.unlink()
    said = at("rules", "--crm", crm, "--against", str(out))
    assert said.code == 1 and "is missing" in said.out


def test_a_folder_that_is_none_is_told(at: Terminal) -> None:
    said = at("rules", "--crm", "hubspot", "--against", "nowhere")
    assert said.code == 2 and "nowhere" in said.err

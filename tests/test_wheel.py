"""The wheel holds what the tool needs at run time, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.tree import PACKAGES, ROOT, files

DATA = (".txt", ".yaml", ".mako", "py.typed")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


def test_the_top_level_is_the_packages(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES) and len(tops) == len(PACKAGES) + 1


@pytest.mark.parametrize("folder", ["sync/mirror/migrations/versions", "sync/ledger/migrations/versions"])
def test_migrations_travel(wheel: Path, folder: str) -> None:
    found = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith(folder)}
    assert found == {name for name in files() if name.startswith(folder)} != set()


def test_data_files_travel(wheel: Path) -> None:
    wanted = {name for name in files() if name.startswith(PACKAGES) and name.endswith(DATA)}
    assert wanted <= set(zipfile.ZipFile(wheel).namelist()) and "sync/revops.yaml" in wanted
    assert {f"{name}/py.typed" for name in PACKAGES} <= wanted


def test_the_tool_runs_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    call = [sys.executable, "-m", "sync", "--version"]
    told = subprocess.run(call, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert told.stdout.strip().endswith(wheel.name.split("-")[1])


def test_the_tool_makes_its_config_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    subprocess.run([sys.executable, "-m", "sync", "init"], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "config" / "revops.yaml").read_bytes() == (ROOT / "config" / "revops.yaml").read_bytes()

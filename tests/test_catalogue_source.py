"""Failure modes that the source itself must rule out: unpinned packages, code run from data, a socket of one's own."""

import ast
import re

import pytest

from tests.tree import PACKAGES, ROOT, modules, tree

LOCK = (ROOT / "requirements.lock").read_text("utf-8")
RUNS_DATA = {"eval", "exec", "compile", "pickle", "marshal", "shelve", "cPickle", "dill", "jsonpickle", "yaml"}
OPENS_SOCKETS = {"urllib.request", "http.client", "socket", "httpx", "aiohttp", "ftplib", "smtplib", "telnetlib"}
OURS = [name for name in modules() if name.startswith(PACKAGES)]
CLIENT = [name for name in OURS if not name.startswith("sandbox/")]


def test_every_package_is_pinned_with_its_hash() -> None:
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    pinned = [entry for entry in entries if re.match(r"[\w.\[\]-]+==\S+", entry) and "--hash=sha256:" in entry]
    assert len(entries) > 40 and [entry for entry in entries if entry not in pinned and entry[0] != "#"] == []


def test_the_set_up_takes_hashed_wheels_alone() -> None:
    source = (ROOT / "dev.py").read_text("utf-8")
    assert '"--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)' in source


def imported(name: str) -> set[str]:
    """Every module that a file imports, by its full name."""
    nodes = list(ast.walk(tree(name)))
    plain = {item.name for node in nodes if isinstance(node, ast.Import) for item in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def called(name: str) -> set[str]:
    """Every plain name that a file calls."""
    calls = (node.func for node in ast.walk(tree(name)) if isinstance(node, ast.Call))
    return {func.id for func in calls if isinstance(func, ast.Name)}


@pytest.mark.parametrize("name", OURS)
def test_no_text_is_run_as_code(name: str) -> None:
    assert not (called(name) | {module.split(".")[0] for module in imported(name)}) & RUNS_DATA


@pytest.mark.parametrize("name", [name for name in CLIENT if name != "connectors/transport.py"])
def test_only_the_transport_reaches_the_network(name: str) -> None:
    allowed = {"sync/session.py": {"socket"}, "sync/notify.py": {"smtplib"}}.get(name, set())
    assert not imported(name) & OPENS_SOCKETS - allowed

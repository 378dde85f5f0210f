"""Plants each bug of the list into a copy of the tool and demands that the bench catches it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.rel.bugs import BUGS, Bug
from tests.rel.part import Part, Result, Share, Tier, mine

TREE = Path(__file__).parents[3]
CODE = ("connectors", "hygiene", "metrics", "sync", "sandbox", "config", "tests")
SMALL = (
    "nothing is recovered before the run goes on",
    "a lost answer is sent again",
    "expectations are not looked at",
    "the exit code is always 0",
)
PATIENCE = 900
CAUGHT = 1


def trials(tier: Tier, seed: int, share: Share) -> Iterator[Result]:
    """Each bug, planted alone; a handful in the small tier."""
    chosen = [bug for bug in BUGS if tier is Tier.RELEASE or bug.name in SMALL]
    for number, bug in enumerate(chosen):
        if mine(share, number):
            yield Result(survived(bug, seed))


def survived(bug: Bug, seed: int) -> list[str]:
    """Why a planted bug was not caught; empty for one that was."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        try:
            plant(bug, tree)
        except ValueError as error:
            return [f"{bug.mode} {bug.name}: {error}"]
        code, told = hunted(tree, bug.parts, seed)
    return (
        [] if code == CAUGHT and told.startswith("V") else [f"{bug.mode} {bug.name} survived ({code}): {told[-300:]}"]
    )


def plant(bug: Bug, tree: Path) -> None:
    """A tree with the bug in it: links to everything but the package that is changed. `ValueError` for a bug whose
    place is no longer in the code exactly once."""
    package = bug.file.partition("/")[0]
    for name in CODE:
        if name != package:
            (tree / name).symlink_to(TREE / name)
    shutil.copytree(TREE / package, tree / package, ignore=shutil.ignore_patterns("__pycache__"))
    text = (TREE / bug.file).read_text("utf-8")
    if text.count(bug.old) != 1:
        raise ValueError(f"its place is {text.count(bug.old)} times in {bug.file}: write it down anew")
    (tree / bug.file).write_text(text.replace(bug.old, bug.new), "utf-8")


def hunted(tree: Path, parts: Sequence[str], seed: int) -> tuple[int, str]:
    """The exit code of the bench in a tree (1: it caught something) and what it said first."""
    command = [sys.executable, "-m", "tests.rel.hunt", "--seed", str(seed), *parts]
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    try:
        done = subprocess.run(
            command, cwd=tree, env=environ, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return 0, "nothing was caught in time"
    return done.returncode, (done.stdout or done.stderr).strip()


PART = Part("bugs", "planted bugs and those that survived", trials)

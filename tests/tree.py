"""The project's own files, for the tests that look at them."""

import ast
import os
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("connectors", "hygiene", "metrics", "sandbox", "sync")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def files() -> tuple[str, ...]:
    """Every file that is or would be tracked, by its path from the root; what stands there, outside a checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    found = listed.stdout.split("\0") if listed.returncode == 0 else list(_walked())
    return tuple(sorted(name for name in found if name and (ROOT / name).is_file()))


def _walked() -> Iterator[str]:
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [name for name in inner if name == ".ci" or not name.startswith((".", "__pycache__"))]
        yield from ((Path(folder) / name).relative_to(ROOT).as_posix() for name in names)


@cache
def modules() -> tuple[str, ...]:
    """The Python files among them."""
    return tuple(name for name in files() if name.endswith(".py"))


@cache
def tree(name: str) -> ast.Module:
    """A Python file, parsed."""
    return ast.parse((ROOT / name).read_text("utf-8"))


def functions(name: str) -> Iterator[Function]:
    """Every function and method of a Python file."""
    return (node for node in ast.walk(tree(name)) if isinstance(node, Function))

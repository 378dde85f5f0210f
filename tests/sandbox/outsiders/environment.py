"""Makes each client an environment of its own, once, in a cache outside the project."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.sandbox.outsiders.client import Client

VERSION = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"


class Unavailable(Exception):
    """The client cannot run here; the message says why."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a client is installed: what runs its program, its scripts, and the version that was installed."""

    interpreter: Path
    bin: Path
    modules: Path
    version: str


def cache() -> Path:
    """Where environments are kept between runs."""
    chosen = os.environ.get("REVOPS_OUTSIDERS")
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(chosen) if chosen else home / "revops-sync" / "outsiders"


def made(client: Client, own: bool = False) -> Environment:
    """The client's environment, made where it is missing; `own` takes the interpreter that runs this."""
    if own and client.language == "python":
        return _python(client, Path(sys.executable).parent)
    folder = cache() / f"{client.name}-{_fingerprint(client)}"
    if not (folder / "made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (_install_python if client.language == "python" else _install_node)(client, folder)
        (folder / "made").touch()
    return _python(client, folder / "bin") if client.language == "python" else _node(client, folder)


def _fingerprint(client: Client) -> str:
    parts = [client.language, *client.requires, *([sys.version] if client.language == "python" else [])]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _install_python(client: Client, folder: Path) -> None:
    uv = shutil.which("uv")
    if uv:
        _call([uv, "venv", "-q", "--clear", "-p", sys.executable, str(folder)])
        _call([uv, "pip", "install", "-q", "-p", str(folder / "bin" / "python"), *client.requires])
        return
    _call([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "-q"]
    _call([*pip, "--disable-pip-version-check", *client.requires])


def _install_node(client: Client, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable("npm is not installed")
    quiet = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel", "error"]
    scripts = [] if client.install_scripts else ["--ignore-scripts"]
    _call([npm, "install", "--prefix", str(folder), *quiet, *scripts, *client.requires])


def _python(client: Client, scripts: Path) -> Environment:
    python = scripts / "python"
    asked = subprocess.run([python, "-c", VERSION, client.package], capture_output=True, text=True, check=False)
    if asked.returncode:
        raise Unavailable(f"{client.package} is not installed in {python}")
    return Environment(python, scripts, scripts, asked.stdout.strip())


def _node(client: Client, folder: Path) -> Environment:
    modules = folder / "node_modules"
    node = shutil.which("node", path=os.pathsep.join([str(modules / ".bin"), os.environ.get("PATH", "")]))
    if node is None:
        raise Unavailable("Node is not installed")
    package = json.loads((modules / client.package / "package.json").read_text("utf-8"))
    return Environment(Path(node), modules / ".bin", modules, package["version"])


def _call(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no word"]
        raise Unavailable(f"{Path(command[0]).name} could not install it: {last[0][:200]}")

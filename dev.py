#!/usr/bin/env python3
"""Makes the environment `.venv` from the hashed lock and runs one job in it.

    python3 dev.py demo [ARGS]    the whole job on the sandbox, end to end
    python3 dev.py test [ARGS]    every test (further arguments go to pytest)
    python3 dev.py outsiders [ARGS]  real clients against the sandbox (`--light`: those that need no installation)
    python3 dev.py hostile [ARGS] hostile requests against the sandbox (`--requests N --seed S`)
    python3 dev.py run  ARGS      any other command of the environment, e.g. `run revops-sync --help`
    python3 dev.py setup          only the environment

Needs Python 3.11+ and pip (or uv, which it prefers when it is on the path); nothing else.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCK = ROOT / "requirements.lock"
JOBS = {
    "demo": ["revops-sync", "demo"],
    "test": ["pytest", "-n", "2", "--dist", "loadfile"],
    "outsiders": ["python", "-m", "tests.sandbox.outsiders"],
    "hostile": ["python", "-m", "tests.sandbox.hostile"],
    "run": [],
}


def fingerprint() -> str:
    """What the environment was made from: lock, project file and interpreter."""
    parts = LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + sys.version.encode()
    return hashlib.sha256(parts).hexdigest()


def setup() -> None:
    """Make `.venv`, once for each lock; a half-made one is made again."""
    mark = VENV / "made-from"
    if mark.exists() and mark.read_text() == fingerprint():
        return
    print("setting up .venv from requirements.lock ...", file=sys.stderr)
    shutil.rmtree(VENV, ignore_errors=True)
    uv = shutil.which("uv")
    make = [uv, "venv", "-q", "-p", sys.executable] if uv else [sys.executable, "-m", "venv", "--without-pip"]
    call([*make, str(VENV)])
    pip = [uv, "pip", "install", "-q", "-p", str(PYTHON)] if uv else pip_command()
    call([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)])
    call([*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)])
    mark.write_text(fingerprint())


def pip_command() -> list[str]:
    """This Python's own pip, installing into `.venv`: no ensurepip needed (Debian leaves it out)."""
    flags = ["install", "-q", "--disable-pip-version-check", "--no-warn-script-location"]
    return [sys.executable, "-m", "pip", "--python", str(PYTHON), *flags]


def call(command: list[str]) -> None:
    """Run one set-up step; its own message is the error."""
    # The build backend of the editable install is found on the path of the environment it is installed into.
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    if subprocess.run(command, cwd=ROOT, env={**os.environ, "PATH": path}).returncode:
        raise SystemExit(f"dev.py: this step failed: {' '.join(command)}")


def main(argv: list[str]) -> int:
    """Set up, then run the job with its further arguments in the environment."""
    if sys.version_info < (3, 11):
        raise SystemExit("dev.py: Python 3.11 or newer is needed; this is " + sys.version.split()[0])
    if not argv or argv[0] not in (*JOBS, "setup"):
        raise SystemExit(__doc__)
    setup()
    if argv[0] == "setup":
        return 0
    name, *rest = [*JOBS[argv[0]], *argv[1:]] or ["python"]
    program = shutil.which(name, path=str(BIN)) or name
    env = {**os.environ, "VIRTUAL_ENV": str(VENV), "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    return subprocess.run([program, *rest], cwd=ROOT, env=env).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

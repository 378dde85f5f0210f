"""When and how the scheduled job is started: cron, systemd and GitHub, with nothing left to a shell's mercy."""

import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from connectors.errors import LocalError, UsageError
from sync.files import write
from sync.render.schedule import MARK, Job, crontab, service, timer
from sync.settings import Settings

UNIT = "revops-sync"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def variables(path: Path) -> dict[str, str]:
    """The variables of a file: NAME=value a line, `export` and one pair of quotes around a value allowed, `#` begins a
    comment line; nothing is expanded. `UsageError` unless its owner alone can read it."""
    try:
        with path.open("rb") as file:
            facts = os.fstat(file.fileno())
            text = file.read().decode("utf-8")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", "Name a file with NAME=value lines") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not UTF-8 text", "Save it as UTF-8") from None
    if stat.S_IMODE(facts.st_mode) & 0o077:
        raise UsageError(f"{path}: others can read these credentials", f"chmod 600 {path}")
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if not equals or not NAME.fullmatch(name.strip()):
            raise UsageError(f"{path}:{number}: not NAME=value", "One variable a line")
        found[name.strip()] = _bare(value.strip())
    return found


def _bare(value: str) -> str:
    quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def job_of(settings: Settings, every: str, env_file: Path | None) -> Job:
    """The job with whole paths, so that it runs in an empty environment and any folder."""
    if env_file is not None:
        variables(env_file)
    config = settings.path.absolute() if settings.path else None
    whole = env_file.absolute() if env_file else None
    return Job(program(), settings.state.absolute(), config, whole, every, settings.config.run.max_minutes)


def program() -> tuple[str, ...]:
    """This program as another process starts it."""
    beside = Path(sys.executable).with_name("revops-sync")
    return (str(beside),) if os.access(beside, os.X_OK) else (sys.executable, "-m", "sync")


def install_cron(job: Job) -> str:
    """Put the line into this user's crontab, in the place of an earlier one; what was done."""
    before = _crontab()
    after = [*_others(before), crontab(job)]
    _run(["crontab", "-"], "\n".join(after) + "\n")
    return "the crontab holds the line" if len(after) > len(before) else "the crontab's line was replaced"


def remove_cron() -> str:
    """Take the line out of the crontab; what was done."""
    before = _crontab()
    after = _others(before)
    if len(after) == len(before):
        return "the crontab held no such line"
    _run(["crontab", "-"], "".join(f"{line}\n" for line in after))
    return "the line is out of the crontab"


def _crontab() -> list[str]:
    tool = _tool("crontab")
    done = subprocess.run([tool, "-l"], capture_output=True, text=True, check=False)  # noqa: S603 - a whole path
    if done.returncode and "no crontab" not in done.stderr:
        raise LocalError(f"crontab: {done.stderr.strip()}", "Print the line and put it where your cron looks")
    return done.stdout.splitlines() if done.returncode == 0 else []


def _others(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.endswith(MARK)]


@dataclass(frozen=True, slots=True)
class Units:
    """The user's systemd units; `reload` is how systemd hears of them."""

    folder: Path
    call: Callable[[list[str]], None]

    def install(self, job: Job) -> str:
        """Write both units, in the place of earlier ones, and start the timer."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write(self.folder / f"{UNIT}.service", service(job).encode())
        write(self.folder / f"{UNIT}.timer", timer(job).encode())
        self.call(["daemon-reload"])
        self.call(["enable", "--now", f"{UNIT}.timer"])
        return f"{UNIT}.timer is in {self.folder} and enabled"

    def remove(self) -> str:
        """Stop the timer and delete both units."""
        there = [path for end in ("timer", "service") if (path := self.folder / f"{UNIT}.{end}").exists()]
        if not there:
            return f"{self.folder} held no such units"
        self.call(["disable", "--now", f"{UNIT}.timer"])
        for path in there:
            path.unlink()
        self.call(["daemon-reload"])
        return f"{UNIT}.timer and its service are gone"


def units() -> Units:
    """Those of this user, told to the systemd that runs."""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Units(Path(home) / "systemd" / "user", lambda words: _run(["systemctl", "--user", *words]))


def _run(words: list[str], content: str = "") -> None:
    call = [_tool(words[0]), *words[1:]]
    done = subprocess.run(call, input=content, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise LocalError(f"{words[0]}: {done.stderr.strip()}", "Print it without --install and install it by hand")


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise UsageError(f"{name} is not installed here", "Leave --install out: what to install is printed")
    return found

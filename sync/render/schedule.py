"""A scheduled job as a cron line, a pair of systemd units, or a GitHub workflow."""

import shlex
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from connectors.errors import UsageError

MARK = "# revops-sync"
NAMED = {
    "hourly": "0 * * * *",
    "daily": "0 6 * * *",
    "weekdays": "0 6 * * 1-5",
    "weekly": "0 6 * * 1",
    "monthly": "0 6 1 * *",
}
BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
GRACE = 15
"""Minutes beyond its own limit after which systemd ends a job that does not end by itself."""


@dataclass(frozen=True, slots=True)
class Job:
    """A program with whole paths, when to start it, and how many minutes it takes at most."""

    program: tuple[str, ...]
    state: Path
    config: Path | None
    env_file: Path | None
    every: str
    minutes: float

    @property
    def variables(self) -> dict[str, str]:
        """What it needs to be told beside its credentials."""
        config = {"REVOPS_CONFIG": str(self.config)} if self.config else {}
        return {"REVOPS_STATE": str(self.state), **config}

    @property
    def words(self) -> tuple[str, ...]:
        """The command."""
        return (*self.program, "run", *(("--env-file", str(self.env_file)) if self.env_file else ()))


def cron(every: str) -> tuple[str, ...]:
    """The five fields of a name or a cron expression of numbers; `UsageError` for anything else."""
    fields = tuple(NAMED.get(every, every).split())
    if len(fields) != 5:
        raise UsageError(f"{every!r} is not a time", f"Say {', '.join(NAMED)}, or five fields as in '0 6 * * 1-5'")
    for field, bounds in zip(fields, BOUNDS, strict=True):
        expanded(field, bounds)
    return fields


def expanded(field: str, bounds: tuple[int, int]) -> list[int]:
    """Every value that a cron field names: lists, ranges and steps, as crontab(5) has them."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        low, _, high = ("-".join(map(str, bounds)) if span == "*" else span).partition("-")
        if not low.isdecimal() or (high and not high.isdecimal()) or (step and not step.isdecimal()):
            raise UsageError(f"{field!r} is not a cron field", "Numbers with , - / and *")
        # A step after a single number is an extension that cron daemons read differently.
        if part.endswith("/") or span.endswith("-") or ("/" in part and not high) or (step and int(step) == 0):
            raise UsageError(f"{field!r} is not a cron field", "A step follows * or a range, and is not 0")
        last = int(high) if high else int(low)
        if not bounds[0] <= int(low) <= last <= bounds[1]:
            raise UsageError(f"{field!r} is out of bounds", f"From {bounds[0]} to {bounds[1]}, the lower first")
        found |= set(range(int(low), last + 1, int(step or 1)))
    return sorted(found)


def calendars(every: str) -> list[str]:
    """The same moments as systemd's OnCalendar lines. Cron takes a day that fits either of day and weekday where
    neither begins with * (crontab(5)); systemd takes one that fits both: hence two lines."""
    minute, hour, day, month, weekday = cron(every)
    clock = f"{_listed(hour, BOUNDS[1])}:{_listed(minute, BOUNDS[0])}:00"
    months = _listed(month, BOUNDS[3])
    names = [DAYS[number] for number in sorted({number % 7 for number in expanded(weekday, BOUNDS[4])})]
    week = "" if weekday == "*" else f"{','.join(names)} "
    days = _listed(day, BOUNDS[2])
    if week and not day.startswith("*") and not weekday.startswith("*"):
        return [f"*-{months}-{days} {clock}", f"{week}*-{months}-* {clock}"]
    return [f"{week}*-{months}-{days} {clock}"]


def _listed(field: str, bounds: tuple[int, int]) -> str:
    return "*" if field == "*" else ",".join(f"{number:02d}" for number in expanded(field, bounds))


def crontab(job: Job) -> str:
    """One line for a user's crontab; what the job says goes to run.log in the state folder."""
    env = [f"{name}={value}" for name, value in job.variables.items()]
    told = [shlex.quote(word) for word in ("/usr/bin/env", *env, *job.words)]
    call = f"{' '.join(told)} >> {shlex.quote(str(job.state / 'run.log'))} 2>&1"
    if "\n" in call:
        raise UsageError("a path holds a line break", "Move what it names")
    # An unescaped % ends the command of a crontab line.
    return f"{' '.join(cron(job.every))} {call.replace('%', chr(92) + '%')} {MARK}"


def service(job: Job) -> str:
    """The service unit: one run, private files, ended only long after its own time limit."""
    lines = ["[Unit]", "Description=revops-sync scheduled job", "Wants=network-online.target"]
    lines += ["After=network-online.target", "", "[Service]", "Type=oneshot", "UMask=0077", "NoNewPrivileges=yes"]
    lines += [f"Environment={_quoted(f'{name}={value}')}" for name, value in job.variables.items()]
    lines += [f"ExecStart={' '.join(_quoted(word, command=True) for word in job.words)}"]
    lines += [f"TimeoutStartSec={round(job.minutes + GRACE)}min", "TimeoutStopSec=5min"]
    return "\n".join(lines) + "\n"


def timer(job: Job) -> str:
    """The timer unit; a start that was missed while the machine slept is made up for."""
    lines = ["[Unit]", "Description=when revops-sync runs", "", "[Timer]"]
    lines += [f"OnCalendar={calendar}" for calendar in calendars(job.every)]
    lines += ["Persistent=true", "RandomizedDelaySec=2min", "", "[Install]", "WantedBy=timers.target"]
    return "\n".join(lines) + "\n"


def _quoted(word: str, command: bool = False) -> str:
    """A word as systemd.syntax(7) reads it: specifiers doubled, and $ where a command line is meant."""
    text = word.replace(chr(92), chr(92) * 2).replace('"', chr(92) + '"').replace("%", "%%")
    if "\n" in text:
        raise UsageError("a path holds a line break", "Move what it names")
    text = text.replace("$", "$$") if command else text
    return f'"{text}"' if set(text) - set(SAFE) else text


SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_-.=:@%$+,"


def github(every: str) -> str:
    """The workflow: a plan on schedule, a pull request with its words, applied after the merge."""
    text = (files("sync.render") / "workflow.yml").read_text("utf-8")
    return text.replace("@EVERY@", " ".join(cron(every)))

"""Runs every command over a broken CRM and looks for secrets and personal data in all that it says and leaves."""

import os
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from sandbox.server import serve
from tests.rel.bench import Bench, Trial, bench
from tests.rel.part import Part, Result, Share, Tier, mine
from tests.rel.parts.partial import BROKEN
from tests.rel.world import CANARY
from tests.tree import ROOT

SECRETS = ("HUBSPOT_ACCESS_TOKEN", "HUBSPOT_WRITE_TOKEN", "SALESFORCE_CLIENT_SECRET", "SALESFORCE_WRITE_CLIENT_SECRET")
PLAN = "{folder}/plan.json"
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "doctor": ("doctor",),
    "pull": ("pull", "--full"),
    "check": ("check", "--format", "jsonl"),
    "plan": ("plan", "--out", "{folder}/other.json"),
    "dedupe": ("dedupe", "--dry-run", "--out", "{folder}/third.json"),
    "show": ("show", PLAN),
    "apply": ("apply", PLAN),
    "apply with a wrong hash": ("apply", PLAN, "--approve", "0" * 64),
    "undo": ("undo", "nothing", "--out", "{folder}/undo.json"),
    "status": ("status",),
    "review": ("review",),
    "explain nobody": ("explain", "hubspot:1/company/2"),
    "journal verify": ("journal", "verify", "--deep"),
}
SMALL = 8
SHOWN_FILES = ("*.md", "*.log", "*.txt")


def trials(tier: Tier, seed: int, share: Share) -> Iterator[Result]:
    """Every command by itself, then with faults at random calls."""
    dice = random.Random(seed)
    plain = [(name, None, 0) for name in COMMANDS]
    faulty = [(name, fault, dice.randint(1, 12)) for fault in BROKEN for name in ("doctor", "pull", "apply")]
    chosen = dice.sample([*plain, *faulty], SMALL) if tier is Tier.SMALL else [*plain, *faulty]
    with bench("whole") as made:
        for number, (name, fault, nth) in enumerate(chosen):
            if mine(share, number):
                yield Result([f"{name}, {fault} at {nth}: {text}" for text in leaks(made, name, fault, nth)])


def leaks(made: Bench, name: str, fault: str | None, nth: int) -> list[str]:
    """Where a secret or a person's value got out."""
    with made.trial("whole") as trial, serve(trial.watched) as url:
        if fault:
            trial.watched.faults.add([{"on": {"nth": nth}, "do": [BROKEN[fault]]}])
        folder = trial.stage.state
        (folder / "plan.json").write_bytes(trial.scene.made.content)
        code, said = ran(trial, url, [word.format(folder=folder) for word in COMMANDS[name]])
        told = {"what it said": said, **{path.name: path.read_bytes() for path in shown(folder)}}
        secrets = [trial.stage.environ[variable].encode() for variable in SECRETS]
        found = [f"a secret in {where}" for where, text in told.items() if any(one in text for one in secrets)]
        found += [f"a value in {where}" for where, text in told.items() if CANARY.encode() in text]
        found += [f"a secret in the file {path.name}" for path in kept(folder) if _holds(path, secrets)]
        return found + [f"a traceback, exit {code}"] * (b"Traceback" in said or b"a fault of revops-sync" in said)


def ran(trial: Trial, url: str, words: list[str]) -> tuple[int, bytes]:
    """The exit code and all output of a command in a process of its own, a terminal to ask being absent."""
    places = {"HUBSPOT_BASE_URL": url, "SALESFORCE_INSTANCE_URL": url, "PATH": os.environ.get("PATH", "")}
    call = [sys.executable, "-m", "sync", *words]
    done = subprocess.run(
        call, cwd=ROOT, env=trial.stage.environ | places, capture_output=True, stdin=subprocess.DEVNULL, check=False
    )
    return done.returncode, done.stdout + done.stderr


def shown(folder: Path) -> Iterator[Path]:
    """Files made to be shown to others."""
    return (path for pattern in SHOWN_FILES for path in folder.glob(pattern))


def kept(folder: Path) -> Iterator[Path]:
    """Every file in the state."""
    return (path for path in folder.rglob("*") if path.is_file())


def _holds(path: Path, secrets: list[bytes]) -> bool:
    content = path.read_bytes()
    return any(one in content for one in secrets)


PART = Part("canary", "runs of commands over a broken CRM, searched for secrets and personal data", trials)

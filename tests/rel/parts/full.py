"""Runs on a disk that is full from some page on: each stops in good order, and goes on once there is room again."""

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.rel.bench import Bench, Trial, bench
from tests.rel.children import Children, children
from tests.rel.part import Part, Result, Share, Tier, mine, untried

SIZE = 32 * 1024 * 1024
PAGE = 4096
SCENES = {Tier.SMALL: ("update",), Tier.RELEASE: ("update", "create", "native", "soft", "archive")}
SMALL, TRIES = 6, 4


def missing() -> str:
    """Why no small disk can be made here; empty where one can."""
    with TemporaryDirectory() as folder:
        try:
            with small_disk(Path(folder)):
                return ""
        except (OSError, subprocess.CalledProcessError):
            return "this user may not mount a small tmpfs"


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A file system of its own with little room; it needs the right to mount."""
    options = f"size={SIZE},mode=0700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True, capture_output=True)


def trials(tier: Tier, seed: int, share: Share) -> Iterator[Result]:
    """Every scene with every number of pages that its run can still write, up to what it needs."""
    if reason := missing():
        yield from untried(reason)
        return
    with bench(*SCENES[tier]) as made, children() as starter, TemporaryDirectory() as folder:
        disk = Path(folder)
        with small_disk(disk):
            for scene in SCENES[tier]:
                pages = range(needed(made, starter, scene, disk) // PAGE + 1)
                picked = random.Random(seed).sample(pages, SMALL) if tier is Tier.SMALL else pages
                for number, left in enumerate(picked):
                    if mine(share, number):
                        yield Result(filled(made, starter, scene, disk, left * PAGE))


def needed(made: Bench, starter: Children, scene: str, disk: Path) -> int:
    """The bytes that a clean run of a scene takes of the disk."""
    with made.served(scene, disk) as (trial, job):
        before = room(disk)
        exits(trial, starter, job)
        return before - room(disk)


def filled(made: Bench, starter: Children, scene: str, disk: Path, left: int) -> list[str]:
    """What went wrong when a run found so many bytes free, and others that found more."""
    with made.served(scene, disk) as (trial, job):
        exits(trial, starter, job, disk / "ballast", left)
        while trial.attempts[-1].exit == 5 and len(trial.attempts) < TRIES:
            exits(trial, starter, job)
        codes = [item.exit for item in trial.attempts]
        odd = [] if codes[0] in (0, 5) else [f"it ended with {codes[0]}"]
        return [f"{scene}, {left} bytes left {codes}: {fault}" for fault in (*odd, *trial.faults())]


def exits(trial: Trial, starter: Children, job: dict[str, object], ballast: Path | None = None, left: int = 0) -> None:
    """One process; what fills the disk but for so many bytes is there for that time alone."""
    begun = trial.place()
    if ballast is not None:
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(PAGE, room(ballast.parent) - left))
    (code,) = starter.run(job)
    if ballast is not None:
        ballast.unlink()
    trial.ended(begun, code)


def room(disk: Path) -> int:
    """The bytes that are free."""
    told = os.statvfs(disk)
    return told.f_bavail * told.f_frsize


PART = Part("full", "runs on a disk that was full from some page on", trials)

"""`python -m tests.cron`: the scheduled job started by twenty processes at once, then by a real cron daemon."""

import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox.server import serve
from tests.sync.stage import Stage, seeded

STARTS = 20
PATIENCE = 180
ROOT = Path(__file__).parents[1]


def bare(stage: Stage, url: str, folder: Path) -> list[str]:
    """The command that runs it with nothing in its environment, and the file of its credentials."""
    path = folder / "env"
    where = {"HUBSPOT_BASE_URL": url, "SALESFORCE_INSTANCE_URL": url}
    path.write_text("".join(f"{name}={value}\n" for name, value in {**stage.environ, **where}.items()))
    path.chmod(0o600)
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from sync.cli import main; main()"
    return [
        "/usr/bin/env",
        "-i",
        "HOME=/nonexistent",
        sys.executable,
        "-B",
        "-c",
        start,
        "run",
        "--env-file",
        str(path),
    ]


def together(count: int = STARTS) -> tuple[Counter[int], int]:
    """So many processes started at once: their exit codes, and how many runs the history holds."""
    from sync.ledger.jobs import Jobs

    with TemporaryDirectory() as name:
        folder = Path(name)
        stage = seeded(folder)
        with serve(stage.sandbox) as url:
            call = bare(stage, url, folder)
            started = [
                subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(count)
            ]
            codes = Counter(process.wait() for process in started)
        with stage.opened() as session:
            return codes, len(Jobs(session.ledger_store, session.now).last(count))


def by_cron() -> list[int | None]:
    """The exit codes of the runs that a cron daemon of our own began within a few minutes: installed, waited for the
    first to end, removed. It stands in the crontab of the one who calls this for so long."""
    from sync.jobs.schedule import install_cron, job_of, remove_cron
    from sync.ledger.jobs import Jobs
    from sync.settings import load

    with TemporaryDirectory() as name:
        folder = Path(name)
        stage = seeded(folder)
        with serve(stage.sandbox) as url, subprocess.Popen([shutil.which("cron") or "cron", "-f"]) as daemon:
            bare(stage, url, folder)
            install_cron(job_of(load(stage.environ), "* * * * *", folder / "env"))
            try:
                with stage.opened() as session:
                    jobs, end = Jobs(session.ledger_store, session.now), time.monotonic() + PATIENCE
                    while time.monotonic() < end and not any(job.finished_at for job in jobs.last(1)):
                        time.sleep(1)
                    return [job.code for job in jobs.last(STARTS)]
            finally:
                remove_cron()
                daemon.terminate()


def main() -> int:
    """Print what came of it; 1 where a start was neither the one run nor refused, or cron's run did not end well."""
    codes, runs = together()
    sys.stdout.write(f"{STARTS} starts at once: exit codes {dict(codes)}, {runs} in the history\n")
    if not (shutil.which("cron") and shutil.which("crontab")):
        sys.stdout.write("by cron: skipped, no cron daemon is installed\n")
        return int(codes != {0: 1, 4: STARTS - 1} or runs != 1)
    ended = by_cron()
    sys.stdout.write(f"by cron: runs ended with {ended}\n")
    return int(codes != {0: 1, 4: STARTS - 1} or runs != 1 or not ended or set(ended) != {0})


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.cron`: the scheduled job started by twenty processes at once."""

import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox.server import serve
from tests.sync.stage import Stage, seeded

STARTS = 20
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


def main() -> int:
    """Print what came of it; 1 where the processes that were not refused are not as many as the runs."""
    codes, runs = together()
    sys.stdout.write(f"{STARTS} starts at once: exit codes {dict(codes)}, {runs} in the history\n")
    return int(codes != {0: 1, 4: STARTS - 1} or runs != 1)


if __name__ == "__main__":
    sys.exit(main())

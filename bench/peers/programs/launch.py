"""Runs a command and writes what it used: `launch.py FILE COMMAND...`, from a process so small that it adds nothing.

Linux lets a program begin with the peak of memory of whoever started it, which would be the bench with its results.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path


def main() -> int:
    """Run, write seconds and KiB, and answer as the command did."""
    file, *command = sys.argv[1:]
    start = time.perf_counter()
    code = subprocess.call(command)
    wall = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss}
    Path(file).write_text(json.dumps(cost), "utf-8")
    return code if code >= 0 else 1


if __name__ == "__main__":
    sys.exit(main())

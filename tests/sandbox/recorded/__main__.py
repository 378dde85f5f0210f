"""The command that compares recordings of live CRMs with what the sandbox answers."""

import sys
from pathlib import Path

from tests.sandbox.recorded.report import run

if __name__ == "__main__":
    sys.exit(run([Path(name) for name in sys.argv[1:]], sys.stdout))

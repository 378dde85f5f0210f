"""The sandbox answers recorded calls of live CRMs as they were answered."""

import io
import os
from pathlib import Path

import pytest

from tests.sandbox.recorded.report import run

REFERENCE = Path(os.environ.get("REVOPS_REFERENCE", "../shared")) / "recordings"

pytestmark = [
    pytest.mark.reference,
    pytest.mark.skipif(not REFERENCE.exists(), reason="no reference data"),
]


def test_every_recording_is_answered_as_it_was_or_the_difference_is_explained() -> None:
    out = io.StringIO()
    failed = run([REFERENCE], out)
    assert not failed, "\n".join(line for line in out.getvalue().splitlines() if ": mismatched: " in line)
    assert ", 0 mismatched, " in out.getvalue().splitlines()[-1]

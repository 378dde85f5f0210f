"""What every test run reports beside its results."""

import pytest

ABSENT = "no reference data"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line: how many tests were skipped because the reference data is not there."""
    skipped = terminalreporter.stats.get("skipped", [])
    terminalreporter.write_line(f"{ABSENT}: {sum(ABSENT in str(report.longrepr) for report in skipped)}")

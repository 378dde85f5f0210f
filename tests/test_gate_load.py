"""The gate's trials in small: forgeries over HTTP, kills under load, and percentiles that are measured ones."""

import pytest

from bench.gate_load import kills, over_http, percentiles

pytestmark = pytest.mark.enable_socket


def test_nothing_acknowledged_is_lost_when_the_gate_is_killed(capsys: pytest.CaptureFixture[str]) -> None:
    assert kills(1, seed=5) == 0
    assert "1 SIGKILLs" in capsys.readouterr().out


def test_no_forgery_gets_in_over_http(capsys: pytest.CaptureFixture[str]) -> None:
    assert over_http(300) == 0
    assert "0 answered other than 401, 0 events kept" in capsys.readouterr().out


def test_a_percentile_is_one_of_the_measured() -> None:
    assert percentiles([float(number) for number in range(1000)]) == [500.0, 990.0, 999.0, 999.0]

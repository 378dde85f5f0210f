"""A process killed anywhere in an apply, and those that go on after it: every effect once, none twice, none beside."""

from collections.abc import Iterator

import pytest

from tests.rel.bench import Bench, bench
from tests.rel.child import POINTS
from tests.rel.children import Children, children
from tests.rel.part import Result
from tests.rel.parts.kill import killed, passed
from tests.rel.parts.refuse import together
from tests.rel.syscalls import injection, missing


@pytest.fixture(scope="module")
def made() -> Iterator[Bench]:
    with bench() as found:
        yield found


@pytest.fixture(scope="module")
def starter() -> Iterator[Children]:
    with children() as found:
        yield found


@pytest.mark.parametrize(("scene", "point"), [*zip(("create", "native", "soap", "link"), POINTS, strict=True)])
def test_a_kill_loses_nothing_and_repeats_nothing(made: Bench, starter: Children, scene: str, point: str) -> None:
    nth = passed(made, starter, scene)[point] * 2 // 3
    assert killed(made, starter, scene, [{"point": point, "nth": nth}]) == Result([], 1)


@pytest.mark.skipif(bool(missing()), reason=missing())
@pytest.mark.parametrize("call", ["pwrite64", "sendto"])
def test_a_kill_at_a_system_call_loses_nothing(made: Bench, starter: Children, call: str) -> None:
    deaths: list[dict[str, object]] = [{"trace": injection(call, "signal=KILL", 8)}]
    assert killed(made, starter, "soap", deaths) == Result([], 1)


def test_two_that_die_one_after_the_other_lose_nothing(made: Bench, starter: Children) -> None:
    deaths: list[dict[str, object]] = [{"point": "after call", "nth": 12}, {"point": "before append", "nth": 2}]
    assert killed(made, starter, "native", deaths) == Result([], 2)


def test_of_twenty_that_start_together_one_writes(made: Bench, starter: Children) -> None:
    assert together(made, starter, "update") == []


def test_one_that_starts_after_a_kill_does_not_wait_for_a_lock(made: Bench, starter: Children) -> None:
    with made.served("update") as (_, job):
        assert starter.run(job | {"point": "after append", "nth": 1}) == [-9]
        assert starter.run(job) == [0]
        assert starter.run(job) == [4]

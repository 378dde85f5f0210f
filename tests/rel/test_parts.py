"""Each part of the bench in small: faults of calls and of the disk, lost answers, other people, refusals, bad rows."""

from collections.abc import Iterator

import pytest

from tests.rel.bench import SCENES, Bench, bench
from tests.rel.bugs import BUGS
from tests.rel.children import children
from tests.rel.parts.ambiguous import lost
from tests.rel.parts.bugs import survived
from tests.rel.parts.drift import drifted
from tests.rel.parts.nth import BROKEN, failed, traced_clean, unwritten
from tests.rel.parts.refuse import CASES, usurped
from tests.rel.parts.reject import refused
from tests.rel.syscalls import injection, missing, unsynced


@pytest.fixture(scope="module")
def made() -> Iterator[Bench]:
    with bench(many=10) as found:
        yield found


@pytest.mark.parametrize("fault", BROKEN)
def test_a_call_that_fails_is_settled(made: Bench, fault: str) -> None:
    assert failed(made, "create", 17, fault) == []


@pytest.mark.parametrize("scene", ["update", "link", "native", "soft"])
def test_what_other_people_change_is_not_overwritten(made: Bench, scene: str) -> None:
    assert drifted(made, SCENES.index(scene), scene) == []


@pytest.mark.parametrize("scene", ["crowd_update", "crowd_create"])
def test_rows_whose_answer_is_lost_are_settled(made: Bench, scene: str) -> None:
    result = lost(made, scene, 3)
    assert (result.faults, result.runs > 0) == ([], True)


@pytest.mark.parametrize("case", CASES)
def test_what_may_not_be_applied_writes_nothing(made: Bench, case: str) -> None:
    with made.trial("update") as trial:
        CASES[case](trial)
        assert (trial.faults(whole=False), trial.attempts[-1].exit in (2, 4, 5)) == ([], True)


def test_who_lost_the_lease_writes_no_more(made: Bench) -> None:
    assert usurped(made, 16) == []


def test_bad_rows_are_told_from_good_ones(made: Bench) -> None:
    assert [item for seed in (1, 2) for item in refused(made, seed, plain=seed == 1)] == []


@pytest.mark.skipif(bool(missing()), reason=missing())
def test_a_failing_disk_stops_the_run_and_the_next_goes_on(made: Bench) -> None:
    with children() as starter:
        assert traced_clean(made, starter, "update")[1] == []
        assert unwritten(made, starter, "update", injection("pwrite64", "error=ENOSPC", 60)) == []


def test_a_write_over_a_journal_that_is_not_synced_is_told() -> None:
    written, synced = "1 pwrite64(8</x/ledger.db-wal>, ...) = 24", "1 fdatasync(8</x/ledger.db-wal>) = 0"
    sent = '1 sendto(9, "POST /crm/objects/2026-03/contacts/batch/create HTTP/1.1", ...) = 90'
    assert [len(unsynced(lines)) for lines in ([written, sent], [written, synced, sent], [sent])] == [1, 0, 0]


def test_a_planted_bug_is_caught() -> None:
    assert (
        survived(next(bug for bug in BUGS if bug.name == "a refused row counts as unknown and goes out again"), 1) == []
    )

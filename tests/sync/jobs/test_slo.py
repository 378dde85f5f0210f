"""Looks at targets day after day: what is kept, what people are told, and what they are told again."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.errors import UsageError
from connectors.records import Link, Record, Ref
from connectors.values import frozen
from metrics.slo import State
from sync.jobs.slo import Looked, look, past
from sync.session import Session
from sync.settings import load
from tests.book import Book
from tests.sandbox.receiver import Receiver

MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)
TARGET = "version: 1\nslo:\n  - {id: orphans, figure: orphan_contacts, max: 0.2, owner: RevOps, every: daily"
ONE = TARGET + "}\n"
BUDGET = TARGET + ", budget: 0.25, periods: 4}\n"


@contextmanager
def session(folder: Path, day: int, config: str = ONE, **environ: str) -> Iterator[Session]:
    """The tool on a day; no CRM is configured, since targets are looked at in a view."""
    path = folder / "revops.yaml"
    path.write_text(config, "utf-8")
    settings = load({"REVOPS_STATE": str(folder), "REVOPS_CONFIG": str(path), **environ})
    found = Session(settings, now=lambda: MONDAY + timedelta(days=day))
    yield found
    found.close()


def view(orphans: int | None, day: int = 0) -> Book:
    """Ten contacts named Zoe, so many of them without a company; None where companies were never pulled."""
    tie = (Link(Ref("hubspot:1", "company", "9")),)
    made = [
        Record(Ref("hubspot:1", "contact", str(at)), frozen({"first_name": "Zoe"}), () if at < (orphans or 0) else tie)
        for at in range(0 if orphans is None else 10)
    ]
    return Book([*made, Record(Ref("hubspot:1", "company", "9"), frozen({}))], as_of=MONDAY + timedelta(days=day))


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """A webhook on loopback that takes everything, unless its statuses say otherwise."""
    server = Receiver(204)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def looked(folder: Path, day: int, orphans: int | None, url: str, config: str = ONE) -> Looked:
    with session(folder, day, config, REVOPS_WEBHOOK_URL=url) as found:
        return look(found, view(orphans, day))


M, S, B = State.MET, State.SPENDING, State.BREACHED
DAYS: dict[str, tuple[str, list[tuple[int, State, list[str]]]]] = {
    "no budget": (ONE, [(1, M, []), (5, B, ["breached"]), (6, B, []), (2, M, ["clean"]), (0, M, [])]),
    "breached at the first look": (ONE, [(5, B, ["breached"]), (5, B, [])]),
    "one of four days may miss": (
        BUDGET,
        [(1, M, []), (5, S, ["breached"]), (0, M, ["clean"]), (5, B, ["breached"]), (5, B, []), (0, M, ["clean"])],
    ),
}


@pytest.mark.parametrize("name", DAYS)
def test_people_are_told_when_a_state_changes_and_only_then(tmp_path: Path, hook: Receiver, name: str) -> None:
    config, days = DAYS[name]
    for day, (orphans, state, messages) in enumerate(days):
        hook.calls.clear()
        (verdict,) = looked(tmp_path, day, orphans, hook.url, config).verdicts
        assert verdict.state is state, day
        assert [json.loads(body)["state"] for _, body in hook.calls] == messages, day


def test_a_message_says_how_much_and_whose_turn_it_is_and_names_nobody(tmp_path: Path, hook: Receiver) -> None:
    looked(tmp_path, 0, 5, hook.url)
    ((_, body),) = hook.calls
    told = json.loads(body)
    assert told["ids"] == ["orphans hubspot:1: breached, 50 % (5 of 10) where at most 20 % is asked (RevOps)"]
    assert told["counts"] == {"breached": 1, "met again": 0} and "Zoe" not in body and "contact/" not in body


def test_a_channel_that_failed_is_told_at_the_next_look(tmp_path: Path, hook: Receiver) -> None:
    hook.statuses = [500, 204]
    first, again, third = (looked(tmp_path, day, 5, hook.url) for day in range(3))
    assert first.untold == ("the webhook could not be told: ValueError",) and len(first.changes) == 1
    assert again.untold == () and len(again.changes) == 1 and third.changes == () and len(hook.calls) == 2


def test_without_a_channel_whoever_looks_has_been_told(tmp_path: Path) -> None:
    found = [len(looked(tmp_path, day, 5, "").changes) for day in range(2)]
    assert found == [1, 0]


def test_only_what_nobody_looked_at_in_its_period_is_due(tmp_path: Path) -> None:
    with session(tmp_path, 0) as found:
        counts = [len(look(found, view(5), due=True).verdicts) for _ in range(2)]
    with session(tmp_path, 1) as found:
        counts += [len(look(found, view(5, 1), due=True).verdicts) for _ in range(2)]
    assert counts == [1, 0, 1, 0]


def test_every_look_is_kept_the_newest_first(tmp_path: Path) -> None:
    for day, orphans in enumerate([1, 5, 0]):
        looked(tmp_path, day, orphans, "")
    with session(tmp_path, 3) as found:
        _, readings = past(found, "orphans")
        with pytest.raises(UsageError, match="no such target: nonsense"):
            past(found, "nonsense")
    kept = [(reading.period, str(reading.value), reading.state) for _, reading in readings]
    assert kept == [("2026-11-04", "0", M), ("2026-11-03", "0.5", B), ("2026-11-02", "0.1", M)]


def test_an_account_without_records_has_no_reading(tmp_path: Path) -> None:
    assert looked(tmp_path, 0, None, "").verdicts == ()

"""What is refused before the first write, at the limits' very edges and in words that say what to do."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from connectors.base import Connector, Identity
from connectors.changes import Merge, Set
from connectors.errors import Busy, RefusedError
from connectors.memory import Memory
from connectors.values import frozen
from sync.apply.contact import strangers
from sync.apply.guard import Bounds, check_accounts, check_plan
from sync.apply.jobs import await_job
from sync.apply.tools import Tools
from sync.ledger.contact import Contacts
from sync.ledger.journal import DiskJournal, Entry, Scratch, State
from sync.ledger.store import Ledger
from sync.mirror.pull import fingerprint
from sync.plan.model import Plan, Workspace
from tests.sync.desk import NOW, SPACE, desk, expected, group, plan_of, record, ref
from tests.sync.stores import new_store

HASH = "0123456789abcdef"
APPLIED = "this plan was applied already\n  Pull and plan again: what is left will be in the new plan"
NOBODY = "nobody approved this plan (0123456789ab)\n  Read it with `show`, then `approve` it, or apply it at a terminal"
EXPIRED = "the plan expired at 2026-11-23 12:00 UTC\n  Pull and plan again"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    engine = new_store("ledger", tmp_path)
    yield Ledger(engine, lambda: NOW)
    engine.dispose()


def planned(calls: int = 7) -> Plan:
    """Two records merged into a third and one renamed, forecast at so many calls."""
    reader = Memory([record("a", name="A")])
    schema = {"company": fingerprint(reader.describe("company"))}
    place = Workspace(SPACE, False, "1", schema, {}, {"set": calls - 2, "read": 2})
    merge = group("m", Merge(ref("a"), (ref("b"), ref("c"))), expects=[expected("a")])
    plan = plan_of(merge, group("s", Set(ref("d"), frozen({"name": "x"}))))
    return replace(plan, workspaces=MappingProxyType({SPACE: place}))


def told(ledger: Ledger, bounds: Bounds, late: int = 0) -> str:
    """What the refusal says, empty where there is none."""
    try:
        check_plan(planned(), HASH, ledger, NOW + timedelta(seconds=late), bounds)
    except RefusedError as error:
        return str(error)
    return ""


DAY = 24 * 3600
EDGES = [
    (Bounds(), 0, ""),
    (Bounds(), DAY - 1, ""),
    (Bounds(), DAY, EXPIRED),
    (Bounds(calls=7), 0, ""),
    (Bounds(calls=6), 0, "the plan needs 7 API calls, --max-calls allows 6"),
    (Bounds(irreversible=2), 0, ""),
    (Bounds(irreversible=1), 0, "the plan merges 2 records for good, --max-irreversible allows 1"),
]


@pytest.mark.parametrize(("bounds", "late", "why"), EDGES)
def test_an_approved_plan_is_refused_beyond_its_bounds_only(
    ledger: Ledger, bounds: Bounds, late: int, why: str
) -> None:
    ledger.approve(HASH, "ann", {})
    assert told(ledger, bounds, late) == why


def test_a_plan_that_nobody_allowed_or_that_is_done_is_refused(ledger: Ledger) -> None:
    assert told(ledger, Bounds()) == NOBODY
    ledger.begin("other", "another plan")
    ledger.finish("other", "done")
    ledger.approve(HASH, "ann", {})
    ledger.begin("r", HASH)
    assert told(ledger, Bounds()) == ""
    ledger.finish("r", "done")
    assert told(ledger, Bounds()) == APPLIED


def test_the_last_run_of_a_plan_is_the_one_to_resume(ledger: Ledger) -> None:
    ledger.approve(HASH, "ann", {})
    assert check_plan(planned(), HASH, ledger, NOW, Bounds()) is None
    ledger.begin("r1", HASH)
    run = check_plan(planned(), HASH, ledger, NOW, Bounds())
    assert run is not None and run.id == "r1"


def test_a_run_that_may_have_sent_something_goes_on_after_its_plan_expired(ledger: Ledger) -> None:
    ledger.approve(HASH, "ann", {})
    ledger.begin("r1", HASH)
    assert told(ledger, Bounds(), DAY) == EXPIRED
    entry = Entry("r1", "k", "g", "1", State.INTENT, "")
    DiskJournal(ledger.engine, lambda: NOW).append([entry])
    assert told(ledger, Bounds(), DAY) == ""


class Account(Memory):
    """A list that says of itself how many calls are left, and whether it is live."""

    left: int | None = None
    live: bool = False

    @property
    def calls_left(self) -> int | None:
        return self.left

    def identity(self) -> Identity:
        return Identity(SPACE, "", self.live, "1")


def metered(left: int | None, live: bool = False) -> Account:
    """The account with so many calls left."""
    reader = Account([record("a", name="A")])
    reader.left, reader.live = left, live
    return reader


def account(readers: dict[str, Connector], reserve: int = 0, resuming: bool = False) -> str:
    try:
        check_accounts(planned(), readers, Bounds(reserve=reserve), resuming)
    except RefusedError as error:
        return str(error)
    return ""


SHORT = f"{SPACE} has {{}} calls left today, the plan needs 7\n  Apply it tomorrow"
CALLS = [
    (None, 99, False, ""),
    (7, 0, False, ""),
    (6, 0, False, SHORT.format(6)),
    (10, 3, False, ""),
    (10, 4, False, SHORT.format(10)),
    (0, 0, True, ""),
]


@pytest.mark.parametrize(("left", "reserve", "resuming", "why"), CALLS)
def test_calls_that_are_kept_back_are_not_spent(left: int | None, reserve: int, resuming: bool, why: str) -> None:
    assert account({SPACE: metered(left)}, reserve, resuming) == why


@pytest.mark.parametrize(("names", "opened"), [((), "no account"), (("x:1", "x:2"), "x:1, x:2")])
def test_the_accounts_that_the_credentials_do_open_are_named(names: tuple[str, ...], opened: str) -> None:
    why = f"the plan is for {SPACE}, the credentials open {opened}"
    assert account(dict.fromkeys(names, metered(None))) == why


def test_fields_that_changed_are_a_reason_to_plan_again_unless_the_run_had_begun() -> None:
    other = Memory([record("a", name="A", extra="x")])
    why = f"the fields of company in {SPACE} changed since the plan was made\n  Pull and plan again"
    assert account({SPACE: other}) == why and account({SPACE: other}, resuming=True) == ""


UNSEEN = f"{SPACE} is a PRODUCTION account that `doctor` has not looked over %s\n  " + (
    "Run `revops-sync doctor`, mend what it calls an error, then apply again"
)
FEW = (
    f"nothing was ever written to the PRODUCTION account {SPACE} by this tool\n  Apply with `--canary 3` (10 at most): "
    "so many groups are carried out and verified, then it stops for you to look at them in the CRM"
)


def met(ledger: Ledger, canary: int, live: bool = True) -> str | frozenset[str]:
    """What first contact says to the plan: the accounts to be careful with, or the refusal."""
    try:
        contacts = Contacts(ledger.engine, lambda: NOW)
        return strangers(planned(), {SPACE: metered(None, live)}, contacts, canary)
    except RefusedError as error:
        return str(error)


def test_a_live_account_is_looked_over_then_met_by_a_few_then_known(ledger: Ledger) -> None:
    contacts = Contacts(ledger.engine, lambda: NOW)
    assert met(ledger, 0, live=False) == frozenset() and met(ledger, 3) == UNSEEN % "without an error"
    contacts.examined(SPACE, "0", True)
    assert met(ledger, 3) == UNSEEN % "since its API version changed"
    contacts.examined(SPACE, "1", False)
    assert met(ledger, 3) == UNSEEN % "without an error"
    contacts.examined(SPACE, "1", True)
    assert [met(ledger, canary) for canary in (0, 1, 10, 11)] == [FEW, {SPACE}, {SPACE}, FEW]
    contacts.proved(SPACE, "r1")
    assert met(ledger, 0) == frozenset()


@dataclass
class Load:
    """A writer whose job is through after so many looks."""

    looks: int
    calls: int = 0

    def ensure_fields(self, kind: str) -> bool:
        return True

    def push(self, batch: object) -> tuple[()]:
        return ()

    def open(self, batch: object) -> str:
        return "j"

    def through(self, workspace: str, job: str) -> bool:
        self.looks -= 1
        return self.looks < 0


def tools_with(writer: object) -> Tools:
    nothing = desk()
    return Tools(
        journal=Scratch(),
        readers={},
        writers={SPACE: writer},  # type: ignore[dict-item]
        resolve=nothing.resolve,
        alias=nothing.alias,
        fence=lambda: None,
        keep=lambda readings: None,
        sleep=nothing.slept.append,
        age=lambda entry: 0.0,
    )


def test_a_load_still_at_work_is_waited_for_by_nobody() -> None:
    tools = tools_with(Load(1))
    with pytest.raises(Busy) as said:
        await_job("j1", SPACE, tools)
    assert str(said.value) == "the load j1 is still at work: run the same command again later"
    assert said.value.wait == 0.0
    await_job("j1", SPACE, tools)


@pytest.mark.parametrize(("job", "place", "writer"), [("", SPACE, Load(9)), ("j", "x:1", Load(9)), ("j", SPACE, 0)])
def test_rows_without_a_job_or_a_loader_wait_for_none(job: str, place: str, writer: object) -> None:
    tools = tools_with(writer)
    await_job(job, place, tools)
    assert getattr(writer, "looks", 9) == 9

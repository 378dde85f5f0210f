"""The checker names each broken promise, and the bench catches bugs that are planted in the write protocol."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sync.ledger.journal import State
from tests.rel.bench import Bench, bench
from tests.rel.bugs import BUGS
from tests.rel.checker import check, through
from tests.rel.history import History, Line, Mutation

TREE = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made() -> Iterator[Bench]:
    with bench() as found:
        yield found


@pytest.fixture(scope="module")
def clean(made: Bench) -> History:
    with made.trial("soft") as trial:
        trial.attempt()
        return trial.history()


def doubled(history: History) -> History:
    one = history.mutations[0]
    again = replace(one, seq=len(history.mutations) + 1)
    wire = replace(history.wires[-1], first=again.seq - 1, last=again.seq)
    return replace(history, mutations=(*history.mutations, again), wires=(*history.wires, wire))


def lost(history: History) -> History:
    return replace(history, mutations=history.mutations[1:])


def beside(history: History) -> History:
    odd = Mutation(len(history.mutations) + 1, "hubspot", "archive", "deal", "1", {})
    wire = replace(history.wires[-1], first=odd.seq - 1, last=odd.seq)
    return replace(history, mutations=(*history.mutations, odd), wires=(*history.wires, wire))


def unjournalled(history: History) -> History:
    return replace(history, wires=tuple(replace(wire, head=0) for wire in history.wires))


def edited(history: History) -> History:
    """A person wrote the record's phone before anybody looked at it."""
    first = history.mutations[0]
    edit = Mutation(0, first.crm, "update", first.kind, first.id, {"actor": "person", "fields": {"phone": "by hand"}})
    return replace(history, mutations=(edit, *history.mutations))


def sent_after_its_end(history: History) -> History:
    last = history.lines[-1]
    more = (replace(last, seq=last.seq + 1, state=State.HALTED), replace(last, seq=last.seq + 2, state=State.INTENT))
    return replace(history, lines=(*history.lines, *more))


def denied(history: History) -> History:
    return replace(history, lines=tuple(_as(line, State.NOT_SENT) for line in history.lines))


def _as(line: Line, state: State) -> Line:
    return replace(line, state=state) if line.state is State.VERIFIED else line


def buried(history: History) -> History:
    key = next(key for key, row in history.world.items() if not row.archived and not row.merged_into)
    return replace(history, mirror={key: replace(history.world[key], archived=True)})


def shown(history: History) -> History:
    return replace(history, attempts=(replace(history.attempts[0], said="Zqxwvk"),))


def boasted(history: History) -> History:
    return replace(history, lines=tuple(_as(line, State.UNKNOWN) for line in history.lines))


SPOILT: dict[str, tuple[str, Callable[[History], History]]] = {
    **{"twice": ("V1", doubled), "no effect": ("V2", lost), "beside the plan": ("V3", beside)},
    **{"an edit overwritten": ("V4", edited), "after its end": ("V5", sent_after_its_end)},
    **{"no intent": ("V6", unjournalled), "denied": ("V6", denied), "buried alive": ("V7", buried)},
    **{"a value shown": ("V8", shown), "a false 0": ("V9", boasted)},
}


def test_a_clean_history_breaks_no_promise(clean: History) -> None:
    assert (check(clean), through(clean)) == ([], [])


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_history_is_told(clean: History, name: str) -> None:
    promise, spoil = SPOILT[name]
    assert promise in {fault[:2] for fault in check(spoil(clean))}


def test_what_did_not_get_through_is_told(clean: History) -> None:
    assert len(through(boasted(clean))) == len(clean.ops)


def test_every_bug_of_the_list_still_has_its_place() -> None:
    counts = {bug.name: (TREE / bug.file).read_text("utf-8").count(bug.old) for bug in BUGS}
    assert {name: count for name, count in counts.items() if count != 1} == {}
    assert len(counts) == len(BUGS) >= 30

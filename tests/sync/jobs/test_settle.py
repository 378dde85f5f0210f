"""A person's word on an unknown outcome: taken once, with a name, and the run goes on from it."""

import pytest

from connectors.errors import RefusedError, UsageError
from sync.jobs.settle import settle, unsettled
from sync.ledger.journal import Entry, State
from sync.session import Session
from tests.sync.stage import Stage

REF = "hubspot:1/company/7"


def opened_row(session: Session, verb: str = "set") -> None:
    """A run with one row that was sent and never answered for."""
    session.ledger.begin("r1", "plan")
    sent = Entry("r1", "k", "g-1", "2", State.INTENT, REF, {"verb": verb}, {"change": {}, "before": {}})
    session.journal.append([sent, Entry("r1", "k", "g-1", "2", State.UNKNOWN, REF, {"against": ["name"]})])


@pytest.mark.parametrize(("word", "state"), [("applied", State.VERIFIED), ("not-sent", State.NOT_SENT)])
def test_a_word_closes_the_row_and_bears_a_name(stage: Stage, word: str, state: State) -> None:
    with stage.opened() as session:
        opened_row(session)
        assert [(item.row, item.against) for item in unsettled(session)] == [("g-1/2", ("name",))]
        settle(session, "r1", "g-1/2", word)
        last = list(session.journal.entries("r1"))[-1]
        assert last.state is state and last.facts["who"] and last.facts["said"] == word
        assert unsettled(session) == [] and session.journal.verify()[1] == []


@pytest.mark.parametrize(("run", "row"), [("r2", "g-1/2"), ("r1", "g-1/3")])
def test_only_what_is_open_can_be_settled(stage: Stage, run: str, row: str) -> None:
    with stage.opened() as session:
        opened_row(session)
        with pytest.raises(UsageError):
            settle(session, run, row, "applied")


@pytest.mark.parametrize("verb", ["merge", "create"])
def test_what_left_an_unknown_record_is_not_taken_for_done(stage: Stage, verb: str) -> None:
    with stage.opened() as session:
        opened_row(session, verb)
        with pytest.raises(RefusedError):
            settle(session, "r1", "g-1/2", "applied")
        assert len(unsettled(session)) == 1


def test_nothing_is_said_twice(stage: Stage) -> None:
    with stage.opened() as session:
        opened_row(session)
        settle(session, "r1", "g-1/2", "not-sent")
        with pytest.raises(UsageError, match="not open"):
            settle(session, "r1", "g-1/2", "applied")

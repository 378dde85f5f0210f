"""People hear of a move that a rule objects to once, by whichever channel works, and no value of the deal."""

import json
from dataclasses import replace
from typing import Any

from sync.session import wall_clock
from sync.web.alert import AGAIN, Alarm
from sync.web.worker import work
from tests.sandbox.receiver import Receiver, receiving
from tests.sync.web.floor import READER, Floor, lenient, strict


def told(floor: Floor, url: str, judge: Any) -> list[str]:
    """What the worker had to say, once nothing waits any more."""
    said: list[str] = []
    with floor.stage.opened(**READER, REVOPS_WEBHOOK_URL=url) as session:
        work(session, judge, said.append, once=True)
    return said


def heard(hook: Receiver) -> list[dict[str, Any]]:
    return [json.loads(body) for _, body in hook.calls]


def test_a_move_is_told_once_with_its_rule_and_what_it_lacks(floor: Floor) -> None:
    floor.move("hubspot")
    floor.tell("hubspot")
    with receiving(204) as hook:
        for _ in range(2):
            assert told(floor, hook.url, strict("alert")) == []
        (message,) = heard(hook)
    deal = floor.deals["hubspot"]
    assert message["headline"] == "a deal moved on without what its stage asks for"
    assert message["counts"]["to look at"] == 1 and f"revops-sync explain {deal}" in message["text"]
    assert message["ids"] == [f"{deal}: {floor.stood['hubspot']} to contractsent: amount"]


def test_a_move_that_is_taken_back_says_so(floor: Floor) -> None:
    floor.move("salesforce")
    floor.tell("salesforce")
    with receiving(204) as hook:
        told(floor, hook.url, strict("revert"))
        (message,) = heard(hook)
    assert "amount; it is going to be moved back http" in message["ids"][0]
    assert message["ids"][0].endswith(f"/{floor.deals['salesforce'].id}")


def test_a_move_that_nothing_objects_to_is_not_told(floor: Floor) -> None:
    floor.move("hubspot")
    floor.tell("hubspot")
    with receiving(204) as hook:
        told(floor, hook.url, lenient)
        assert heard(hook) == []


def test_a_channel_that_failed_is_tried_again_and_not_at_once(floor: Floor) -> None:
    floor.move("hubspot")
    floor.tell("hubspot")
    floor.work(strict("alert"))
    with receiving(500, 204) as hook, floor.stage.opened(**READER, REVOPS_WEBHOOK_URL=hook.url) as session:
        said: list[str] = []
        alarm = Alarm(session, said.append)
        assert [alarm.ring(), alarm.ring(), len(hook.calls)] == [0, 0, 1]
        alarm.session = replace(session, now=lambda: wall_clock() + AGAIN)
        assert alarm.ring() == 1 and said == ["the webhook could not be told: ValueError"] and len(hook.calls) == 2


def test_without_a_channel_nothing_waits_for_one(floor: Floor) -> None:
    floor.move("hubspot")
    floor.tell("hubspot")
    assert told(floor, "", strict("alert")) == []
    with receiving(204) as hook:
        told(floor, hook.url, strict("alert"))
        assert heard(hook) == []

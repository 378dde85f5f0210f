"""A rep moves a deal in the sandbox, the sandbox tells the gate by a signed webhook, and the writer takes it back."""

import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.server import serve
from sync.session import Session
from sync.settings import load
from sync.web.rules import judge
from sync.web.worker import Worker
from tests.sync.web.floor import AMOUNT, FURTHER, STAGE, Floor
from tests.sync.web.house import TOKEN, Caller, gatehouse

pytestmark = pytest.mark.enable_socket
APP, KEY = "/webhooks/v3/1234567", "?hapikey=sandbox-developer-key"
CLIENT_SECRET = "sandbox-client-secret"
RULES = """
version: 1
checks: [{check: required_field, rules: {"*": {contractsent: [amount]}}}]
gate: {rules: [{check: required_field, policy: revert}]}
"""


class Loopback:
    """Two servers that know each other by address alone."""

    def __init__(self, floor: Floor, sandbox: str, gate: str, session: Session) -> None:
        self.floor, self.sandbox, self.gate, self.session = floor, sandbox, gate, session
        target = {"targetUrl": f"{gate}/gate/hubspot", "throttling": {"maxConcurrentRequests": 10}}
        self.call("PUT", f"{APP}/settings{KEY}", target)
        what = {"eventType": "deal.propertyChange", "propertyName": "dealstage", "active": True}
        self.call("POST", f"{APP}/subscriptions{KEY}", what)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.sandbox}{path}", data, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def rep_moves(self, to: str, amount: str = "") -> None:
        fields = {STAGE["hubspot"]: to, AMOUNT["hubspot"]: amount}
        order = {"crm": "hubspot", "kind": "deal", "id": self.floor.deals["hubspot"].id, "fields": fields}
        self.call("POST", "/_sandbox/edit", order)

    def delivered(self) -> list[int]:
        """Wait until every event was sent once, by the sandbox's own courier or now; how often each of those was tried
        that were not accepted."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            self.call("POST", "/_sandbox/webhooks")
            left = [item["attempt"] for item in self.call("GET", "/_sandbox/webhooks")["results"]]
            if all(left):
                return left
        raise AssertionError("the events were never sent")

    def work(self) -> dict[str, int]:
        worker = Worker(self.session, judge(self.session))
        worker.step()
        return worker.inbox.outcomes()


@pytest.fixture
def loopback(floor: Floor, tmp_path: Path) -> Iterator[Loopback]:
    (tmp_path / "gated.yaml").write_text(RULES, "utf-8")
    floor.stage.environ["REVOPS_CONFIG"] = str(tmp_path / "gated.yaml")
    secrets = {"REVOPS_HUBSPOT_WEBHOOK_SECRETS": CLIENT_SECRET, "REVOPS_GATE_TOKEN": TOKEN}
    with serve(floor.stage.sandbox) as sandbox:
        urls = {"HUBSPOT_BASE_URL": sandbox, "SALESFORCE_INSTANCE_URL": sandbox, "REVOPS_READ_ONLY": "1"}
        session = Session(load({**floor.stage.environ, **urls, **secrets}))
        with gatehouse(session) as gate:
            yield Loopback(floor, sandbox, gate, session)
        session.close()


def test_the_deal_is_back_with_a_note_once(loopback: Loopback) -> None:
    floor = loopback.floor
    loopback.rep_moves("contractsent")
    assert loopback.delivered() == []
    assert loopback.work() == {"judged": 1}
    assert floor.stands("hubspot") == "contractsent"
    assert [item.state for item in floor.drain()] == ["done"]
    assert (floor.stands("hubspot"), len(floor.notes("hubspot"))) == (floor.stood["hubspot"], 1)
    assert loopback.delivered() == [] and loopback.work() == {"judged": 1, "ours": 1}
    assert floor.drain() == [] and len(floor.notes("hubspot")) == 1
    assert "amount: it is empty" in floor.notes("hubspot")[0]


def test_a_rep_who_moved_on_is_left_alone(loopback: Loopback) -> None:
    floor = loopback.floor
    loopback.rep_moves("contractsent")
    loopback.delivered()
    loopback.work()
    loopback.rep_moves(FURTHER["hubspot"])
    assert [item.state for item in floor.drain()] == ["overtaken"]
    assert floor.stands("hubspot") == FURTHER["hubspot"] and floor.notes("hubspot") == []


def test_a_deal_that_has_what_is_asked_stays_where_it_was_moved(loopback: Loopback) -> None:
    loopback.rep_moves("contractsent", amount="1200")
    assert loopback.delivered() == [] and loopback.work() == {"judged": 1}
    (ruling,) = loopback.floor.rulings("hubspot")
    assert (ruling.allow, ruling.action) == (True, "none") and loopback.floor.drain() == []


def test_another_apps_webhook_is_turned_away_and_comes_again(loopback: Loopback) -> None:
    loopback.call("POST", "/_sandbox/settings", {"hubspot": {"oauth_client": {"client_id": "x", "client_secret": "y"}}})
    loopback.rep_moves("contractsent")
    assert loopback.delivered() == [1] and loopback.work() == {}


def test_events_that_come_twice_and_shuffled_change_nothing(loopback: Loopback) -> None:
    loopback.call("POST", "/_sandbox/settings", {"hubspot": {"webhook_repeats": 1.0}})
    for stage in ("qualifiedtobuy", "presentationscheduled", "contractsent"):
        loopback.rep_moves(stage)
    assert loopback.delivered() == []
    loopback.work()
    assert len(loopback.floor.rulings("hubspot")) == 1


def test_a_question_is_answered_from_payload_and_mirror_at_once(loopback: Loopback) -> None:
    deal = str(loopback.floor.deals["hubspot"])
    asked = {"ref": deal, "to": "contractsent"}
    empty, full = (Caller(loopback.gate).ask({**asked, "fields": {"amount": amount}}).json() for amount in ("", "1200"))
    assert (empty["allow"], empty["missing"], empty["policy"]) == (False, ["amount"], "revert")
    assert full["allow"] and full["mirror_age_seconds"] >= 0
    assert loopback.floor.stands("hubspot") == loopback.floor.stood["hubspot"]


@pytest.mark.parametrize(("body", "word"), [([], "JSON object"), ({"ref": "x"}, "ref"), ({"re": 1}, "neither `ref`")])
def test_a_question_that_is_none_is_told_what_is_wrong(loopback: Loopback, body: Any, word: str) -> None:
    answer = Caller(loopback.gate).ask(body)
    assert answer.status == 422 and word in answer.json()["error"]

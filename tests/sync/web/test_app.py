"""The endpoints: who is let in, what is kept, and when it is said to be."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from bench.gate_calls import sendable
from sync.database import writing
from sync.ledger.inbox import INBOX, Inbox
from sync.session import Session
from sync.settings import load
from sync.web.app import MAX_BODY
from tests.sync.web.house import ORG, PATH, SECRET, SECRETS, Caller, event, gatehouse, pulled

pytestmark = pytest.mark.enable_socket
SOAP = (Path(__file__).parent / "outbound.xml").read_text("utf-8")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, Caller]]:
    """One gate for all of these; its inbox is emptied between them."""
    made = Session(load({**SECRETS, "REVOPS_STATE": str(tmp_path_factory.mktemp("gate"))}))
    pulled(made, ORG)
    with gatehouse(made) as url:
        yield made, Caller(url)
    made.close()


@pytest.fixture
def session(house: tuple[Session, Caller]) -> Session:
    with writing(house[0].ledger_store) as connection:
        connection.execute(delete(INBOX))
    return house[0]


@pytest.fixture
def caller(house: tuple[Session, Caller], session: Session) -> Caller:
    return house[1]


def kept(session: Session) -> list[str]:
    return [f"{item.what} {item.ref}" for item in Inbox(session.ledger_store, session.now).waiting(1000)]


def test_a_signed_webhook_is_kept_and_acknowledged(session: Session, caller: Caller) -> None:
    assert caller.hubspot([event(1), event(2, deal=12)]).status == 204
    assert sorted(kept(session)) == [f"propertyChange hubspot:12345678/deal/{deal}" for deal in (11, 12)]


def test_either_secret_of_a_rotation_signs(session: Session, caller: Caller) -> None:
    assert caller.hubspot([event()], secret="the-secret-before-the-rotation").status == 204
    assert caller.hubspot([event(2)], secret="the-secret-after-the-next-one").status == 401


def test_a_query_is_signed_with_its_escapes(caller: Caller) -> None:
    plain = "/gate/hubspot?from=a:b&to=(c)"
    body = json.dumps([event()]).encode()
    for path in (plain, plain.replace(":", "%3A").replace("(", "%28").replace(")", "%29")):
        assert caller.send("POST", path, body, caller.signed(body, plain)).status == 204


def test_what_was_told_before_is_kept_once(session: Session, caller: Caller) -> None:
    for told in ([event(1), event(2)], [event(2), event(1), event(1)], [event(1, attemptNumber=4)]):
        assert caller.hubspot(told).status == 204
    assert len(kept(session)) == 2
    assert caller.hubspot([event(1, occurredAt=1_760_000_000_001)]).status == 204
    assert len(kept(session)) == 3


@pytest.mark.parametrize("late", [299_000, -299_000])
def test_a_clock_may_be_off_by_less_than_five_minutes(caller: Caller, late: int) -> None:
    assert caller.hubspot([event()], late=late).status == 204


@pytest.mark.parametrize("late", [301_000, -301_000])
def test_an_old_or_early_call_is_turned_away(session: Session, caller: Caller, late: int) -> None:
    answer = caller.hubspot([event()], late=late)
    assert (answer.status, answer.body) == (401, b"") and kept(session) == []


def test_no_forgery_is_let_in_over_http(session: Session, caller: Caller) -> None:
    for false in sendable(150, 2, f"{caller.url}/gate/hubspot", caller.now_ms):
        marks = {"X-HubSpot-Signature-v3": false.signature, "X-HubSpot-Request-Timestamp": false.stamp}
        assert caller.send("POST", "/gate/hubspot", false.body, marks).status == 401
    assert caller.send("POST", "/gate/hubspot", json.dumps([event()]).encode()).status == 401
    assert kept(session) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        *((body, 400) for body in (b"", b"{", b"null", b'{"a":1}', b"[1]", b"[[]]", b'"a"', b"\xff", b"[" * 100_000)),
        *((json.dumps([event(**more)]).encode(), 400) for more in ({"portalId": None}, {"occurredAt": "soon"})),
        (b"[]", 204),
        (b" " * (MAX_BODY + 1), 413),
    ],
)
def test_what_is_no_array_of_events_is_refused(session: Session, caller: Caller, body: bytes, status: int) -> None:
    assert caller.hubspot(body).status == status and kept(session) == []


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"subscriptionType": "deal.creation"}, ["creation hubspot:12345678/deal/11"]),
        ({"subscriptionType": None, "eventType": "deal.creation"}, ["creation hubspot:12345678/deal/11"]),
        ({"subscriptionType": "object.creation", "objectTypeId": "0-3"}, ["creation hubspot:12345678/deal/11"]),
        ({"subscriptionType": "deal.merge", "newObjectId": 99}, ["merge hubspot:12345678/deal/99"]),
        ({"subscriptionType": "object.creation", "objectTypeId": "2-77"}, []),
        ({"objectId": None}, []),
        ({"objectId": True}, []),
        ({"subscriptionType": "../etc.creation"}, []),
    ],
)
def test_an_event_is_a_hint_at_a_record(
    session: Session, caller: Caller, more: dict[str, object], wanted: list[str]
) -> None:
    assert caller.hubspot([event(**more)]).status == 204
    assert kept(session) == wanted


def test_no_value_of_an_event_reaches_the_disk(session: Session, caller: Caller) -> None:
    assert caller.hubspot([event(propertyValue="Zaphod's secret")]).status == 204
    assert not any(b"Zaphod" in path.read_bytes() for path in session.settings.state.iterdir())


def test_a_flow_tells_of_a_record_once_for_each_of_its_changes(session: Session, caller: Caller) -> None:
    deal = {"Id": "006000000000001", "SystemModstamp": "2026-11-22T10:00:00Z", "StageName": "Closed Won"}
    assert [caller.flow(deal).status, caller.flow([deal]).status, caller.flow(deal, secret="x" * 20).status] == [
        *(204, 204, 401),
    ]
    assert kept(session) == [f"callout {ORG}/deal/006000000000001AAA"]
    assert caller.flow({"Id": "nobody"}).status == 400


def test_an_outbound_message_is_acknowledged_once_it_is_kept(session: Session, caller: Caller) -> None:
    answer = caller.send("POST", f"/gate/salesforce/{PATH}", SOAP.encode())
    assert answer.status == 200 and b"<Ack>true</Ack>" in answer.body
    assert answer.headers["content-type"].startswith("text/xml")
    assert sorted(kept(session)) == [f"outbound {ORG}/deal/00600000000000{number}AAA" for number in (1, 2)]


BOMB = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>' + SOAP.partition("?>")[2].replace("Opp one", "&c;")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/gate/salesforce/another-path-that-is-long", SOAP, 401),
        (f"/gate/salesforce/{PATH}", SOAP.replace("00D000000000001EAA", "00D000000000002EAA"), 401),
        (f"/gate/salesforce/{PATH}", BOMB, 400),
        (f"/gate/salesforce/{PATH}", SOAP.replace("<sObject", "<other").replace("</sObject", "</other"), 400),
        (f"/gate/salesforce/{PATH}", "<a/>", 400),
        (f"/gate/salesforce/{PATH}", "", 400),
    ],
)
def test_another_message_is_refused(session: Session, caller: Caller, path: str, body: str, status: int) -> None:
    answer = caller.send("POST", path, body.encode())
    assert answer.status == status and b"Ack" not in answer.body and kept(session) == []


def test_a_stranger_may_not_ask(caller: Caller) -> None:
    assert [caller.ask({}, token=token).status for token in ("", "x" * 30)] == [401, 401]
    assert caller.send("POST", "/gate", b"{}").status == 401


def test_health_tells_what_waits_and_how_old_the_mirror_is(caller: Caller) -> None:
    caller.hubspot([event()])
    health = caller.send("GET", "/healthz").json()
    assert (health["status"], health["inbox_waiting"]) == ("ok", 1) and health["mirror_age_seconds"] > 0


@pytest.mark.parametrize("status", [204, 401])
def test_metrics_count_answers(caller: Caller, status: int) -> None:
    def counted() -> float:
        text = caller.send("GET", "/metrics").body.decode()
        head = f'revops_gate_answers_total{{door="/gate/hubspot",status="{status}"}} '
        return sum(float(line.removeprefix(head)) for line in text.splitlines() if line.startswith(head))

    before = counted()
    caller.hubspot([event()], secret=SECRET if status == 204 else "somebody-else's-secret")
    assert counted() == before + 1


def test_nothing_else_is_there(caller: Caller) -> None:
    found = [caller.send("GET", path).status for path in ("/", "/docs", "/openapi.json", "/gate/hubspot")]
    assert found == [404, 404, 404, 405]


def test_what_cannot_be_kept_is_not_acknowledged(session: Session, caller: Caller) -> None:
    for statement in ("ALTER TABLE inbox RENAME TO elsewhere", "ALTER TABLE elsewhere RENAME TO inbox"):
        with writing(session.ledger_store) as connection:
            connection.exec_driver_sql(statement)
        answer = caller.hubspot([event()])
        wanted = (503, "5") if statement.split()[-1] == "elsewhere" else (204, None)
        assert (answer.status, answer.headers.get("retry-after")) == wanted

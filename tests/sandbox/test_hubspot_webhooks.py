"""Webhooks reach a receiver: signed as HubSpot signs them, batched, out of order, some twice, again after failures."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.utils.signature import Signature
from hubspot.webhooks import SettingsChangeRequest, SubscriptionCreateRequest, ThrottlingSettings

from sandbox.app import Sandbox
from sandbox.clock import Clock
from sandbox.delivery import deliver
from sandbox.hubspot.deliveries import signed
from sandbox.server import serve
from tests.sandbox.hubspot_desk import Desk
from tests.sandbox.receiver import Receiver, receiving

pytestmark = pytest.mark.enable_socket
APP, KEY, SECRET = "/webhooks/v3/1234567", "?hapikey=sandbox-developer-key", "sandbox-client-secret"


class Listening(Desk):
    """An account whose app hears of these events."""

    def __init__(self, url: str = "http://127.0.0.1:9/none", **settings: Any) -> None:
        super().__init__(webhook_repeats=0, **settings)
        target = {"targetUrl": url, "throttling": {"maxConcurrentRequests": 10}}
        assert self.call("PUT", f"{APP}/settings{KEY}", target).status_code == 200

    def hear(self, event: str, **more: str) -> str:
        """The id of a new, active subscription."""
        answer = self.call("POST", f"{APP}/subscriptions{KEY}", {"eventType": event, "active": True, **more})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def queued(self) -> list[dict[str, Any]]:
        """The events in the queue."""
        return [item["event"] for item in self.call("GET", "/_sandbox/webhooks").json()["results"]]

    def told(self) -> list[str]:
        """What the events in the queue are about."""
        return [item["subscriptionType"] for item in self.queued()]


def test_the_documented_example_is_signed_alike() -> None:
    body = (
        b'[{"eventId":531833541,"subscriptionId":3923621,"portalId":48807704,"appId":16111050,'
        b'"occurredAt":1752613920733,"subscriptionType":"contact.creation","attemptNumber":0,'
        b'"objectId":138017612137,"changeFlag":"CREATED","changeSource":"CRM_UI","sourceId":"userId:76023669"}]'
    )
    secret, url = "cfc68c0b-4b4e-4ef8-b764-95350e4ea479", "https://webhook.site/335453f5-94b3-49d9-b684-a55354d4b8df"
    headers = signed(secret, url, body, 1752613922216)
    assert headers["X-HubSpot-Signature-v3"] == "gbj1XPRvUt0noT7i7fXfTzOD4sLzQmf0VT28ZYq0EYg="


def test_hubspots_own_verifier_accepts_what_arrives() -> None:
    with receiving() as receiver:
        desk = Listening(receiver.url)
        desk.sandbox.clock = Clock()
        desk.hear("contact.creation")
        desk.make("contacts", email="zoë@example.com")
        assert desk.call("POST", "/_sandbox/webhooks").json()["sent"][0]["status"] == 200
        headers, body = receiver.calls[0]
        stamp = headers["X-HubSpot-Request-Timestamp"]
        third = headers["X-HubSpot-Signature-v3"]
        assert Signature.is_valid(third, SECRET, body, receiver.url, "POST", "v3", stamp)
        assert Signature.is_valid(headers["X-HubSpot-Signature"], SECRET, body, signature_version="v1")
        assert not Signature.is_valid(third, "other", body, receiver.url, "POST", "v3", stamp)


def test_an_event_has_the_documented_parts() -> None:
    desk = Listening()
    number = desk.hear("contact.creation")
    contact = desk.make("contacts", email="a@example.com")
    event = desk.queued()[0]
    assert list(event)[:8] == [
        *("eventId", "subscriptionId", "portalId", "appId", "occurredAt", "subscriptionType", "attemptNumber"),
        "objectId",
    ]
    assert (event["subscriptionId"], event["objectId"]) == (int(number), int(contact))
    assert (event["changeFlag"], event["changeSource"], event["sourceId"]) == ("CREATED", "INTEGRATION", "1234567")


CASES: dict[str, Callable[[Desk, str, str], object]] = {
    "contact.propertyChange": lambda desk, one, other: desk.set("contacts", one, firstname="Ann"),
    "contact.deletion": lambda desk, one, other: desk.call("DELETE", f"contacts/{one}"),
    "contact.merge": lambda desk, one, other: desk.merge("contacts", one, other),
    "contact.privacyDeletion": lambda desk, one, other: desk.call(
        "POST", "contacts/gdpr-delete", {"objectId": "a@example.com", "idProperty": "email"}
    ),
    "contact.associationChange": lambda desk, one, other: desk.link(
        "contacts", one, "companies", desk.make("companies", name="Acme")
    ),
    "contact.restore": lambda desk, one, other: [
        desk.call("DELETE", f"contacts/{one}"),
        desk.call("POST", "/_sandbox/edit", {"kind": "contact", "id": one, "restore": True}),
    ],
}


@pytest.mark.parametrize("event", CASES)
def test_each_kind_of_event_is_told_to_those_who_asked(event: str) -> None:
    desk = Listening()
    one, other = desk.make("contacts", email="a@example.com"), desk.make("contacts", email="b@example.com")
    more = {"propertyName": "firstname"} if event.endswith("propertyChange") else {}
    desk.hear(event, **more)
    desk.hear("deal.creation")
    CASES[event](desk, one, other)
    assert desk.told() == [event]


def test_a_merge_tells_of_the_new_id_and_of_two_deletions() -> None:
    desk = Listening()
    one, other = desk.make("companies", name="A"), desk.make("companies", name="B", city="Rome")
    for event in ("company.merge", "company.deletion"):
        desk.hear(event)
    desk.hear("company.propertyChange", propertyName="city")
    new = desk.merge("companies", one, other).json()["id"]
    merge, *deletions = desk.queued()
    assert (merge["primaryObjectId"], merge["mergedObjectIds"]) == (int(one), [int(other)])
    assert (merge["newObjectId"], merge["numberOfPropertiesMoved"]) == (int(new), 1)
    assert [item["objectId"] for item in deletions] == [int(one), int(other)]


def test_an_association_is_told_to_both_sides() -> None:
    desk = Listening()
    contact, company = desk.make("contacts", email="a@example.com"), desk.make("companies", name="A")
    for kind in ("contact", "company"):
        desk.hear(f"{kind}.associationChange")
    desk.link("contacts", contact, "companies", company)
    told = [(item["associationType"], item["fromObjectId"], item["associationRemoved"]) for item in desk.queued()]
    assert told == [("CONTACT_TO_COMPANY", int(contact), False), ("COMPANY_TO_CONTACT", int(company), False)]


def test_generic_events_name_the_object_type() -> None:
    desk = Listening()
    desk.hear("object.propertyChange", objectTypeId="0-136", propertyName="hs_lead_name")
    desk.make("leads", hs_lead_name="L")
    event = desk.queued()[0]
    assert (event["subscriptionType"], event["objectTypeId"]) == ("object.propertyChange", "0-136")
    assert (event["propertyName"], event["propertyValue"], event["isSensitive"]) == ("hs_lead_name", "L", False)


def test_a_person_is_named_as_the_source() -> None:
    desk = Listening()
    contact = desk.make("contacts", email="a@example.com")
    desk.hear("contact.propertyChange", propertyName="firstname")
    desk.call("POST", "/_sandbox/edit", {"kind": "contact", "id": contact, "fields": {"firstname": "A"}})
    assert (desk.queued()[0]["changeSource"], desk.queued()[0]["sourceId"]) == ("CRM_UI", "userId:70000001")


def test_what_was_refused_or_paused_or_has_no_target_is_not_told() -> None:
    desk = Listening()
    number = desk.hear("contact.creation")
    desk.call("POST", "contacts", {"properties": {"email": "no address"}})
    desk.call("PATCH", f"{APP}/subscriptions/{number}{KEY}", {"active": False})
    desk.make("contacts", email="a@example.com")
    desk.call("PATCH", f"{APP}/subscriptions/{number}{KEY}", {"active": True})
    assert desk.call("DELETE", f"{APP}/settings{KEY}").status_code == 204
    desk.make("contacts", email="b@example.com")
    assert desk.queued() == []


def many(receiver: Receiver, **settings: Any) -> list[int]:
    """The order in which 120 creations arrive, as numbers of the records."""
    desk = Listening(receiver.url, **settings)
    desk.hear("contact.creation")
    rows = [{"properties": {"email": f"p{n}@example.com"}} for n in range(120)]
    for part in (rows[:100], rows[100:]):
        assert desk.call("POST", "contacts/batch/create", {"inputs": part}).status_code == 201
    deliver(desk.sandbox)
    assert desk.queued() == []
    return [event["objectId"] - 10_000_000_001 for event in receiver.events()]


def test_events_come_in_batches_out_of_order_and_the_same_way_again() -> None:
    with receiving() as one, receiving() as other:
        first, second = many(one), many(other)
        assert [len(json.loads(body)) for _, body in one.calls] == [100, 20]
    assert sorted(first) == list(range(120)) != first
    assert first == second


def test_some_events_come_twice() -> None:
    with receiving() as receiver:
        desk = Listening(receiver.url)
        desk.sandbox.store.set("hubspot", "webhook_repeats", 1)
        desk.hear("contact.creation")
        desk.make("contacts", email="a@example.com")
        deliver(desk.sandbox)
        one, two = receiver.events()
    assert one == two


def test_a_failed_delivery_comes_again_ten_times_at_most() -> None:
    with receiving(500) as receiver:
        desk = Listening(receiver.url)
        desk.hear("contact.creation")
        desk.make("contacts", email="a@example.com")
        for _ in range(14):
            deliver(desk.sandbox)
            desk.sandbox.clock.advance(8 * 3600)
        assert [event["attemptNumber"] for event in receiver.events()] == list(range(11))
    assert desk.queued() == []


def test_a_retry_waits_and_ends_when_it_is_accepted() -> None:
    with receiving(503, 200) as receiver:
        desk = Listening(receiver.url)
        desk.hear("contact.creation")
        desk.make("contacts", email="a@example.com")
        assert deliver(desk.sandbox)["waiting"] == 1
        assert deliver(desk.sandbox)["sent"] == []
        desk.sandbox.clock.advance(61)
        assert deliver(desk.sandbox) == {"sent": [{"url": receiver.url, "events": 1, "status": 200}], "waiting": 0}


def test_a_receiver_that_takes_too_long_has_failed() -> None:
    with receiving() as receiver:
        receiver.delay = 0.3
        desk = Listening(receiver.url)
        desk.hear("contact.creation")
        desk.make("contacts", email="a@example.com")
        found = deliver(desk.sandbox, patience=0.05)
    assert (found["sent"][0]["status"], found["waiting"]) == (0, 1)


@pytest.mark.parametrize("url", ["http://example.com/hook", "https://127.0.0.1/hook", "http://127.0.0.1:1/hook"])
def test_nothing_leaves_this_machine(url: str) -> None:
    desk = Listening(url)
    desk.hear("contact.creation")
    desk.make("contacts", email="a@example.com")
    assert deliver(desk.sandbox)["sent"] == [{"url": url, "events": 1, "status": 0}]


def test_the_official_client_subscribes_and_the_server_delivers_by_itself() -> None:
    sandbox = Sandbox()
    with receiving() as receiver, serve(sandbox) as base_url:
        app = HubSpot(api_key="sandbox-developer-key", host=base_url).webhooks
        throttling = ThrottlingSettings(max_concurrent_requests=10)
        app.settings_api.configure(1234567, SettingsChangeRequest(target_url=receiver.url, throttling=throttling))
        wanted = SubscriptionCreateRequest(event_type="contact.creation", active=True)
        assert app.subscriptions_api.create(1234567, wanted).event_type == "contact.creation"
        assert len(app.subscriptions_api.get_all(1234567).results) == 1
        client = HubSpot(access_token="pat-na1-sandbox-writer", host=base_url)
        client.crm.contacts.basic_api.create({"properties": {"email": "a@example.com"}})
        until = time.monotonic() + 5
        while not receiver.calls and time.monotonic() < until:
            time.sleep(0.02)
    assert receiver.events()[0]["subscriptionType"] == "contact.creation"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"eventType": "contact.moved"}, 400),
        ({"eventType": "contact.propertyChange"}, 400),
        ({"eventType": "object.creation", "objectTypeId": "9-9"}, 400),
        ({"eventType": "contact.creation"}, 409),
    ],
)
def test_a_subscription_that_does_not_fit_is_refused(body: dict[str, str], status: int) -> None:
    desk = Listening()
    desk.hear("contact.creation")
    assert desk.call("POST", f"{APP}/subscriptions{KEY}", body).status_code == status


def test_another_app_is_not_found_and_a_stranger_not_let_in() -> None:
    desk = Listening()
    assert desk.call("GET", f"/webhooks/v3/9/settings{KEY}").status_code == 404
    assert desk.call("GET", f"{APP}/settings", token="stranger").status_code == 401
    assert desk.call("GET", "/webhooks/2026-03/1234567/settings").json()["throttling"] == {"maxConcurrentRequests": 10}

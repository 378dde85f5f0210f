"""Webhooks through hubspot-api-client: subscriptions by its webhooks API, deliveries judged by its own verifier."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from hubspot import HubSpot
from hubspot.crm.contacts import PublicMergeInput, SimplePublicObjectInput
from hubspot.utils.signature import Signature
from hubspot.webhooks import SettingsChangeRequest, SubscriptionCreateRequest, ThrottlingSettings
from records import address, contact
from tell import control, eventually, holds, same

SECRET = os.environ["HUBSPOT_CLIENT_SECRET"]
WANTED = (
    ("contact.creation", None),
    ("contact.propertyChange", "jobtitle"),
    ("contact.merge", None),
    ("contact.deletion", None),
)


@dataclass(slots=True)
class Receiver:
    """Deliveries as they came; the first `refusals` of them are answered 500."""

    url: str = ""
    refusals: int = 0
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)

    def events(self) -> list[dict[str, Any]]:
        """Every event that was delivered, repeats included."""
        return [event for _, body in self.got for event in json.loads(body)]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """An app's endpoint on loopback."""
    seen = Receiver()

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            seen.got.append((dict(self.headers), body))
            seen.refusals -= 1
            self.send_response(500 if seen.refusals >= 0 else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """The terminal stays quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    seen.url = f"http://127.0.0.1:{server.server_port}/hubspot/events"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()


def app(client: HubSpot) -> int:
    """The id of the app, as an access token of it tells."""
    secret = {"client_id": os.environ["HUBSPOT_CLIENT_ID"], "client_secret": SECRET}
    grant = {"grant_type": "refresh_token", "refresh_token": os.environ["HUBSPOT_REFRESH_TOKEN"]}
    token = client.oauth.tokens_api.create(**grant, **secret).access_token
    return int(client.oauth.access_tokens_api.get(token).app_id)


def subscribes_and_is_told_in_signed_deliveries(client: HubSpot) -> None:
    developer = HubSpot(api_key="sandbox-developer-key", host=os.environ["HUBSPOT_URL"]).webhooks
    number = app(client)
    with receiver() as seen:
        seen.refusals = 1
        throttling = ThrottlingSettings(max_concurrent_requests=10)
        change = SettingsChangeRequest(target_url=seen.url, throttling=throttling)
        same(developer.settings_api.configure(number, change).target_url, seen.url)
        for kind, name in WANTED:
            request = SubscriptionCreateRequest(event_type=kind, property_name=name, active=True)
            same(developer.subscriptions_api.create(number, request).event_type, kind)
        same({item.event_type for item in developer.subscriptions_api.get_all(number).results}, {k for k, _ in WANTED})
        merged = live_a_little(client)
        eventually(lambda: again(seen), told_everything)
        check(seen, number, merged)
        developer.settings_api.clear(number)


def live_a_little(client: HubSpot) -> str:
    """Create, change, merge and archive contacts; the id of the merged one."""
    first, second = contact(client, email=address()), contact(client, email=address())
    client.crm.contacts.basic_api.update(first, SimplePublicObjectInput(properties={"jobtitle": "CTO"}))
    merge = PublicMergeInput(primary_object_id=first, object_id_to_merge=second)
    merged = str(client.crm.contacts.basic_api.merge(merge).id)
    client.crm.contacts.basic_api.archive(contact(client, email=address()))
    return merged


def again(seen: Receiver) -> list[dict[str, Any]]:
    """What came so far, after asking for what is due: a refused delivery is tried again a minute later."""
    control("POST", "clock", {"advance_seconds": 61})
    control("POST", "webhooks")
    return seen.events()


def told_everything(events: list[dict[str, Any]]) -> bool:
    """Whether every kind of event came, and what was refused came again."""
    repeated = any(event["attemptNumber"] for event in events)
    return repeated and {kind for kind, _ in WANTED} <= {kinds(event) for event in events}


def kinds(event: dict[str, Any]) -> str:
    """The type of an event."""
    return str(event.get("subscriptionType") or event.get("eventType"))


def check(seen: Receiver, number: int, merged: str) -> None:
    """Every delivery is signed, and the events say what was done."""
    for headers, body in seen.got:
        first = Signature.is_valid(headers["X-HubSpot-Signature"], SECRET, body, signature_version="v1")
        signed = (headers["X-HubSpot-Signature-v3"], headers["X-HubSpot-Request-Timestamp"])
        third = Signature.get_signature(SECRET, body, "v3", seen.url, "POST", signed[1])
        same((first, third), (True, signed[0]))
        holds(len(json.loads(body)) <= 100, "more than a hundred events in one delivery")
    headers, body = seen.got[0]
    fresh = {"http_uri": seen.url, "signature_version": "v3", "timestamp": headers["X-HubSpot-Request-Timestamp"]}
    same(Signature.is_valid(headers["X-HubSpot-Signature-v3"], SECRET, body, **fresh), True)
    same(Signature.is_valid(headers["X-HubSpot-Signature-v3"], "another secret", body, **fresh), False)
    events = seen.events()
    same({(event["portalId"], event["appId"]) for event in events}, {(12345678, number)})
    same({event["propertyValue"] for event in events if kinds(event) == "contact.propertyChange"}, {"CTO"})
    same({str(event["newObjectId"]) for event in events if kinds(event) == "contact.merge"}, {merged})


OPERATIONS = (subscribes_and_is_told_in_signed_deliveries,)

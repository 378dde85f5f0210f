"""The webhooks endpoints of an app: where its events go and which ones it wants."""

from typing import Any

from sandbox.hubspot import bodies, errors, kinds, oauth
from sandbox.hubspot.batch import envelope
from sandbox.hubspot.call import APP_ID, Call
from sandbox.hubspot.errors import Refusal, invalid, not_found
from sandbox.hubspot.events import CLASSIC
from sandbox.hubspot.times import iso
from sandbox.wire import Response

CHANGES = ("propertyChange", "creation", "deletion", "merge", "restore", "associationChange")
TYPES = frozenset(f"{kind}.{what}" for kind in (*CLASSIC, "object") for what in CHANGES) | {"contact.privacyDeletion"}
MAX_SUBSCRIPTIONS, LIMIT = 1000, 100
Subscription = dict[str, Any]


def _own(call: Call) -> None:
    """401 without the app's developer key or a token that is known; 404 for an app that is another's."""
    if call.request.param("hapikey") != call.setting("developer_key"):
        oauth.scopes(call.request, call.store, call.now)
    if call.args["app"] != APP_ID:
        raise Refusal(404, f"No app with id {call.args['app']}", "OBJECT_NOT_FOUND")


def read_settings(call: Call) -> Response:
    """Where events go; 404 until that has been set."""
    _own(call)
    found = call.store.setting("hubspot", "webhook_settings")
    if not found:
        raise Refusal(404, f"No webhook settings found for app {APP_ID}", "OBJECT_NOT_FOUND")
    return call.reply(200, found)


def put_settings(call: Call) -> Response:
    """Send events there from now on, with so many calls at once."""
    _own(call)
    body = call.body()
    throttling, before = bodies.one(body.get("throttling") or {}), call.store.setting("hubspot", "webhook_settings", {})
    if not body.get("targetUrl") or not throttling.get("maxConcurrentRequests"):
        raise invalid("Some required fields were not set: [targetUrl, throttling]")
    most = bodies.integer(throttling["maxConcurrentRequests"])
    made = {"createdAt": before.get("createdAt") or iso(call.now), "updatedAt": iso(call.now)}
    found = {"targetUrl": str(body["targetUrl"]), "throttling": {"maxConcurrentRequests": most}, **made}
    call.store.set("hubspot", "webhook_settings", found)
    return call.reply(200, found)


def delete_settings(call: Call) -> Response:
    """204; nothing is sent any more."""
    _own(call)
    call.store.set("hubspot", "webhook_settings", {})
    return call.done()


def _every(call: Call) -> list[Subscription]:
    found: list[Subscription] = call.store.setting("hubspot", "webhook_subscriptions", [])
    return found


def listing(call: Call) -> Response:
    """Every subscription of the app."""
    _own(call)
    return call.reply(200, {"results": _every(call)})


def one(call: Call) -> Response:
    """One subscription."""
    _own(call)
    return call.reply(200, _found(call, call.args["subscription"]))


def _found(call: Call, subscription_id: str) -> Subscription:
    found = next((item for item in _every(call) if item["id"] == subscription_id), None)
    if found is None:
        raise not_found(subscription_id)
    return found


def create(call: Call) -> Response:
    """201 with a new subscription, which is paused unless the body says `active`."""
    _own(call)
    body = call.body()
    made = {"eventType": str(body.get("eventType") or ""), "active": bool(body.get("active")), **_subject(call, body)}
    if made["eventType"] not in TYPES:
        raise invalid(f"Invalid eventType: {made['eventType']}")
    every = _every(call)
    if any(all(item.get(name) == made.get(name) for name in IDENTITY) for item in every):
        raise Refusal(409, "A subscription to this event already exists", "OBJECT_ALREADY_EXISTS")
    if len(every) >= MAX_SUBSCRIPTIONS:
        raise invalid(f"At most {MAX_SUBSCRIPTIONS} subscriptions are allowed for each app")
    number = 1 + max((int(item["id"]) for item in every), default=0)
    fresh = {"id": str(number), "createdAt": iso(call.now), "updatedAt": iso(call.now), **made}
    call.store.set("hubspot", "webhook_subscriptions", [*every, fresh])
    return call.reply(201, fresh)


IDENTITY = ("eventType", "propertyName", "objectTypeId")


def _subject(call: Call, body: Subscription) -> Subscription:
    """The property and the object type that an event type needs."""
    found: Subscription = {}
    kind, _, what = str(body.get("eventType") or "").partition(".")
    if what == "propertyChange":
        if not body.get("propertyName"):
            raise invalid("propertyName is required for propertyChange subscriptions")
        found["propertyName"] = str(body["propertyName"])
    if kind == "object":
        item = kinds.object_type(call.store, str(body.get("objectTypeId") or ""))
        if item is None:
            raise invalid("objectTypeId is required for object subscriptions")
        found["objectTypeId"] = item.type_id
    return found


def update(call: Call) -> Response:
    """A subscription made active, or paused."""
    _own(call)
    _found(call, call.args["subscription"])
    _switch(call, {call.args["subscription"]: bool(call.body().get("active"))})
    return call.reply(200, _found(call, call.args["subscription"]))


def _switch(call: Call, wanted: dict[str, bool]) -> None:
    now = iso(call.now)
    fresh = [
        {**item, "active": wanted[item["id"]], "updatedAt": now} if item["id"] in wanted else item
        for item in _every(call)
    ]
    call.store.set("hubspot", "webhook_subscriptions", fresh)


def batch_update(call: Call) -> Response:
    """Subscriptions made active or paused; those that are not there are errors of a 207."""
    _own(call)
    wanted = {str(part.get("id", "")): bool(part.get("active")) for part in call.inputs(LIMIT)}
    known = {item["id"] for item in _every(call)}
    _switch(call, wanted)
    results = [item for item in _every(call) if item["id"] in wanted]
    return envelope(call, 200, results, [errors.not_found(key).row() for key in wanted if key not in known])


def delete(call: Call) -> Response:
    """204; the subscription is no more."""
    _own(call)
    _found(call, call.args["subscription"])
    kept = [item for item in _every(call) if item["id"] != call.args["subscription"]]
    call.store.set("hubspot", "webhook_subscriptions", kept)
    return call.done()

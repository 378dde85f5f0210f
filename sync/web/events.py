"""What a CRM's notification tells: which records it is about, never what it says of their values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from connectors.hubspot.fields import neutral
from connectors.records import KIND, Ref
from connectors.salesforce.ids import id18, is_id, kind_of
from sync.ledger.inbox import Told

MOST = 1000
"""Events that one body may hold; HubSpot sends 100 at most, Salesforce as many."""
TYPES = {"0-1": "contact", "0-2": "company", "0-3": "deal", "0-136": "lead", "0-27": "task"}
"""HubSpot's object type ids in generic `object.*` events, by our kinds."""
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
OUTBOUND = "{http://soap.sforce.com/2005/09/outbound}"
ACK = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>'
    "</soapenv:Body></soapenv:Envelope>"
)
"""The answer to an outbound message that is on the disk ("Outbound Messaging Notifications", the org's WSDL)."""


class Unreadable(Exception):
    """The body is not what it should be; the text names the part, never a value."""


@dataclass(frozen=True, slots=True)
class Message:
    """One outbound message: the org it says it comes from, and what it tells."""

    organization: str
    events: tuple[Told, ...]


def from_hubspot(body: Any) -> tuple[Told, ...]:
    """The events of a webhook's array. Kinds that we do not know and events without an object are passed over."""
    if not isinstance(body, list) or len(body) > MOST:
        raise Unreadable("not an array of events")
    return tuple(told for item in body for told in _hubspot(item))


def _hubspot(item: Any) -> Iterator[Told]:
    if not isinstance(item, Mapping):
        raise Unreadable("an event is not an object")
    kind, _, what = str(item.get("subscriptionType") or item.get("eventType") or "").partition(".")
    if kind == "object":
        kind = TYPES.get(str(item.get("objectTypeId")), "")
    # A merge may leave a record under a new id, and only its event says so.
    number = item.get("newObjectId") or item.get("objectId") if what == "merge" else item.get("objectId")
    if not KIND.fullmatch(kind) or not what or not _number(number):
        return
    portal, occurred = item.get("portalId"), item.get("occurredAt")
    if not _number(portal) or not _number(occurred):
        raise Unreadable("an event has no portalId or occurredAt")
    name = f"{item.get('subscriptionId')}/{item.get('eventId')}"
    ref = Ref(f"hubspot:{portal}", kind, str(number))
    field = neutral(kind, str(item["propertyName"])[:100]) if item.get("propertyName") else ""
    yield Told(ref, what[:40], field, int(str(occurred)), name[:100])


def from_flow(body: Any, workspace: str, now_ms: int) -> tuple[Told, ...]:
    """The events of a Flow's or an Apex class's call-out: one record with its `Id`, or a list of them.

    A record's LastModifiedDate or SystemModstamp, where it is there, tells one call-out from a repeated one.
    """
    rows = body if isinstance(body, list) else [body]
    if len(rows) > MOST:
        raise Unreadable("too many records")
    return tuple(_flow(item, workspace, now_ms) for item in rows)


def _flow(item: Any, workspace: str, now_ms: int) -> Told:
    if not isinstance(item, Mapping):
        raise Unreadable("a record is not an object")
    ref = _ref(workspace, str(item.get("Id") or item.get("id") or ""))
    stamp = str(item.get("SystemModstamp") or item.get("LastModifiedDate") or "")[:40]
    return Told(ref, "callout", "", 0 if stamp else now_ms, stamp)


def _ref(workspace: str, id_: str) -> Ref:
    """The record of an id, which says itself of what kind it is."""
    kind = kind_of(id_)
    if kind is None or not is_id(id_):
        raise Unreadable("a record has no Id of a kind that is known here")
    return Ref(workspace, kind, id18(id_))


def from_outbound(body: bytes) -> Message:
    """An outbound message: SOAP, up to 100 notifications, each told apart by its own Id.

    Entities, DTDs and external references are refused by the parser. The session id that a message may carry is
    never read.
    """
    try:
        tree = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Unreadable("not a SOAP message") from None
    found = tree.find(f"{SOAP}Body/{OUTBOUND}notifications")
    organization = found.findtext(f"{OUTBOUND}OrganizationId", "").strip() if found is not None else ""
    if found is None or not is_id(organization):
        raise Unreadable("not an outbound message")
    workspace = f"salesforce:{id18(organization)}"
    notices = found.findall(f"{OUTBOUND}Notification")
    if len(notices) > MOST:
        raise Unreadable("too many notifications")
    return Message(workspace, tuple(_notice(item, workspace) for item in notices))


def _notice(item: Any, workspace: str) -> Told:
    name = item.findtext(f"{OUTBOUND}Id", "").strip()
    record = item.find(f"{OUTBOUND}sObject")
    if record is None or not is_id(name):
        raise Unreadable("a notification has no Id or no sObject")
    id_ = next((part.text or "" for part in record if part.tag.rpartition("}")[2] == "Id"), "").strip()
    return Told(_ref(workspace, id_), "outbound", "", 0, id18(name))


def _number(value: Any) -> bool:
    return not isinstance(value, bool) and str(value if value is not None else "").isdecimal() and len(str(value)) <= 20

"""What partner SOAP interactions presume, and how two envelopes are compared: elements and types, not text."""

import re
from typing import Any
from xml.sax.saxutils import escape

from sandbox.app import Sandbox
from tests.sandbox.recorded.recording import Recording
from tests.sandbox.recorded.replay import Replay
from tests.sandbox.recorded.salesforce_driver import Driver
from tests.sandbox.recorded.salesforce_envelope import envelope
from tests.sandbox.recorded.salesforce_settle import settle, token
from tests.sandbox.recorded.salesforce_soap_calls import given
from tests.sandbox.recorded.salesforce_soap_filled import filled
from tests.sandbox.recorded.salesforce_world import World
from tests.sandbox.recorded.shape import Tolerance

OLDEST, NEWEST = 31, 66
EXACT = frozenset({"@type", "faultcode", "exceptionCode", "statusCode", "success", "created", "done"})
# Headers of the answer and details of a fault are left out by many who keep fixtures.
OPTIONAL = frozenset({"Header", "detail"})
SETTLED = 53
LATER = frozenset({"chatterExternal", "orgDefaultCurrencyLocale"})


def presume(sandbox: Sandbox, recording: Recording) -> Replay | str:
    """Set up what the operation needs; an operation that its collector left empty is filled in from the answer."""
    world = World(sandbox, str(recording.body) + str(recording.answer))
    request = envelope(recording.body)
    body = request["Body"][0] if isinstance(request, dict) else {}
    name, operation = next(((key, value[0]) for key, value in body.items() if key != "@type"), ("", ""))
    answered = _results(recording, name)
    sent = str(recording.body)
    if isinstance(operation, dict) and operation:
        given(world, name, operation, answered)
    else:
        content = filled(world, name, answered)
        sent = re.sub(rf"<(\w+:)?{name}\s*(/>|>\s*</(\w+:)?{name}>)", rf"<\1{name}>{content}</\1{name}>", sent)
    settle(world)
    return _replay(world, recording, sent)


def _replay(world: World, recording: Recording, sent: str) -> Replay:
    version = re.search(r"/u/(\d+)", recording.path)
    number = min(NEWEST, max(OLDEST, int(version[1]))) if version else NEWEST
    driver = Driver(world.sandbox, token(world), number)
    stand_ins = dict(world.ids)
    for prepare in world.prepare:
        stand_ins.update(prepare(driver))
    for recorded, ours in stand_ins.items():
        sent = sent.replace(recorded, ours)
    sent = re.sub(r"(<(\w+:)?sessionId>)[^<]*", lambda found: found[1] + escape(driver.token), sent)
    return Replay(
        method="POST",
        path=f"/services/Soap/u/{number}.0",
        headers={"content-type": "text/xml", "soapaction": '""', "host": "org.my.salesforce.com"},
        body=sent.encode(),
        tolerance=Tolerance(
            later=LATER if version and int(version[1]) < SETTLED else frozenset(),
            exact=EXACT,
            optional=OPTIONAL,
            loose=frozenset({"faultstring", "message"}),
            keys=(),
        ),
        parse=envelope,
    )


def _results(recording: Recording, name: str) -> list[Any]:
    """The `result` elements of an answer; a fault as one failed result."""
    found = envelope(recording.answer)
    body = found["Body"][0] if isinstance(found, dict) and "Body" in found else {}
    if "Fault" in body:
        fault = body["Fault"][0]
        code = str(fault["faultcode"][0]).rpartition(":")[2]
        return [{"errors": [{"statusCode": [code], "message": fault.get("faultstring", [""])}], "success": ["false"]}]
    answer = body.get(f"{name}Response", [{}])[0]
    return answer.get("result", []) if isinstance(answer, dict) else []

"""Brings a sandbox into the state that a recorded Salesforce interaction presumes."""

import json
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, unquote

from sandbox.app import Sandbox
from sandbox.salesforce.times import parse_datetime
from tests.sandbox.recorded import salesforce_oauth, salesforce_soap
from tests.sandbox.recorded.recording import Recording
from tests.sandbox.recorded.replay import Replay
from tests.sandbox.recorded.salesforce_driver import Driver
from tests.sandbox.recorded.salesforce_exchange import DATA, Exchange
from tests.sandbox.recorded.salesforce_rest import presumed
from tests.sandbox.recorded.salesforce_settle import settle, token
from tests.sandbox.recorded.salesforce_tolerance import comparable, tolerance_for
from tests.sandbox.recorded.salesforce_world import SHORTEST_ID, World

OLDEST, NEWEST = 31, 66
ELSEWHERE = re.compile(
    r"/services/(async|apexrest|wave|Soap/[cmTsa])\b|/services/data/v[\dx.]+/"
    r"(tooling|connect|chatter|analytics|wave|metadata|async-queries|ui-api|actions|commerce|einstein|folders)\b"
)
VERSION = re.compile(r"/v(\d+|x+)(\.0)?(?=/|$)", re.IGNORECASE)
WANTED = (
    "sforce-limit-info",
    "location",
    "last-modified",
    "sforce-locator",
    "sforce-numberofrecords",
)


def presume(sandbox: Sandbox, recording: Recording) -> Replay | str:
    """Set the state up and answer the request to send; a text tells which interface it is that is not served."""
    if found := ELSEWHERE.search(recording.path):
        return f"no REST, Bulk 2.0 or partner SOAP interface: {found[0]}"
    _tell_time(sandbox, recording)
    if recording.path.startswith(("/services/oauth2/", "/id/")):
        return salesforce_oauth.presume(sandbox, recording)
    if recording.path.startswith("/services/Soap/u/"):
        return salesforce_soap.presume(sandbox, recording)
    return _rest(sandbox, recording)


def _tell_time(sandbox: Sandbox, recording: Recording) -> None:
    """It is the time of the recording, as far as it tells."""
    date = recording.answer_headers.get("date")
    covered = recording.answer.get("latestDateCovered") if isinstance(recording.answer, dict) else None
    if isinstance(covered, str):
        sandbox.clock.change({"set_ms": parse_datetime(covered) + 60_000})
    elif date:
        sandbox.clock.change({"set_ms": int(parsedate_to_datetime(date).timestamp()) * 1000})


def served(path: str) -> str:
    """The path on a version that the sandbox serves: the oldest one for older ones, the newest for a masked one."""

    def number(found: re.Match[str]) -> str:
        given = found[1]
        return f"/v{min(NEWEST, max(OLDEST, int(given))) if given.isdigit() else NEWEST}.0"

    return VERSION.sub(number, path)


def _rest(sandbox: Sandbox, recording: Recording) -> Replay | str:
    world = World(sandbox, json.dumps([recording.path, recording.body, recording.answer]))
    exchange = Exchange(
        recording.method, recording.path, recording.query, recording.body, recording.status, recording.answer
    )
    if recording.path.rstrip("/") != "/services/data" and not presumed(world, exchange):
        return f"not an address of the REST interface: {recording.path}"
    settle(world)
    return _replay(world, recording)


def _replay(world: World, recording: Recording) -> Replay:
    path = served(recording.path)
    found = DATA.match(path)
    driver = Driver(world.sandbox, token(world), int(found[1]) if found else NEWEST)
    stand_ins = {each: ours for each, ours in world.ids.items() if _stands_as_id(each, recording.path)}
    for prepare in world.prepare:
        stand_ins.update(prepare(driver))
    headers = _headers(recording, driver.token)
    return Replay(
        method=recording.method,
        path=unquote(_put_in(path, stand_ins)),
        query=tuple((name, _put_in(value, stand_ins)) for name, value in recording.query),
        headers=headers,
        body=_put_in(_body(recording.body), stand_ins).encode() + b'"' * world.garbled,
        wanted=tuple(name for name in WANTED if name in recording.answer_headers),
        tolerance=tolerance_for(recording),
        parse=comparable(recording),
    )


def _headers(recording: Recording, bearer: str) -> Mapping[str, str]:
    kept = ("content-type", "if-", "sforce-", "accept")
    headers = {name: value for name, value in recording.headers.items() if name.startswith(kept)}
    if recording.body is not None and not isinstance(recording.body, str):
        headers.setdefault("content-type", "application/json")
    return {**headers, "authorization": f"Bearer {bearer}", "host": "org.my.salesforce.com"}


def _body(body: Any) -> str:
    """The text of a request; versions in the addresses of its parts are served ones."""
    if body is None or isinstance(body, str):
        return body or ""
    return json.dumps(_versions(body))


def _versions(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _versions(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_versions(inner) for inner in value]
    if isinstance(value, str) and VERSION.match(value.removeprefix("/services/data")):
        return quote(unquote(served(value)), safe="/?=&@{}.,'()_-<>!$[]:")
    return value


def _stands_as_id(text: str, path: str) -> bool:
    """Whether a text in the place of an id can be told from the words around it."""
    return len(text) >= SHORTEST_ID or re.search(rf"/sobjects/\w+/{re.escape(text)}$", path) is not None


def _put_in(text: str, stand_ins: Mapping[str, str]) -> str:
    """The text with every id that the sandbox could not give out replaced by the one that stands for it."""
    for recorded in sorted(stand_ins, key=len, reverse=True):
        text = re.sub(rf"(?<![\w-]){re.escape(recorded)}(?![\w-])", stand_ins[recorded], text)
    return text

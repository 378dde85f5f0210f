"""The gate over HTTP: checks who asks, keeps what was told, and only then says so."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from connectors.errors import RevopsError
from connectors.values import Json
from sync.ledger.inbox import Told
from sync.web import signature
from sync.web.commit import Full, GroupCommit
from sync.web.doors import Doors
from sync.web.events import ACK, Unreadable, from_flow, from_hubspot, from_outbound
from sync.web.meter import Meter
from sync.web.signature import Signed

MAX_BODY = 1 << 20
"""Bytes of a body; HubSpot's hundred events are some 40 KB."""
PATIENCE = 10.0
"""Seconds that a body may take to arrive."""
XML = "text/xml; charset=utf-8"
AGAIN = {"Retry-After": "5"}
Read = TypeVar("Read")


class Refused(Exception):
    """An answer that ends a request early."""

    def __init__(self, status: int, why: str) -> None:
        self.status, self.why = status, why


@dataclass(frozen=True, slots=True)
class Gate:
    """What the endpoints need: secrets, a clock, a way onto the disk, the accounts that were pulled, the verdict on a
    payload, and what `/healthz` shows (status, body)."""

    doors: Doors
    now_ms: Callable[[], int]
    commit: GroupCommit[Told]
    accounts: Callable[[], frozenset[str]]
    judge: Callable[[Json], Mapping[str, Json]]
    health: Callable[[], tuple[int, Mapping[str, Json]]]
    meter: Meter


def app(gate: Gate) -> FastAPI:
    """The application; it has no page about itself."""
    made = FastAPI(title="revops-sync gate", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    desk = Desk(gate)
    for path, endpoint in (
        ("/gate/hubspot", desk.hubspot),
        ("/gate/salesforce", desk.flow),
        ("/gate/salesforce/{secret}", desk.outbound),
        ("/gate", desk.ask),
    ):
        made.add_api_route(path, _answering(gate.meter, path.partition("/{")[0], endpoint), methods=["POST"])
    made.add_api_route("/healthz", desk.healthz, methods=["GET"])
    made.add_api_route("/metrics", desk.metrics, methods=["GET"])
    return made


Endpoint = Callable[[Request], Any]


def _answering(meter: Meter, door: str, endpoint: Endpoint) -> Endpoint:
    """The endpoint with its refusals turned into answers that tell a stranger nothing, and everything counted."""

    async def answer(request: Request) -> Response:
        began = time.perf_counter()
        try:
            response: Response = await endpoint(request)
        except Refused as refusal:
            response = _refusal(refusal)
        except (Full, RevopsError) as trouble:
            # The disk is slow, full or gone: nothing was promised, so that the sender comes again.
            response = Response(status_code=503, headers=AGAIN)
            meter.trouble(type(trouble).__name__)
        meter.answered(door, response.status_code, time.perf_counter() - began)
        return response

    return answer


def _refusal(refusal: Refused) -> Response:
    if not refusal.why:
        return Response(status_code=refusal.status)
    return Response(json.dumps({"error": refusal.why}), refusal.status, media_type="application/json")


class Desk:
    """The endpoints."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate

    async def hubspot(self, request: Request) -> Response:
        """Webhooks of a HubSpot app: 204 once they are on the disk, 401 unless signed by it within five minutes."""
        signed = await self._signed(request, "x-hubspot-signature-v3", "x-hubspot-request-timestamp")
        if not signature.by_hubspot(signed, self.gate.doors.hubspot, self.gate.now_ms()):
            raise Refused(401, "")
        await self._keep(_read(lambda: from_hubspot(_json(signed.body))))
        return Response(status_code=204)

    async def flow(self, request: Request) -> Response:
        """Call-outs of a Flow or of Apex: 204 once they are on the disk."""
        signed = await self._signed(request, "x-revops-signature", "x-revops-timestamp")
        now = self.gate.now_ms()
        if not signature.by_flow(signed, self.gate.doors.flow, now):
            raise Refused(401, "")
        body = _json(signed.body)
        org = next((name for name in sorted(self.gate.accounts()) if name.startswith("salesforce:")), None)
        if org is None:
            raise Refused(503, "no Salesforce org was pulled yet")
        await self._keep(_read(lambda: from_flow(body, org, now)))
        return Response(status_code=204)

    async def outbound(self, request: Request) -> Response:
        """Outbound messages: nothing signs them, so that the address is the secret and the org must be ours.

        The acknowledgement goes out once the message is on the disk; without it Salesforce sends it again for a day.
        """
        if not signature.same(request.path_params["secret"], self.gate.doors.outbound):
            raise Refused(401, "")
        body = await _body(request)
        message = _read(lambda: from_outbound(body))
        if message.organization not in self.gate.accounts():
            raise Refused(401, "")
        await self._keep(message.events)
        return Response(ACK, media_type=XML)

    async def ask(self, request: Request) -> Response:
        """The verdict on a deal, at once, from the payload and the mirror; how old that is stands in the answer."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not signature.same(token.strip(), self.gate.doors.tokens):
            raise Refused(401, "")
        body = _json(await _body(request))
        try:
            said = await run_in_threadpool(self.gate.judge, body)
        except RevopsError as error:
            if error.exit_code != 2:
                raise
            raise Refused(422, str(error)) from None
        return Response(json.dumps(said), media_type="application/json")

    def healthz(self) -> Response:
        """Whether events can be kept, how many wait, and how old the mirror is."""
        status, body = self.gate.health()
        return Response(json.dumps(body), status, media_type="application/json")

    def metrics(self) -> Response:
        """Counts in the text format of Prometheus."""
        return Response(self.gate.meter.text(), media_type=self.gate.meter.form)

    async def _signed(self, request: Request, mark: str, stamp: str) -> Signed:
        """The request as its sender signed it. The address is the configured one: `Host` says what a caller likes."""
        scope = request.scope
        path = bytes(scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        query = bytes(scope["query_string"]).decode("latin-1")
        uri = f"{self.gate.doors.url}{path}{f'?{query}' if query else ''}"
        headers = request.headers
        return Signed(request.method, uri, await _body(request), headers.get(stamp, ""), headers.get(mark, ""))

    async def _keep(self, events: Sequence[Told]) -> None:
        if events:
            await self.gate.commit.keep(events)
            self.gate.meter.told(len(events))


async def _body(request: Request) -> bytes:
    """The raw body; 413 where it is too large, 408 where it is too slow."""
    stated = request.headers.get("content-length", "0")
    if not stated.isdecimal() or int(stated) > MAX_BODY:
        raise Refused(413, "")
    parts, size = [], 0
    try:
        async with asyncio.timeout(PATIENCE):
            async for part in request.stream():
                size += len(part)
                if size > MAX_BODY:
                    raise Refused(413, "")
                parts.append(part)
    except TimeoutError:
        raise Refused(408, "") from None
    except ClientDisconnect:
        raise Refused(400, "") from None
    return b"".join(parts)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "not JSON") from None


def _read(read: Callable[[], Read]) -> Read:
    try:
        return read()
    except Unreadable as error:
        raise Refused(400, str(error)) from None

"""Several requests in one call: composite with references between them, and batch without."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sandbox.salesforce.bodies import mapping, objects
from sandbox.salesforce.errors import ApiError, not_found
from sandbox.salesforce.rows import transaction
from sandbox.salesforce.session import Call
from sandbox.salesforce.sobjects import body_of
from sandbox.wire import Request, Response

Dispatch = Callable[[Call, Request], Response]
MOST = 25
MOST_QUERIES = 5
HEAVY = re.compile(r"/(query|queryAll|composite/sobjects)([/?]|$)")
REFERENCE = re.compile(r"@\{([A-Za-z_]\w*)((?:\.\w+|\[\d+\])*)\}")
STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
SHOWN = ("Location", "ETag", "Last-Modified")
HALTED = "The transaction was rolled back since another operation in the same transaction failed."


class Undone(Exception):
    """A part failed and the caller wants all or none."""


@dataclass(slots=True)
class Part:
    """One subrequest and, when it was run, its answer."""

    spec: dict[str, Any]
    response: Response | None = None
    body: Any = field(default=None)

    @property
    def reference(self) -> str:
        """The name that later parts know it by."""
        return str(self.spec.get("referenceId", ""))

    @property
    def failed(self) -> bool:
        """Whether it was run and refused."""
        return self.response is not None and self.response.status >= 400

    def take(self, response: Response) -> None:
        """Keep its answer."""
        self.response = response
        self.body = json.loads(response.body) if response.body else None

    def shown(self) -> dict[str, Any]:
        """Its member of `compositeResponse`."""
        assert self.response is not None
        headers = {name: value for name, value in self.response.headers.items() if name in SHOWN}
        status = self.response.status
        return {"body": self.body, "httpHeaders": headers, "httpStatusCode": status, "referenceId": self.reference}


def run(call: Call, request: Request, dispatch: Dispatch) -> Response:
    """POST /composite: at most 25 parts, in order; with `allOrNone` a refused part undoes every other one."""
    body = body_of(request)
    parts = _parts(body)
    try:
        with transaction(call.store):
            for part in parts:
                part.take(answer_of(call, part, parts, dispatch))
                if part.failed and body.get("allOrNone"):
                    raise Undone
    except Undone:
        for part in parts:
            if not part.failed:
                part.take(halted(HALTED))
    return Response.of_json(200, {"compositeResponse": [part.shown() for part in parts]})


def _parts(body: dict[str, Any]) -> list[Part]:
    specs = body.get("compositeRequest")
    if not isinstance(specs, list) or not all(isinstance(spec, dict) for spec in specs) or not specs:
        raise ApiError("JSON_PARSER_ERROR", "compositeRequest must be a list of objects at [line:1, column:2]")
    if len(specs) > MOST:
        raise ApiError("LIMIT_EXCEEDED", f"A composite request holds at most {MOST} subrequests.")
    if sum(1 for spec in specs if HEAVY.search(str(spec.get("url", "")))) > MOST_QUERIES:
        raise ApiError("LIMIT_EXCEEDED", f"At most {MOST_QUERIES} subrequests may be queries or collections.")
    names = [spec.get("referenceId") for spec in specs]
    if len({str(name) for name in names}) != len(names) or None in names:
        raise ApiError("INVALID_INPUT", "Every subrequest needs a referenceId of its own.")
    return [Part(spec) for spec in specs]


def answer_of(call: Call, part: Part, parts: list[Part], dispatch: Dispatch) -> Response:
    """The answer to one part once its references to earlier ones are filled in."""
    try:
        spec = _filled(part.spec, {other.reference: other for other in parts if other.response is not None})
    except KeyError as missing:
        return halted(f"Invalid reference specified. No value for {missing.args[0]} found in {missing.args[1]}")
    return dispatched(call, spec, dispatch)


def dispatched(call: Call, spec: dict[str, Any], dispatch: Dispatch) -> Response:
    """The answer to a subrequest; what is no request is refused like any other part."""
    try:
        return dispatch(call, subrequest(spec))
    except ApiError as error:
        return Response.of_json(error.status, error.in_rest())


def halted(message: str) -> Response:
    """The answer of a part that was not run, or was undone."""
    return Response.of_json(400, [{"errorCode": "PROCESSING_HALTED", "message": message}])


def subrequest(spec: dict[str, Any]) -> Request:
    """The request that a subrequest's JSON describes."""
    try:
        address = urlsplit(str(spec.get("url", "")))
    except ValueError:
        raise not_found() from None
    headers = {str(name).lower(): str(value) for name, value in mapping(spec, "httpHeaders").items()}
    content = spec.get("body", spec.get("richInput"))
    return Request(
        method=str(spec.get("method", "GET")).upper(),
        path=unquote(address.path),
        query=tuple(parse_qsl(address.query, keep_blank_values=True)),
        headers=headers,
        body=b"" if content is None else json.dumps(content).encode(),
    )


def _filled(value: Any, done: dict[str, Part]) -> Any:
    """The value with every `@{name.field}` in its strings replaced; `KeyError` for one that leads nowhere."""
    if isinstance(value, dict):
        return {key: _filled(inner, done) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, done) for inner in value]
    if not isinstance(value, str):
        return value
    return REFERENCE.sub(lambda found: _followed(found, done), value)


def _followed(found: re.Match[str], done: dict[str, Part]) -> str:
    part = done.get(found[1])
    value = None if part is None or part.failed else part.body
    for name, index in STEP.findall(found[2]):
        if name and isinstance(value, dict):
            value = value.get(name)
        elif index and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            value = None
    if value is None:
        raise KeyError(found[0][2:-1], found[1])
    return str(value)


def batch(call: Call, request: Request, dispatch: Dispatch) -> Response:
    """POST /composite/batch: at most 25 independent parts; `haltOnError` skips those after a refused one."""
    body = body_of(request)
    specs = body.get("batchRequests")
    if not isinstance(specs, list) or not specs or len(specs) > MOST:
        raise ApiError("INVALID_BATCH_SIZE", f"batchRequests must hold 1 to {MOST} requests")
    results: list[dict[str, Any]] = []
    halted = False
    for spec in objects(body, "batchRequests"):
        answer = _skipped() if halted else dispatched(call, _of_batch(spec), dispatch)
        halted = halted or (answer.status >= 400 and body.get("haltOnError") is True)
        content = json.loads(answer.body) if answer.body else None
        results.append({"statusCode": answer.status, "result": content})
    return Response.of_json(200, {"hasErrors": any(item["statusCode"] >= 400 for item in results), "results": results})


def _skipped() -> Response:
    message = "Batch processing halted per request."
    return Response.of_json(412, [{"errorCode": "BATCH_PROCESSING_HALTED", "message": message}])


def _of_batch(spec: dict[str, Any]) -> dict[str, Any]:
    url = str(spec.get("url", ""))
    return {**spec, "url": url if url.startswith("/") else f"/services/data/{url}"}

"""What every answer must keep, whatever the request was."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import NoReturn

SECONDS = 5.0
TRACE = re.compile(rb'Traceback \(most recent|File "[^"]+\.py", line \d+')
FAULT = b"<soapenv:Fault>"
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]")


def wrong(status: int, headers: Mapping[str, str], body: bytes, seconds: float) -> Iterator[str]:
    """What is wrong with an answer, in words; nothing for one that keeps the rules."""
    if status >= 500 and FAULT not in body:
        yield f"status {status}"
    if TRACE.search(body):
        yield "a stack trace in the body"
    if seconds > SECONDS:
        yield f"{seconds:.1f} s"
    if any(CONTROL.search(name + text) for name, text in headers.items()):
        yield "a header that is no header"
    kind = next((text for name, text in headers.items() if name.lower() == "content-type"), "")
    if body and "json" in kind:
        yield from _json(body)


def _json(body: bytes) -> Iterator[str]:
    try:
        json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as bad:
        yield f"a body that is no JSON: {bad}"


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")

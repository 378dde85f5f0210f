"""VCR as the cassettes need it: canonical hosts, one table of what is scrubbed, requests matched to the byte."""

import difflib
import json
import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vcr import VCR
from vcr.request import Request

FOLDER = Path(__file__).parents[1] / "cassettes"
HOSTS = {"hubspot": "https://api.hubapi.com", "salesforce": "https://example.my.salesforce.com"}
EMAIL = r"(?<!%)(?<!%[0-9A-F])[\w.+'-]+(?:@|%40)(?!(?:[\w-]+\.)*example\.(?:com|net|org)\b)[\w-]+(?:\.[\w-]+)+"
PHONE = "+1 202 555 0100"

SCRUBBED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"pat-[a-z0-9]{2,5}-[A-Za-z0-9-]+"), "pat-na1-scrubbed"),
    (re.compile(r"\b(client_id|client_secret|assertion|refresh_token)=[^&\s\"]+"), r"\1=scrubbed"),
    (re.compile(r'"(access_token|refresh_token|id_token|signature)"(: ?)"[^"]*"'), r'"\1"\2"scrubbed"'),
    (re.compile(r"<((?:\w+:)?sessionId)>[^<]*<"), r"<\1>scrubbed<"),
    (re.compile(r"00D[A-Za-z0-9]{12,15}![\w.-]+"), "scrubbed"),
    (re.compile(EMAIL), "someone@example.com"),
    (re.compile(r'"(\w*(?:phone|mobile|fax)\w*)"(: ?)"[^"]+"', re.IGNORECASE), rf'"\1"\2"{PHONE}"'),
    (re.compile(r"<((?:\w+:)?\w*(?:Phone|Fax))>[^<]+<"), rf"<\1>{PHONE}<"),
    (re.compile(r'"(\w*(?:domain|website))"(: ?)"[^"]+"', re.IGNORECASE), r'"\1"\2"example.com"'),
)
"""(what must not stay, what stands in its place), in this order; a second pass changes nothing."""

KEPT = frozenset(
    (
        *("content-type", "content-length", "date", "retry-after", "sforce-limit-info", "x-hubspot-correlation-id"),
        *(f"x-hubspot-ratelimit-{name}" for name in ("max", "remaining", "interval-milliseconds")),
        *(f"x-hubspot-ratelimit-{name}" for name in ("daily", "daily-remaining")),
    )
)
"""The headers of an answer that a cassette keeps: what the connectors read, and nothing that an edge adds."""


def scrub(text: str) -> str:
    """The text without tokens, secrets, e-mail addresses, phones and web sites of its own."""
    for pattern, replacement in SCRUBBED:
        text = pattern.sub(replacement, text)
    return text


@dataclass(frozen=True, slots=True)
class Tape:
    """The cassettes of one CRM. `origin` is where the calls of a recording really go; blank in replay,
    whose answers were scrubbed when they were recorded."""

    crm: str
    folder: Path = FOLDER
    origin: str = ""

    def play(self, name: str, repeats: bool = False) -> AbstractContextManager[Any]:
        """Answer from a cassette and from nothing else; each answer once, unless `repeats`."""
        opened: AbstractContextManager[Any] = self._vcr("none").use_cassette(
            str(self.path(name)), allow_playback_repeats=repeats
        )
        return opened

    def record(self, name: str) -> AbstractContextManager[Any]:
        """Let calls through and write them into the cassette, which begins anew."""
        self.path(name).unlink(missing_ok=True)
        opened: AbstractContextManager[Any] = self._vcr("all").use_cassette(str(self.path(name)))
        return opened

    def path(self, name: str) -> Path:
        """Where the cassette of a verb stands."""
        return self.folder / self.crm / f"{name}.yaml"

    def _vcr(self, mode: str) -> VCR:
        vcr = VCR(
            record_mode=mode,
            match_on=("method", "uri", "headers", "bytes"),
            decode_compressed_response=True,
            before_record_request=self._asked,
            before_record_response=self._answered if self.origin else None,
        )
        vcr.register_matcher("bytes", same_bytes)
        return vcr

    def _asked(self, request: Request) -> Request:
        """The request as it is kept: at the canonical host, scrubbed, its signature told but not shown."""
        request.uri = scrub(self._canonical(request.uri))
        if request.body:
            request.body = scrub(self._canonical(request.body.decode("utf-8"))).encode("utf-8")
        if "Authorization" in request.headers:
            request.headers["Authorization"] = "Bearer scrubbed"
        if "Content-Length" in request.headers:
            request.headers["Content-Length"] = str(len(request.body or b""))
        return request

    def _answered(self, response: dict[str, Any]) -> dict[str, Any]:
        """The answer as it is kept: scrubbed, with the length that it then has."""
        body = scrub(self._canonical(response["body"]["string"].decode("utf-8"))).encode("utf-8")
        headers = {name: values for name, values in response["headers"].items() if name.lower() in KEPT}
        lengths = {name: [str(len(body))] for name in headers if name.lower() == "content-length"}
        return {**response, "body": {"string": body}, "headers": {**headers, **lengths}}

    def _canonical(self, text: str) -> str:
        return text.replace(self.origin, HOSTS[self.crm]) if self.origin else text


def same_bytes(sent: Request, recorded: Request) -> None:
    """`AssertionError` with a readable diff unless the two bodies are equal to the byte."""
    one, other = sent.body or b"", recorded.body or b""
    if one == other:
        return
    before, after = readable(other), readable(one)
    if before == after:
        before, after = [repr(other)], [repr(one)]
    raise AssertionError("\n".join(difflib.unified_diff(before, after, "recorded", "sent", n=2, lineterm="")))


def readable(body: bytes) -> list[str]:
    """A body in lines: JSON indented, XML an element a line, a form a pair a line."""
    text = body.decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False).splitlines()
    except ValueError:
        breaks = r"(?<=>)(?=<)" if text.startswith("<") else r"(?<=&)"
        return re.sub(breaks, "\n", text).splitlines()

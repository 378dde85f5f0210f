"""One way onto the wire."""

import gzip
import ssl
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
import requests
import urllib3

from connectors.errors import (
    Ambiguous,
    Busy,
    Exhausted,
    Expired,
    Garbled,
    Rejected,
    RemoteError,
    RevopsError,
    Unreachable,
    UsageError,
)
from connectors.retry import READ_TRIES
from connectors.transport import MAX_BODY, Allowed, Answer, Call, Deadline, Transport, origin
from tests.connectors.edge import Edge, Said, Step, Timeless

TOKEN, SECRET = "canary-token", "canary-value"
GET, POST = Call("GET", "/things", (("q", SECRET),)), Call("POST", "/things", json={"name": SECRET})
HTML = Said(200, f"<html>{SECRET}</html>".encode(), {"Content-Type": "text/html"})
OK = Said(200, b'{"n": 1.10}')


@dataclass
class Token:
    """Signs with a token that can be renewed so many times."""

    renewals: int = 0
    used: list[str] = field(default_factory=list)

    def headers(self, _: Transport) -> Mapping[str, str]:
        self.used.append(f"{TOKEN}-{self.renewals}")
        return {"Authorization": f"Bearer {self.used[-1]}"}

    def renew(self) -> bool:
        self.renewals -= 1
        return self.renewals >= 0


def error_map(answer: Answer) -> RemoteError | None:
    facts = {429: Busy("slow", wait=7), 430: Busy("closed", wait=9999), 401: Expired("old"), 507: Exhausted("done")}
    if answer.status < 300:
        return None
    return facts.get(answer.status) or (Ambiguous("?") if answer.status >= 500 else Rejected("no"))


def transport(*script: Step, renewals: int = 0) -> tuple[Transport, Edge]:
    allowed = [Allowed.of("GET", r"/things(/\d+)?", "general"), Allowed.of("POST", "/things", "general")]
    edge = Edge(*script)
    made = Transport("https://crm.example.com", allowed, Token(renewals), Timeless(), error_map)
    made.use(edge)
    return made, edge


def chained(*names: str) -> requests.ConnectionError:
    """A connection error around urllib3's own, as requests raises it."""
    kinds = {
        "refused": urllib3.exceptions.NewConnectionError(None, "refused"),  # type: ignore[arg-type]
        "reset": urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset")),
        "read": urllib3.exceptions.ReadTimeoutError(None, "/", "Read timed out."),  # type: ignore[arg-type]
        "cert": urllib3.exceptions.SSLError(ssl.SSLCertVerificationError("self-signed")),
        "eof": urllib3.exceptions.SSLError(ssl.SSLEOFError("EOF occurred")),
    }
    return requests.ConnectionError(urllib3.exceptions.MaxRetryError(None, "/", kinds[names[0]]))  # type: ignore[arg-type]


LOST = [
    (requests.ConnectTimeout(), Unreachable),
    (chained("refused"), Unreachable),
    (chained("cert"), Unreachable),
    (requests.exceptions.InvalidHeader(TOKEN), Unreachable),
    (UnicodeEncodeError("latin-1", TOKEN, 0, 1, "no"), Unreachable),
    (chained("reset"), Ambiguous),
    (chained("read"), Ambiguous),
    (chained("eof"), Ambiguous),
    (requests.ReadTimeout(SECRET), Ambiguous),
    (requests.exceptions.ChunkedEncodingError(SECRET), Ambiguous),
    (OSError(5, SECRET), Ambiguous),
]


@pytest.mark.parametrize(("failure", "kind"), LOST, ids=lambda item: getattr(item, "__name__", str(type(item))))
def test_never_connected_is_told_from_lost_after_sending(failure: Exception, kind: type[RemoteError]) -> None:
    made, edge = transport(failure)
    with pytest.raises(kind):
        made.write(POST)
    assert len(edge.sent) == 1


CUT = [
    Said(200, b'{"a":', {"Content-Length": "900"}),
    Said(200, gzip.compress(b"{}" * 400)[:20], {"Content-Encoding": "gzip", "Content-Length": "29"}),
    Said(200, gzip.compress(bytes(MAX_BODY + 1)), {"Content-Encoding": "gzip"}),
]


@pytest.mark.parametrize("said", CUT, ids=["short", "gzip", "bomb"])
def test_a_body_that_is_cut_or_too_large_after_a_write_is_ambiguous(said: Said) -> None:
    with pytest.raises(Ambiguous):
        transport(said)[0].write(POST)


@pytest.mark.parametrize("first", [*CUT[:2], HTML, Said(200, b'{"a":'), Said(200, b"NaN"), Said(502), Said(200, b"")])
def test_a_read_throws_a_spoilt_answer_away_and_asks_again(first: Said) -> None:
    made, edge = transport(first, OK)
    assert str(made.read(GET).json()["n"]) == "1.10"
    assert len(edge.sent) == made.calls == 2


def test_a_read_asks_again_for_an_answer_of_the_wrong_shape() -> None:
    made, edge = transport(Said(200, b"[]"), OK)
    assert made.read(GET, lambda answer: answer.json()["n"] if answer.body != b"[]" else refuse()).json()
    assert len(edge.sent) == 2


def refuse() -> None:
    raise Garbled("not the shape")


@pytest.mark.parametrize(("step", "kind"), [(HTML, Garbled), (Said(500), Ambiguous), (chained("refused"), Unreachable)])
def test_a_read_gives_up_after_so_many_tries(step: Step, kind: type[RemoteError]) -> None:
    made, edge = transport(step)
    with pytest.raises(kind):
        made.read(GET)
    assert len(edge.sent) == READ_TRIES


def test_a_read_that_wants_no_json_takes_any_text() -> None:
    assert transport(HTML)[0].read(Call("GET", "/things", form="")).body == HTML.body


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 404, 507])
def test_a_write_is_sent_once_whatever_happens(status: int) -> None:
    made, edge = transport(Said(status))
    with pytest.raises(RemoteError):
        made.write(POST)
    assert len(edge.sent) == 1


def test_a_busy_crm_is_waited_for_as_long_as_it_says() -> None:
    made, edge = transport(Said(429), OK)
    made.read(GET)
    assert made.pace.waited == [7.0]  # type: ignore[attr-defined]
    assert len(edge.sent) == 2


@pytest.mark.parametrize(("status", "kind"), [(430, Busy), (507, Exhausted), (404, Rejected)])
def test_a_read_does_not_wait_for_hours_nor_argue_with_a_refusal(status: int, kind: type[RemoteError]) -> None:
    made, edge = transport(Said(status))
    with pytest.raises(kind):
        made.read(GET)
    assert (len(edge.sent), made.pace.waited) == (1, [])  # type: ignore[attr-defined]


@pytest.mark.parametrize(("renewals", "sent"), [(0, 1), (1, 2), (5, 2)])
def test_an_expired_token_is_renewed_once_for_a_read(renewals: int, sent: int) -> None:
    made, edge = transport(Said(401), renewals=renewals)
    with pytest.raises(Expired):
        made.read(GET)
    assert len(edge.sent) == sent


REDIRECTED = [*((status, Rejected) for status in (301, 302, 307, 308)), (303, Ambiguous)]


@pytest.mark.parametrize(("status", "kind"), REDIRECTED)
def test_a_redirect_is_never_followed(status: int, kind: type[RemoteError]) -> None:
    made, edge = transport(Said(status, b"", {"Location": "http://[elsewhere.example.com/"}))
    with pytest.raises(kind):
        made.write(POST)
    assert len(edge.sent) == 1


UNLISTED = [("DELETE", "/things"), ("GET", "/things/1/x"), ("GET", "//evil.example/things"), ("GET", "/things?x=1")]


@pytest.mark.parametrize(("method", "path"), UNLISTED)
def test_a_call_that_is_not_on_the_list_meets_no_socket(method: str, path: str) -> None:
    made, edge = transport(OK)
    with pytest.raises(UsageError):
        made.write(Call(method, path))
    assert edge.sent == [] and made.calls == 0


BAD_BASES = ["http://crm.example.com", "ftp://localhost", "https://a/b", "https://", "https://u:p@host", "localhost:80"]


@pytest.mark.parametrize("base", BAD_BASES)
def test_a_base_url_is_https_and_a_host_alone(base: str) -> None:
    with pytest.raises(UsageError):
        origin(base)


@pytest.mark.parametrize("base", ["https://api.example.com", "http://127.0.0.1:8080/", "http://[::1]:80"])
def test_loopback_may_go_without_tls(base: str) -> None:
    assert origin(base) == base.rstrip("/")


def test_a_slow_answer_meets_the_deadline_of_the_whole_call() -> None:
    made, _ = transport(Said(200, b"x" * 200_000))
    made.deadline, made.clock = Deadline(total=5), iter(range(0, 1000, 4)).__next__
    with pytest.raises(Ambiguous, match="too slow"):
        made.write(POST)


@pytest.mark.parametrize("step", [step for step, _ in LOST] + [*CUT[:2], HTML, Said(500, SECRET.encode()), Said(404)])
def test_no_error_shows_token_query_or_body(step: Step) -> None:
    made, _ = transport(step)
    for send, call in ((made.read, GET), (made.write, POST)):
        try:
            answer = send(call)
        except RevopsError as error:
            assert error.__context__ is None or isinstance(error.__context__, RevopsError)
            shown = "".join(traceback.format_exception(error)) + repr(error) + repr(call)
        else:
            shown = repr(answer) + repr(call)
        assert TOKEN not in shown and SECRET not in shown


def test_a_missing_file_of_authorities_is_named() -> None:
    with pytest.raises(UsageError, match=r"no/such\.pem"):
        transport(OK)[0].trust("no/such.pem")


def test_the_token_goes_into_the_header_and_json_is_utf8() -> None:
    made, edge = transport(OK)
    made.write(Call("POST", "/things", json={"name": "Zoë"}))
    assert edge.sent[0].headers["Authorization"] == f"Bearer {TOKEN}-0"
    assert edge.sent[0].body == '{"name": "Zoë"}'.encode()
    assert edge.sent[0].url == "https://crm.example.com/things"

"""What is no HTTP, or only just: bytes written to a socket, and whether the server lives on and answers sanely."""

import gzip
import re
import socket
from collections.abc import Iterator
from random import Random

from tests.sandbox.hostile import mutate

TOKEN = b"Authorization: Bearer pat-na1-sandbox-writer\r\n"
GET = b"GET /crm/v3/owners HTTP/1.1\r\nHost: a\r\n" + TOKEN
POST = b"POST /crm/v3/objects/contacts/search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + TOKEN
TRACE = re.compile(rb"Traceback|\.py\", line")
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
FINE = gzip.compress(b'{"limit":1}')
# Each is sent whole, then the sending side is closed; the server must not answer 5xx (505 and 501 are right) nor hang.
MESSAGES: tuple[bytes, ...] = (
    b"", b"\r\n\r\n", b"\x00" * 100, b"\xff" * 5000, b"GET\r\n\r\n", b"GET /\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.0\r\n\r\n", b"GET / HTTP/x\r\n\r\n", b"GET  /  HTTP/1.1\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
    GET + b"X: " + b"a" * 70_000 + b"\r\n\r\n",
    GET + b"".join(b"X%d: 1\r\n" % n for n in range(300)) + b"\r\n", GET + b"no colon\r\n\r\n",
    GET + b": empty\r\n\r\n",
    GET + b"X: \x00\x01\xff\r\n\r\n", GET + b"X: a\r\n folded\r\n\r\n", GET + b"\r\n" + GET + b"\r\n" + GET + b"\r\n",
    GET,
    GET + b"Connection: close, keep-alive\r\nUpgrade: h2c\r\n\r\n", GET + b"Expect: 100-continue\r\n\r\n",
    POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}", POST + b"\r\n{}",
    POST + b"Content-Length: 2\r\n\r\n{}",
    POST + b"Content-Length: -5\r\n\r\n{}", POST + b"Content-Length: 1e3\r\n\r\n{}",
    POST + b"Content-Length: 99\r\n\r\n{}",
    POST + b"Content-Length: \xd9\xa3\r\n\r\n{} ", POST + b"Content-Length: 999999999999\r\n\r\n{}",
    POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    POST + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
    POST + b"Transfer-Encoding: chunked\r\n\r\nffffffffffff\r\n{}",
    POST + b"Transfer-Encoding: chunked\r\n\r\n2;x=" + b"a" * 500 + b"\r\n{}\r\n0\r\n\r\n",
    POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}",
    POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\n{\r\n" * 2000,
    POST + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nxxxxx",
    POST + b"Content-Encoding: br\r\nContent-Length: 2\r\n\r\n{}",
    POST + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(FINE) + FINE,
    POST + b"Content-Encoding: gzip\r\nContent-Length: 12\r\n\r\n" + FINE[:12],
    POST + b"Content-Encoding: deflate\r\nContent-Length: 3\r\n\r\nabc",
    GET.replace(b"HTTP/1.1", b"HTTP/1.0") + b"\r\n",
    GET.replace(b"/crm/v3/owners", b"http://a/crm/v3/owners") + b"\r\n", GET.replace(b"/crm/v3/owners", b"*") + b"\r\n",
    GET.replace(b"/crm/v3/owners", b"//[") + b"\r\n", GET.replace(b"/crm/v3/owners", b"/crm/%ff%fe%00%0d%0a") + b"\r\n",
    GET.replace(b"/crm/v3/owners", b"http://[/") + b"\r\n",
    GET.replace(b"/crm/v3/owners", b"/crm/v3/owners#?&=%") + b"\r\n",
    GET.replace(b"/crm/v3/owners", b"/crm/v3/owners?" + b"&" * 20_000) + b"\r\n",
    GET.replace(b"GET", b"BREW") + b"\r\n",
    GET.replace(b"GET", b"OPTIONS") + b"\r\n", GET.replace(b"GET", b"TRACE") + b"\r\n",
    GET.replace(b"GET", b"CONNECT") + b"\r\n",
    GET.replace(b"Host: a\r\n", b"Host: \xff\xfe\r\nHost: b\r\n") + b"\r\n",
)  # fmt: skip
BOMB = gzip.compress(b"[" + b" " * 200_000_000 + b"]", 9)
BIG = POST + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB


def messages(count: int, seed: int) -> Iterator[bytes]:
    """The known messages once, then so many that were made from them, cut or with bytes exchanged."""
    chance = Random(seed)
    yield from MESSAGES
    yield BIG
    for _ in range(count):
        message = bytearray(chance.choice(MESSAGES) or b"GET")
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(len(message))
            piece = chance.choice(
                (
                    b"",
                    b"\x00",
                    b"\r\n",
                    b"\xff",
                    bytes([chance.randrange(256)]),
                    b" ",
                    mutate.text(chance)[:99].encode("utf-8", "replace"),
                )
            )
            message[at : at + chance.randint(0, 9)] = piece
            message = message or bytearray(b"\n")
        yield bytes(message[: chance.choice((len(message), chance.randrange(len(message))))])


def sent(port: int, message: bytes, timeout: float = 20.0) -> bytes:
    """What the server answers to bytes after which nothing more comes; `TimeoutError` where it hangs."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as line:
        heard = b""
        try:
            line.sendall(message)
            line.shutdown(socket.SHUT_WR)
            while piece := line.recv(65536):
                heard += piece
        except OSError as ended:
            # The server may hang up before it has read everything; to be silent is another matter.
            if isinstance(ended, TimeoutError):
                raise
        return heard


def wrong(port: int, message: bytes) -> Iterator[str]:
    """What is wrong with the answer to a message."""
    try:
        heard = sent(port, message)
    except TimeoutError:
        yield "the server hangs"
        return
    except OSError as lost:
        yield f"the server is not there: {lost}"
        return
    if TRACE.search(heard):
        yield "a stack trace"
    yield from (
        f"status {code.decode()}" for code in STATUS.findall(heard) if code >= b"500" and code not in (b"501", b"505")
    )

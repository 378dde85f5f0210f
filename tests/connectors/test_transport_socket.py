"""The way onto the wire over real sockets on loopback: what a server can do to an answer."""

import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from connectors.errors import Ambiguous, Garbled, Unreachable
from connectors.transport import Allowed, Call, Deadline, Transport
from tests.connectors.edge import Timeless
from tests.connectors.test_transport import Token, error_map

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
ZIPPED = gzip.compress(b'{"n": 1}')
ZIPPED_CHUNKS = HEAD + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
CALL = Call("POST", "/things", json={})


@contextmanager
def server(raw: bytes, calls: int = 1) -> Iterator[str]:
    """Answers so many calls on one connection with these bytes, then hangs up; it takes no second connection."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def play() -> None:
            peer, _ = listening.accept()
            with peer:
                for _ in range(calls):  # the request is read whole: unread bytes would turn the end into a reset
                    asked = peer.recv(65536)
                    while not asked.endswith(b"{}"):
                        asked += peer.recv(65536)
                    peer.sendall(raw)

        thread = threading.Thread(target=play)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


def transport(base: str) -> Transport:
    made = Transport(base, [Allowed.of("POST", "/things", "general")], Token(), Timeless(), error_map)
    made.deadline = Deadline(connect=2, silence=2, total=10)
    return made


WHOLE = [
    HEAD + b'Content-Length: 8\r\n\r\n{"n": 1}',
    CHUNKED + b'3\r\n{"n\r\n5\r\n": 1}\r\n0\r\n\r\n',
    HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(ZIPPED) + ZIPPED,
    ZIPPED_CHUNKS + b"%x\r\n" % len(ZIPPED) + ZIPPED + b"\r\n0\r\n\r\n",
    HEAD + b'Connection: close\r\n\r\n{"n": 1}',
]


@pytest.mark.parametrize("raw", WHOLE, ids=["length", "chunked", "gzip", "gzip-chunked", "close"])
def test_a_whole_answer_is_read(raw: bytes) -> None:
    with server(raw) as base:
        assert transport(base).write(CALL).json() == {"n": 1}


@pytest.mark.parametrize("raw", WHOLE[:4], ids=["length", "chunked", "gzip", "gzip-chunked"])
def test_one_connection_serves_call_after_call(raw: bytes) -> None:
    with server(raw, calls=3) as base:
        made = transport(base)
        assert [made.write(CALL).json() for _ in range(3)] == [{"n": 1}] * 3


CUT = [
    b"",
    b"HTTP/1.1 200",
    HEAD,
    HEAD + b'Content-Length: 9\r\n\r\n{"n": 1}',
    CHUNKED + b'3\r\n{"n\r\n',
    CHUNKED + b'zz\r\n{"n\r\n',
    HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(ZIPPED) + ZIPPED[:12],
    HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnone",
]


@pytest.mark.parametrize("raw", CUT, ids=range(len(CUT)))
def test_a_cut_answer_to_a_write_is_never_taken_for_a_whole_one(raw: bytes) -> None:
    with server(raw) as base, pytest.raises((Ambiguous, Garbled)):
        transport(base).write(CALL).json()


def test_a_closed_door_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(Unreachable):
        transport(f"http://127.0.0.1:{port}").write(CALL)


def test_a_server_that_says_nothing_meets_the_silence_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = transport(f"http://127.0.0.1:{listening.getsockname()[1]}")
        made.deadline = Deadline(connect=2, silence=0.05)
        with pytest.raises(Ambiguous):
            made.write(CALL)

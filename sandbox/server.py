"""A thin HTTP(S) shell around the sandbox: sockets, framing and nothing else."""

import argparse
import gzip
import io
import re
import socket
import ssl
import struct
import sys
import tempfile
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sandbox import certificates
from sandbox.app import Sandbox
from sandbox.delivery import courier
from sandbox.faults import Dropped
from sandbox.wire import Request, Response, counts

MAX_BODY = 64 * 1024 * 1024
MOST_SIZE = 1024
SIZE = re.compile(rb"\s*([0-9a-fA-F]+)\s*(?:;[^\n]*)?\n?")
NO_LINGER = struct.pack("ii", 1, 0)
Pair = tuple[Path, Path]


class Server(ThreadingHTTPServer):
    """One sandbox on one loopback port, a thread for each connection."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, sandbox: Sandbox, port: int, tls: Pair | None, origin: str | None = None) -> None:
        super().__init__(("127.0.0.1", port), Connection)
        self.sandbox = sandbox
        self.origin = origin
        self.scheme = "https" if tls else "http"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            # The handshake happens in the connection's own thread, so that a silent client blocks nobody.
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def base_url(self) -> str:
        """Where clients find it: an own Salesforce has another host name too, since clients keep tokens by host."""
        host = "localhost" if self.origin == "salesforce" else "127.0.0.1"
        return f"{self.scheme}://{host}:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is not news; anything else is the shell's own bug."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            self.sandbox.errors.append({"at": self.sandbox.clock.now_ms(), "path": "", "error": repr(error)})


class Connection(BaseHTTPRequestHandler):
    """Turns bytes into a `Request` and a `Response` into bytes."""

    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    sys_version = ""
    # What is no HTTP at all never reaches the sandbox.
    error_message_format = '{"status":"error","message":"HTTP %(code)d"}'
    error_content_type = "application/json;charset=utf-8"
    disable_nagle_algorithm = True
    timeout = 300  # seconds of silence, after which a client has gone
    wbufsize = -1  # headers and body leave in one packet
    server: Server

    def answer(self) -> None:
        """Answer one request; close without an answer where the script says so."""
        try:
            request = self.read()
        except ValueError as wrong:
            self.close_connection = True
            return self.write(Response.of_json(400, {"message": f"not an HTTP request: {wrong}"}))
        try:
            wait = self.server.sandbox.clock.wait
            response = self.server.sandbox.handle(request, wait=wait, origin=self.server.origin)
        except Dropped as dropped:
            return self.hang_up(dropped.reset)
        return self.write(response)

    def read(self) -> Request:
        """The request; `ValueError` for a body that is not framed or not encoded as it says."""
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        headers.setdefault("x-forwarded-proto", self.server.scheme)
        body = self.chunks() if headers.get("transfer-encoding", "").lower() == "chunked" else self.counted(headers)
        if headers.get("content-encoding", "").lower() == "gzip":
            body = unpacked(body)
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        return Request(self.command, unquote(parts.path), query, headers, body)

    def counted(self, headers: dict[str, str]) -> bytes:
        """A body of the length that its header names."""
        text = headers.get("content-length", "0")
        if not counts(text) or int(text) > MAX_BODY:
            raise ValueError("a body of no length, or over the limit")
        return self.rfile.read(int(text))

    def chunks(self) -> bytes:
        """A chunked body, put together."""
        parts: list[bytes] = []
        left = MAX_BODY
        while size := self.size():
            left -= size
            if left < 0:
                raise ValueError("a body over the limit")
            parts.append(self.rfile.read(size))
            self.rfile.readline(64)
        while self.rfile.readline(65537) not in (b"\r\n", b"\n", b""):
            pass
        return b"".join(parts)

    def size(self) -> int:
        """How many bytes the next chunk has."""
        found = SIZE.fullmatch(self.rfile.readline(MOST_SIZE))
        if found is None:
            raise ValueError("a chunk of no size")
        return int(found[1], 16)

    def write(self, response: Response) -> None:
        """The response; one with its own Content-Length that is too long is cut and the connection closed."""
        self.send_response(response.status)
        headers = dict(response.headers)
        length = headers.pop("Content-Length", str(len(response.body)))
        for name, value in headers.items():
            self.send_header(name, value)
        if response.status not in (204, 304):
            self.send_header("Content-Length", length)
        if int(length) != len(response.body):
            self.close_connection = True
        self.end_headers()
        if response.drip and self.command != "HEAD":
            return self.drip(response.body, *response.drip)
        if self.command != "HEAD":
            self.wfile.write(response.body)
        return self.wfile.flush()

    def drip(self, body: bytes, size: int, every_ms: int) -> None:
        """A body in pieces, with a pause before each."""
        for start in range(0, len(body), size):
            self.wfile.flush()
            self.server.sandbox.clock.wait(every_ms / 1000)
            self.wfile.write(body[start : start + size])
        self.wfile.flush()

    def hang_up(self, reset: bool) -> None:
        """Close the socket without a byte of answer; `reset` makes the kernel say so with an RST."""
        self.close_connection = True
        with suppress(OSError):
            if reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
                self.connection.close()
            else:
                self.connection.shutdown(socket.SHUT_RDWR)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The sandbox's own time, so that clients see what the clock was set to."""
        return super().date_time_string(self.server.sandbox.clock.now_ms() / 1000 if timestamp is None else timestamp)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Calls are in the store; the terminal stays quiet."""

    def __getattr__(self, name: str) -> Any:
        """Every method reaches the sandbox, which knows how each CRM refuses those that it does not serve."""
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)


def unpacked(body: bytes) -> bytes:
    """A body that was packed by gzip; `ValueError` for one that was not, or is over the limit."""
    try:
        found = gzip.GzipFile(fileobj=io.BytesIO(body)).read(MAX_BODY + 1)
    except (OSError, EOFError, zlib.error) as wrong:
        raise ValueError("the body is not gzip") from wrong
    if len(found) > MAX_BODY:
        raise ValueError("a body over the limit")
    return found


@contextmanager
def serve(sandbox: Sandbox, port: int = 0, tls: Pair | None = None, origin: str | None = None) -> Iterator[str]:
    """Serve on loopback (port 0: a free one), with TLS given (certificate chain, key); yields the base URL.

    With an `origin` (hubspot or salesforce) only that CRM is behind it, as behind its own host.
    """
    server = Server(sandbox, port, tls, origin)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        with courier(sandbox):
            yield server.base_url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def serve_apart(
    sandbox: Sandbox, ports: tuple[int, int] = (0, 0), tls: Pair | None = None
) -> Iterator[tuple[str, str]]:
    """Serve each CRM on an origin of its own; yields HubSpot's base URL and Salesforce's."""
    with ExitStack() as stack:
        hubspot, salesforce = (
            stack.enter_context(serve(sandbox, port, tls, crm))
            for port, crm in zip(ports, ("hubspot", "salesforce"), strict=True)
        )
        yield hubspot, salesforce


def self_signed(folder: Path) -> Pair:
    """A certificate chain and key for loopback; clients trust it by the chain's file, which holds its CA too."""
    trust = certificates.make(folder)
    return trust.chain, trust.key


def run(argv: Sequence[str]) -> None:
    """Serve an empty sandbox until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.server", description=__doc__)
    parser.add_argument("--port", type=int, default=8801)
    parser.add_argument("--tls", action="store_true", help="with a self-signed certificate made for this run")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        tls = self_signed(Path(folder)) if options.tls else None
        with serve(Sandbox(), options.port, tls) as base_url, suppress(KeyboardInterrupt):
            sys.stdout.write(f"{base_url}{f' certificate {tls[0]}' if tls else ''}\n")
            sys.stdout.flush()
            threading.Event().wait()


if __name__ == "__main__":
    run(sys.argv[1:])

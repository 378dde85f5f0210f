"""A webhook receiver on loopback that keeps what it gets."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


class Receiver(HTTPServer):
    """Answers with the statuses it was told, the last of them for ever; keeps headers and bodies."""

    def __init__(self, *statuses: int) -> None:
        super().__init__(("127.0.0.1", 0), _Post)
        self.delay = 0.0
        self.statuses = list(statuses)
        self.calls: list[tuple[dict[str, str], str]] = []

    @property
    def url(self) -> str:
        """Where to deliver."""
        return f"http://127.0.0.1:{self.server_port}/hook?from=hubspot"

    def events(self) -> list[dict[str, Any]]:
        """Every event received, in the order of arrival."""
        return [event for _, body in self.calls for event in json.loads(body)]


class _Post(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8")
        self.server.calls.append((dict(self.headers.items()), body))
        time.sleep(self.server.delay)
        statuses = self.server.statuses
        with suppress(OSError):  # a sender that lost patience has hung up
            self.send_response(statuses.pop(0) if len(statuses) > 1 else statuses[0])
            self.end_headers()
            self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """The terminal stays quiet."""


@contextmanager
def receiving(*statuses: int) -> Iterator[Receiver]:
    """A receiver that answers 200, or these statuses one after the other."""
    server = Receiver(*(statuses or (200,)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

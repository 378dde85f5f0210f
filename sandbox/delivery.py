"""Posts HubSpot's webhook deliveries to receivers on loopback, when asked and from a thread of the server."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sandbox.hubspot import deliveries
from sandbox.hubspot.deliveries import Delivery

if TYPE_CHECKING:
    from sandbox.app import Sandbox

HERE = ("127.0.0.1", "::1", "localhost")
PATIENCE_S = 5  # a receiver that takes longer has failed (documented)
PULSE_S = 0.2


def deliver(sandbox: "Sandbox", patience: float = PATIENCE_S) -> dict[str, Any]:
    """Send what is due, now; {sent: [{url, events, status}], waiting: events still in the queue}.

    `patience` is in seconds, for each answer. A status of 0 means no answer. The store is free while a receiver is
    called, so that it may call back.
    """
    with sandbox.store.lock:
        due = deliveries.take(sandbox.store, sandbox.clock.now_ms())
    sent = []
    for item in due:
        status = post(item, patience)
        with sandbox.store.lock:
            deliveries.settle(sandbox.store, item, 200 <= status < 300, sandbox.clock.now_ms())
        sent.append({"url": item.url, "events": len(item.events), "status": status})
    with sandbox.store.lock:
        return {"sent": sent, "waiting": deliveries.left(sandbox.store)}


def post(item: Delivery, patience: float) -> int:
    """The receiver's status; 0 where there was none in time, or where it is not on this machine."""
    parts = urlsplit(item.url)
    if parts.scheme != "http" or parts.hostname not in HERE:
        return 0
    connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=patience)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, item.body, dict(item.headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


@contextmanager
def courier(sandbox: "Sandbox") -> Iterator[None]:
    """Deliver by itself for as long as the block runs."""
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(PULSE_S):
            deliver(sandbox)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()

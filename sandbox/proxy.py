"""A TCP proxy on loopback that spoils connections in the words of toxiproxy, each in the same way for the same seed."""

import argparse
import random
import select
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from sandbox.toxics import DOWN, UP, Effect, Piece, Toxic, ToxicError, effect, toxic

CHUNK = 65536
TICK = 0.02
PATIENCE = 30.0
NO_LINGER = struct.pack("ii", 1, 0)


class Proxy:
    """One listening port in front of one server; connections made from now on suffer the toxics of now."""

    def __init__(self, listen: tuple[str, int], to: str, toxics: Iterable[str] = (), seed: int = 1) -> None:
        self.scheme, self.target = target(to)
        self.seed = seed
        self.connections = 0
        self.use(*toxics)
        self.stopped = threading.Event()
        self._open: set[Connection] = set()
        self._listener = socket.create_server(listen)
        self._listener.settimeout(TICK)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """The host and port that it listens on."""
        host, port = self._listener.getsockname()[:2]
        return f"{host}:{port}"

    @property
    def url(self) -> str:
        """Where clients find the server behind it."""
        return f"{self.scheme}://{self.address}"

    def use(self, *toxics: str) -> None:
        """Spoil the connections made from now on in these ways and no other; `ToxicError` for one that is none."""
        self.toxics = tuple(toxic(text) for text in toxics)

    def close(self) -> None:
        """Stop listening and end every connection."""
        self.stopped.set()
        self._thread.join()
        self._listener.close()
        for connection in list(self._open):
            connection.end("close")
            connection.join()

    def _accept(self) -> None:
        while not self.stopped.is_set():
            with suppress(TimeoutError):
                client, _ = self._listener.accept()
                self.connections += 1
                connection = Connection(self, client, self.connections)
                self._open = {known for known in self._open if known.is_alive()} | {connection}
                connection.start()


class Connection(threading.Thread):
    """One client, its connection to the server, and a thread for each way between them."""

    def __init__(self, proxy: Proxy, client: socket.socket, number: int) -> None:
        super().__init__(daemon=True)
        self.proxy, self.client, self.number = proxy, client, number
        self.toxics = [(place, item) for place, item in enumerate(proxy.toxics) if self._struck(place, item)]
        self.over = threading.Event()
        self.reset = False

    def _struck(self, place: int, item: Toxic) -> bool:
        return self._roll(f"struck {place}").random() < item.toxicity

    def _roll(self, what: str) -> random.Random:
        return random.Random(f"{self.proxy.seed} {self.number} {what}")  # noqa: S311

    def run(self) -> None:
        """Carry bytes both ways until both sides are done or a toxic ends it."""
        if any(item.kind == "refuse" for _, item in self.toxics):
            self.reset = True
            return self._close(self.client)
        try:
            server = socket.create_connection(self.proxy.target, timeout=10)
        except OSError:
            self.reset = True
            return self._close(self.client)
        for one in (self.client, server):
            one.settimeout(PATIENCE)  # nobody who stops reading holds a thread for ever
        ways = [(UP, self.client, server), (DOWN, server, self.client)]
        threads = [threading.Thread(target=self._carry, args=way, daemon=True) for way in ways]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self._close(self.client, server)

    def end(self, how: str) -> None:
        """End the connection for both sides: by reset or by close."""
        self.reset = self.reset or how == "reset"
        self.over.set()

    def _close(self, *ends: socket.socket) -> None:
        for one in ends:
            with suppress(OSError):
                if self.reset:
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
                one.close()

    def _carry(self, way: str, source: socket.socket, sink: socket.socket) -> None:
        """One way, chunk by chunk, till the source ends."""
        effects = [effect(item, self._roll(f"{place}")) for place, item in self.toxics if item.stream == way]
        chunk: bytes | None = b"."
        try:
            while chunk:
                chunk = self._read(source)
                for piece in through(effects, chunk or b""):
                    self._deliver(piece, sink)
            if not self.over.is_set():
                sink.shutdown(socket.SHUT_WR)
        except OSError:
            self.end("close")

    def _read(self, source: socket.socket) -> bytes | None:
        """The next bytes, none at the end of the stream; None when the connection is over."""
        while not self.over.is_set():
            if select.select([source], [], [], TICK)[0]:
                return source.recv(CHUNK)
        return None

    def _deliver(self, piece: Piece, sink: socket.socket) -> None:
        """Send one piece in its time, unless the connection is over before."""
        if self.over.wait(piece.wait):
            return
        if piece.data:
            sink.sendall(piece.data)
        if piece.end == "half":
            sink.shutdown(socket.SHUT_WR)
        elif piece.end:
            self.end(piece.end)


def through(effects: Sequence[Effect], chunk: bytes) -> Iterator[Piece]:
    """What becomes of a chunk on its way through every effect; the empty chunk is the end of the stream."""
    pieces: Iterable[Piece] = [Piece(chunk)]
    for one in effects:
        pieces = _spoiled(one, pieces)
    return iter(pieces)


def _spoiled(one: Effect, pieces: Iterable[Piece]) -> Iterator[Piece]:
    for piece in pieces:
        wait = piece.wait
        for out in one(piece.data):
            yield Piece(out.data, wait + out.wait, out.end)
            wait = 0.0
        if piece.end:
            yield Piece(b"", wait, piece.end)


def target(to: str) -> tuple[str, tuple[str, int]]:
    """The scheme and place of a server given as `http://host:port` or `host:port`; `ToxicError` for neither."""
    parts = urlsplit(to if "//" in to else f"//{to}")
    try:
        port = parts.port
    except ValueError:
        port = None
    if not parts.hostname or port is None:
        raise ToxicError(f"{to}: no server. Give host:port, as 127.0.0.1:8801")
    return parts.scheme or "tcp", (parts.hostname, port)


@contextmanager
def proxy(to: str, *toxics: str, seed: int = 1, listen: str = "127.0.0.1:0") -> Iterator[Proxy]:
    """A proxy in front of `host:port` or a URL while the block runs, on a free port unless `listen` names one."""
    made = Proxy(target(listen)[1], to, toxics, seed)
    try:
        yield made
    finally:
        made.close()


@dataclass(frozen=True, slots=True)
class Order:
    """What the command line asks for."""

    listen: str
    to: str
    toxics: tuple[str, ...]
    seed: int


def ordered(argv: Sequence[str]) -> Order:
    """The command line, read."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.proxy", description=__doc__)
    parser.add_argument("--listen", default="127.0.0.1:0", help="host:port; port 0 takes a free one")
    parser.add_argument("--to", required=True, help="the server behind it: host:port or a URL")
    how = "KIND[:NAME=VALUE,...], as latency:latency=100,jitter=20,stream=upstream"
    parser.add_argument("--toxic", action="append", default=[], metavar="TOXIC", help=how)
    parser.add_argument("--seed", type=int, default=1, help="the same seed spoils the same connections alike")
    given = parser.parse_args(argv)
    return Order(given.listen, given.to, tuple(given.toxic), given.seed)


def run(argv: Sequence[str]) -> int:
    """Proxy until interrupted; the first line says where."""
    order = ordered(argv)
    try:
        with proxy(order.to, *order.toxics, seed=order.seed, listen=order.listen) as made, suppress(KeyboardInterrupt):
            sys.stdout.write(f"{made.url}\n")
            sys.stdout.flush()
            while True:
                time.sleep(3600)
    except (ToxicError, OSError) as wrong:
        sys.stderr.write(f"error: {wrong}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))

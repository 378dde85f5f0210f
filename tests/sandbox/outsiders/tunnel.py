"""A proxy on loopback that leads every host to its CRM's port, for clients whose address is fixed in their code."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer


class Tunnel(ThreadingTCPServer):
    """Answers CONNECT for any host with a connection to a port of this machine; nothing leaves it."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, hubspot: int, salesforce: int) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.hubspot, self.salesforce = hubspot, salesforce


class Connection(StreamRequestHandler):
    """One tunnel: its bytes pass as they are, since TLS ends at the sandbox."""

    server: Tunnel

    def handle(self) -> None:
        """Read the CONNECT, connect, then carry bytes both ways until one side ends."""
        method, host, *_ = *self.rfile.readline(8192).split(), b"", b""
        while self.rfile.readline(8192) not in (b"\r\n", b"\n", b""):
            pass
        if method != b"CONNECT":
            self.wfile.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
            return
        port = self.server.salesforce if b".salesforce.com:" in host else self.server.hubspot
        with socket.create_connection(("127.0.0.1", port)) as far:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_carry, args=(far, self.connection), daemon=True)
            back.start()
            _carry(self.connection, far)
            back.join()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while block := source.recv(65536):
            target.sendall(block)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def tunnel(hubspot: int, salesforce: int) -> Iterator[str]:
    """Run the proxy; yields its URL, the value of HTTPS_PROXY."""
    with Tunnel(hubspot, salesforce) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()

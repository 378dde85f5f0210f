"""The fault proxy spoils what it says, one way or the other, the same for the same seed."""

import random
import socket
import threading
from collections.abc import Iterator

import pytest

from sandbox.proxy import proxy, run, through
from sandbox.toxics import DOWN, KINDS, ToxicError, effect, toxic

BODY = bytes(range(250)) * 40


@pytest.fixture
def echo() -> Iterator[str]:
    """A server that sends back what it gets, and ends when its client does."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    peer, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(peer,), daemon=True).start()

        def answer(peer: socket.socket) -> None:
            with peer:
                try:
                    while got := peer.recv(65536):
                        peer.sendall(got)
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def exchanged(address: str, body: bytes = BODY, wait: float = 2.0) -> tuple[bytes, str]:
    """What comes back, and how it ended: whole, closed, reset or silent."""
    host, port = address.split(":")
    got = b""
    try:
        with socket.create_connection((host, int(port)), timeout=wait) as client:
            client.sendall(body)
            while len(got) < len(body):
                part = client.recv(65536)
                if not part:
                    return got, "closed"
                got += part
    except TimeoutError:
        return got, "silent"
    except (ConnectionResetError, BrokenPipeError):
        return got, "reset"
    return got, "whole"


@pytest.mark.parametrize(
    ("toxic", "count", "end"),
    [
        ("latency:latency=5,jitter=4", len(BODY), "whole"),
        ("slicer:average_size=900,size_variation=200,delay=50", len(BODY), "whole"),
        ("bandwidth:rate=500", len(BODY), "whole"),
        ("slow_close:delay=10", len(BODY), "whole"),
        ("limit_data:bytes=1234", 1234, "closed"),
        ("half_close:bytes=777", 777, "closed"),
        ("half_close:bytes=777,stream=upstream", 777, "closed"),
        ("timeout:timeout=30", 0, "closed"),
        ("timeout:timeout=0", 0, "silent"),
        ("timeout:timeout=0,stream=upstream", 0, "silent"),
        ("reset_peer:bytes=0", 0, "reset"),
        ("reset_peer:bytes=0,timeout=20,stream=upstream", 0, "reset"),
        ("refuse", 0, "reset"),
    ],
)
def test_a_toxic_spoils_a_connection(echo: str, toxic: str, count: int, end: str) -> None:
    with proxy(echo, toxic) as made:
        got, ended = exchanged(made.address, wait=0.2 if end == "silent" else 2.0)
    assert (len(got), ended) == (count, end)
    assert BODY.startswith(got)


def test_the_way_to_the_server_ends_after_so_many_bytes(echo: str) -> None:
    with proxy(echo, "limit_data:bytes=1234,stream=upstream") as made:
        got, ended = exchanged(made.address)
    assert len(got) <= 1234 and ended == "closed"


def test_bytes_that_passed_before_a_reset_arrive(echo: str) -> None:
    with proxy(echo, "reset_peer:bytes=500,timeout=100") as made:
        assert exchanged(made.address) == (BODY[:500], "reset")


def test_without_toxics_nothing_happens(echo: str) -> None:
    with proxy(echo) as made:
        assert [exchanged(made.address) for _ in range(3)] == [(BODY, "whole")] * 3
        assert made.connections == 3


def test_toxics_follow_one_another_and_may_change(echo: str) -> None:
    with proxy(echo, "slicer:average_size=100", "limit_data:bytes=350") as made:
        assert exchanged(made.address) == (BODY[:350], "closed")
        made.use()
        assert exchanged(made.address) == (BODY, "whole")


def test_a_share_of_the_connections_is_struck_the_same_for_the_same_seed(echo: str) -> None:
    runs = []
    for seed in (1, 1, 2):
        with proxy(echo, "limit_data:bytes=5,toxicity=0.5", seed=seed) as made:
            runs.append([exchanged(made.address, b"0123456789")[1] for _ in range(12)])
    assert runs[0] == runs[1] != runs[2]
    assert set(runs[0]) == {"whole", "closed"}


def test_a_server_that_is_not_there_is_a_reset() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        gone = f"127.0.0.1:{listening.getsockname()[1]}"
    with proxy(gone) as made:
        assert exchanged(made.address) == (b"", "reset")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_chances_give_the_same_pieces(kind: str, seed: int) -> None:
    item = toxic(f"{kind}:stream=downstream")
    runs = [list(through([effect(item, random.Random(seed))], BODY)) for _ in range(2)]
    assert runs[0] == runs[1]
    assert item.stream == DOWN and b"".join(piece.data for piece in runs[0]) in (BODY, b"")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("explode", "no toxic explode. Use one of: bandwidth"),
        ("latency:rate=5", "not rate=5. Use: latency, jitter, stream=upstream"),
        ("latency:latency=soon", "latency must be a number, 0 or more, not soon"),
        ("latency:latency", "latency must be a number, 0 or more, not nothing"),
        ("latency:stream=sideways", "not stream=sideways"),
    ],
)
def test_a_toxic_that_is_none_is_refused_with_a_fix(text: str, said: str) -> None:
    with pytest.raises(ToxicError) as caught:
        toxic(text)
    assert said in str(caught.value)


@pytest.mark.parametrize("arguments", [["--to", "nowhere"], ["--to", "127.0.0.1:1", "--toxic", "explode"]])
def test_the_command_refuses_what_it_cannot_do(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert capsys.readouterr().err.startswith("error: ")

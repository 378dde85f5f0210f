"""What our way onto the wire makes of a spoiled connection: survived, never sent, or of unknown outcome."""

from collections.abc import Iterator

import pytest

from connectors.errors import Ambiguous, Garbled, RevopsError
from connectors.transport import Allowed, Call, Deadline, Transport
from sandbox.app import Sandbox
from sandbox.clock import Clock
from sandbox.proxy import proxy
from sandbox.server import serve
from tests.connectors.edge import Timeless
from tests.connectors.test_transport import Token, error_map

LIST = Call("GET", "/crm/v3/objects/contacts", (("limit", "100"),))
CREATE = Call("POST", "/crm/v3/objects/contacts", json={"properties": {"email": "new@example.com", "city": "x" * 900}})
HARMLESS = [
    "latency:latency=3,jitter=2",
    "slicer:average_size=40,size_variation=30,delay=10",
    "slicer:average_size=25,stream=upstream",
    "bandwidth:rate=400",
    "bandwidth:rate=400,stream=upstream",
    "slow_close:delay=20",
]
DEADLY = [
    "limit_data:bytes=60",
    "limit_data:bytes=700",
    "half_close:bytes=150",
    "timeout:timeout=0",
    "timeout:timeout=20",
    "reset_peer:bytes=0",
    "reset_peer:bytes=700,timeout=20",
]
BEFORE = ["limit_data:bytes=300,stream=upstream", "reset_peer:bytes=300,stream=upstream", "refuse"]


class Writer(Token):
    """Signs as the sandbox's writer."""

    def headers(self, transport: Transport) -> dict[str, str]:
        return {"Authorization": "Bearer pat-na1-sandbox-writer"}


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(clock=Clock(1_790_000_000_123))


@pytest.fixture
def url(sandbox: Sandbox) -> Iterator[str]:
    with serve(sandbox) as base:
        yield base


def transport(base: str) -> Transport:
    every = [Allowed.of(method, "/crm/v3/objects/contacts", "general") for method in ("GET", "POST")]
    made = Transport(base, every, Writer(), Timeless(), error_map)
    made.deadline = Deadline(connect=2, silence=0.3, total=10)
    return made


def made(sandbox: Sandbox) -> int:
    return len(list(sandbox.store.ledger()))


@pytest.mark.parametrize("toxic", HARMLESS)
def test_a_slow_or_sliced_connection_is_survived(sandbox: Sandbox, url: str, toxic: str) -> None:
    with proxy(url, toxic) as between:
        through = transport(between.url)
        assert through.write(CREATE).status == 201
        assert len(through.read(LIST).json()["results"]) == made(sandbox) == 1


@pytest.mark.parametrize("toxic", DEADLY)
def test_an_answer_that_is_lost_on_its_way_leaves_the_write_unknown(sandbox: Sandbox, url: str, toxic: str) -> None:
    with proxy(url, toxic) as between, pytest.raises((Ambiguous, Garbled)):
        transport(between.url).write(CREATE).json()
    assert made(sandbox) == 1


@pytest.mark.parametrize("toxic", BEFORE)
def test_a_request_that_is_lost_on_its_way_is_never_taken_for_done(sandbox: Sandbox, url: str, toxic: str) -> None:
    with proxy(url, toxic) as between, pytest.raises(RevopsError):
        transport(between.url).write(CREATE)
    assert made(sandbox) == 0


@pytest.mark.parametrize("toxic", [f"{text},toxicity=0.5" for text in DEADLY if "timeout=0" not in text])
def test_a_read_is_sent_again_until_a_connection_holds(url: str, toxic: str) -> None:
    with proxy(url, toxic, seed=3) as between:
        assert transport(between.url).read(LIST).json() == {"results": []}

"""Webhook calls as HubSpot signs them, every kind of forgery of one, and sockets that send them on a schedule."""

import asyncio
import base64
import hashlib
import hmac
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from sync.web.signature import WINDOW_MS, Signed, by_hubspot

SECRET = "a-client-secret-of-the-benchmark"
PATH = "/gate/hubspot"
NOW = 1_763_000_000_000
PORTAL = 12345678


def mac(secret: str, method: str, uri: str, body: bytes, stamp: str) -> bytes:
    """HubSpot's version 3, before it is written as base64."""
    return hmac.digest(secret.encode(), f"{method}{uri}".encode() + body + stamp.encode(), hashlib.sha256)


def signed(uri: str, body: bytes, stamp: int, secret: str = SECRET) -> Signed:
    """A request that its app signed."""
    mark = base64.b64encode(mac(secret, "POST", uri, body, str(stamp))).decode()
    return Signed("POST", uri, body, str(stamp), mark)


def events(number: int, count: int, at: int) -> bytes:
    """The body of one call: so many moves of deals, none told before."""
    rows = [
        {"eventId": number * 100 + part, "subscriptionId": 1, "portalId": PORTAL, "appId": 1, "occurredAt": at}
        | {"subscriptionType": "deal.propertyChange", "attemptNumber": 0, "objectId": 10_000_000_001 + number % 5000}
        | {
            "propertyName": "dealstage",
            "propertyValue": "contractsent",
            "changeSource": "CRM_UI",
            "sourceId": "userId:1",
        }
        for part in range(count)
    ]
    return json.dumps(rows, separators=(",", ":")).encode()


Forge = Callable[[random.Random, Signed], Signed]


def _raw(call: Signed) -> bytearray:
    return bytearray(base64.b64decode(call.signature))


def _bit(dice: random.Random, call: Signed) -> Signed:
    raw = _raw(call)
    raw[dice.randrange(32)] ^= 1 << dice.randrange(8)
    return replace(call, signature=base64.b64encode(raw).decode())


def _letter(dice: random.Random, call: Signed) -> Signed:
    """Another letter anywhere, also one that a lenient decoder reads as the same bytes."""
    at = dice.randrange(len(call.signature))
    other = dice.choice([char for char in "ABCXYZabcxyz0189+/=- " if char != call.signature[at]])
    return replace(call, signature=call.signature[:at] + other + call.signature[at + 1 :])


def _body(dice: random.Random, call: Signed) -> Signed:
    body = bytearray(call.body)
    body[dice.randrange(len(body))] ^= 1 << dice.randrange(8)
    return replace(call, body=bytes(body))


def _length(dice: random.Random, call: Signed) -> Signed:
    return replace(call, body=call.body[:-1] if dice.random() < 0.5 else call.body + dice.choice([b" ", b"\n", b"]"]))


def _stamp(dice: random.Random, call: Signed) -> Signed:
    """Another moment within the window, under the signature of the true one."""
    return replace(call, stamp=str(int(call.stamp) + dice.choice([-1, 1]) * dice.randrange(1, WINDOW_MS)))


def _late(dice: random.Random, call: Signed) -> Signed:
    """Rightly signed, and replayed too late or dated ahead."""
    away = dice.choice([-1, 1]) * dice.randrange(WINDOW_MS + 1, 100 * WINDOW_MS)
    return signed(call.uri, call.body, NOW + away)


def _uri(dice: random.Random, call: Signed) -> Signed:
    endings = ("/", "?a=1", "#", "%2F", "/../hubspot", "s")
    ways = [call.uri + dice.choice(endings), call.uri.replace("https", "http"), call.uri.replace("hubspot", "Hubspot")]
    return replace(call, uri=dice.choice(ways))


FORGERIES: Sequence[Forge] = (
    lambda dice, call: replace(call, signature=base64.b64encode(dice.randbytes(32)).decode()),
    _bit,
    _letter,
    lambda dice, call: replace(call, signature=call.signature[: dice.randrange(len(call.signature))]),
    lambda dice, call: replace(call, signature=_raw(call).hex()),
    _body,
    _length,
    _stamp,
    _late,
    lambda dice, call: signed(call.uri, call.body, int(call.stamp), dice.randbytes(12).hex()),
    _uri,
    lambda dice, call: replace(call, method=dice.choice(["GET", "PUT", "post", "POST "])),
    lambda dice, call: replace(call, signature=hashlib.sha256(SECRET.encode() + call.body).hexdigest()),
    lambda dice, call: replace(
        call, signature=base64.b64encode(hmac.digest(SECRET.encode(), call.body, hashlib.sha256)).decode()
    ),
    lambda dice, call: replace(call, body=events(dice.randrange(10**9), 1, int(call.stamp) + 1)),
    lambda dice, call: replace(call, signature=call.signature.swapcase()),
    lambda dice, call: replace(
        call, signature=dice.choice(["", "=", call.signature + ",", f"{call.signature}=", "v3"])
    ),
    lambda dice, call: replace(call, stamp=dice.choice(["", "0", f" {call.stamp}", f"{call.stamp}.0", "1e12", "-1"])),
)


def forgeries(count: int, seed: int) -> Iterator[tuple[Signed, Signed]]:
    """Each true call with a forgery of it, every kind in turn."""
    dice = random.Random(seed)
    for number in range(count):
        true = signed(f"https://gate.example{PATH}", events(number, 1, NOW), NOW + dice.randrange(-1000, 1000))
        yield true, FORGERIES[number % len(FORGERIES)](dice, true)


def sendable(count: int, seed: int, uri: str, now: Callable[[], int]) -> Iterator[Signed]:
    """Forgeries as they can stand on the wire, dated now: a header holds no line break and no outer blanks, and what
    is forged about address or method is forged by signing another one than is called."""
    dice = random.Random(seed)
    for number in range(count):
        true = signed(uri, events(number, 1, NOW), now() + dice.randrange(-1000, 1000))
        false = FORGERIES[number % len(FORGERIES)](dice, true)
        if (false.uri, false.method) != (true.uri, true.method):
            mark = base64.b64encode(mac(SECRET, false.method, false.uri, true.body, true.stamp)).decode()
            false = replace(true, signature=mark)
        if false.stamp and abs(int(float(false.stamp)) - NOW) < 200 * WINDOW_MS and false.stamp != true.stamp:
            false = signed(uri, true.body, int(true.stamp) - 2 * WINDOW_MS)
        false = replace(false, stamp=false.stamp.strip(), signature=" ".join(false.signature.split()))
        right = base64.b64encode(mac(SECRET, "POST", uri, false.body, false.stamp)).decode()
        fresh = false.stamp.isdecimal() and abs(int(false.stamp) - now()) <= WINDOW_MS
        yield replace(false, signature="blanked") if fresh and false.signature == right else false


def forged(count: int, seed: int = 1) -> int:
    """How many forgeries the verify function lets in, and true calls that it does not: 0 of either is right."""
    secrets, wrong = (b"the-secret-before", SECRET.encode()), 0
    for number, (true, false) in enumerate(forgeries(count, seed)):
        wrong += by_hubspot(false, secrets, NOW)
        wrong += number % 100 == 0 and not by_hubspot(true, secrets, NOW)
    return wrong


@dataclass(frozen=True, slots=True)
class Target:
    """One endpoint on loopback."""

    port: int
    path: str

    @property
    def uri(self) -> str:
        """As callers sign it."""
        return f"http://127.0.0.1:{self.port}{self.path}"

    def request(self, call: Signed) -> bytes:
        """The bytes on the wire."""
        head = f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        marks = f"X-HubSpot-Signature-v3: {call.signature}\r\nX-HubSpot-Request-Timestamp: {call.stamp}\r\n"
        return f"{head}{marks}Content-Length: {len(call.body)}\r\n\r\n".encode("utf-8", "replace") + call.body


class Lines:
    """Keep-alive connections to one endpoint: a free one is taken, else a new one is opened."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def send(self, raw: bytes) -> int:
        """The status of the answer; 0 where the connection broke."""
        writer: asyncio.StreamWriter | None = None
        try:
            line = self._free.pop() if self._free else await asyncio.open_connection("127.0.0.1", self.target.port)
            reader, writer = line
            writer.write(raw)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(row[15:]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length:")), 0
            )
            await reader.readexactly(length)
            if b"connection: close" not in head.lower():
                self._free.append(line)
                writer = None
            return int(head[9:12])
        except (OSError, asyncio.IncompleteReadError, ValueError):
            return 0
        finally:
            await _hung_up(writer)

    async def close(self) -> None:
        """Hang up."""
        for _, writer in self._free:
            await _hung_up(writer)


async def _hung_up(writer: asyncio.StreamWriter | None) -> None:
    if writer is not None:
        with suppress(OSError):
            writer.close()
            await writer.wait_closed()


async def scheduled(targets: Sequence[Target], rate: float, seconds: float, count: int) -> list[list[float]]:
    """Milliseconds from when each call was *due* to its answer, by target; a call without a 2xx counts as infinite.

    The schedule is fixed beforehand and never waits for an answer, so that a slow server cannot hide its slowness.
    """
    lines = [Lines(target) for target in targets]
    found: list[list[float]] = [[] for _ in targets]
    running: set[asyncio.Task[None]] = set()
    loop = asyncio.get_running_loop()
    start = loop.time() + 0.2

    async def one(place: int, number: int, due: float) -> None:
        stamp = time.time_ns() // 1_000_000
        body = events(number, count, stamp)
        status = await lines[place].send(targets[place].request(signed(targets[place].uri, body, stamp)))
        found[place].append((loop.time() - due) * 1000 if 200 <= status < 300 else float("inf"))

    for number in range(int(rate * seconds)):
        for place in range(len(targets)):
            due = start + (number + place / len(targets)) / rate
            if (pause := due - loop.time()) > 0:
                await asyncio.sleep(pause)
            task = asyncio.create_task(one(place, number, due))
            running.add(task)
            task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    for line in lines:
        await line.close()
    return found

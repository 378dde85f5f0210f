"""What can befall the bytes of a connection, in the words of toxiproxy: each toxic, its numbers, and what it does."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

UP, DOWN = "upstream", "downstream"
Numbers = Mapping[str, float]


class ToxicError(ValueError):
    """A toxic that is none; the message says what to write instead."""


class Piece(NamedTuple):
    """Bytes to be sent after a wait in seconds, and what ends with them: nothing, half (this way), close or reset."""

    data: bytes
    wait: float = 0.0
    end: str = ""


Effect = Callable[[bytes], Iterator[Piece]]
"""Turns a chunk into pieces; an empty chunk is the end of the stream. It remembers what has passed."""


@dataclass(frozen=True, slots=True)
class Toxic:
    """One thing that befalls one way of a share (`toxicity`, from 0 to 1) of the connections."""

    kind: str
    stream: str
    toxicity: float
    numbers: Numbers


def latency(numbers: Numbers, roll: random.Random) -> Effect:
    """Every chunk comes `latency` milliseconds late, give or take `jitter`."""

    def late(chunk: bytes) -> Iterator[Piece]:
        swing = roll.uniform(-numbers["jitter"], numbers["jitter"])
        yield Piece(chunk, max(0.0, numbers["latency"] + swing) / 1000)

    return late


def bandwidth(numbers: Numbers, roll: random.Random) -> Effect:
    """At most `rate` kilobytes a second."""

    def narrow(chunk: bytes) -> Iterator[Piece]:
        size = max(1, int(numbers["rate"] * 50))
        for start in range(0, len(chunk), size):
            part = chunk[start : start + size]
            yield Piece(part, len(part) / (numbers["rate"] * 1000))

    return narrow


def slicer(numbers: Numbers, roll: random.Random) -> Effect:
    """Chunks fall into slices of `average_size` bytes, give or take `size_variation`, `delay` microseconds apart."""

    def sliced(chunk: bytes) -> Iterator[Piece]:
        start = 0
        while start < len(chunk):
            swing = roll.uniform(-numbers["size_variation"], numbers["size_variation"])
            end = start + max(1, round(numbers["average_size"] + swing))
            yield Piece(chunk[start:end], numbers["delay"] / 1_000_000 if start else 0.0)
            start = end

    return sliced


def _after(count: int, wait: float, end: str) -> Effect:
    """The way ends, so, when `count` bytes have passed, and after a further wait; what comes later is lost."""
    left, over = count, False

    def ended(chunk: bytes) -> Iterator[Piece]:
        nonlocal left, over
        if over:
            return
        if len(chunk) < left or not chunk:
            left -= len(chunk)
            yield Piece(chunk)
            return
        over = True
        yield Piece(chunk[:left])
        yield Piece(b"", wait, end)

    return ended


def limit_data(numbers: Numbers, roll: random.Random) -> Effect:
    """The connection is closed when `bytes` have passed."""
    return _after(int(numbers["bytes"]), 0.0, "close")


def reset_peer(numbers: Numbers, roll: random.Random) -> Effect:
    """The connection is reset (RST) when `bytes` have passed and another `timeout` milliseconds."""
    return _after(int(numbers["bytes"]), numbers["timeout"] / 1000, "reset")


def half_close(numbers: Numbers, roll: random.Random) -> Effect:
    """This way is closed (FIN) when `bytes` have passed; the other stays open."""
    return _after(int(numbers["bytes"]), 0.0, "half")


def timeout(numbers: Numbers, roll: random.Random) -> Effect:
    """Nothing arrives; the connection is closed after `timeout` milliseconds, or (0) never."""
    seen = False

    def swallowed(chunk: bytes) -> Iterator[Piece]:
        nonlocal seen
        if numbers["timeout"] and not seen:
            yield Piece(b"", numbers["timeout"] / 1000, "close")
        seen = True

    return swallowed


def slow_close(numbers: Numbers, roll: random.Random) -> Effect:
    """The end of the stream is told `delay` milliseconds late."""

    def slow(chunk: bytes) -> Iterator[Piece]:
        yield Piece(chunk, 0.0 if chunk else numbers["delay"] / 1000)

    return slow


def refuse(numbers: Numbers, roll: random.Random) -> Effect:
    """Connections are reset as soon as they are made."""
    return lambda chunk: iter(())


KINDS: Mapping[str, tuple[Callable[[Numbers, random.Random], Effect], Numbers]] = {
    "latency": (latency, {"latency": 100, "jitter": 0}),
    "bandwidth": (bandwidth, {"rate": 10}),
    "slicer": (slicer, {"average_size": 64, "size_variation": 0, "delay": 0}),
    "limit_data": (limit_data, {"bytes": 0}),
    "reset_peer": (reset_peer, {"bytes": 0, "timeout": 0}),
    "half_close": (half_close, {"bytes": 0}),
    "timeout": (timeout, {"timeout": 0}),
    "slow_close": (slow_close, {"delay": 1000}),
    "refuse": (refuse, {}),
}
"""By kind: what makes its effect, and its numbers with their defaults."""


def toxic(text: str) -> Toxic:
    """From `KIND[:NAME=VALUE,...]`: a kind's own numbers, `stream` (downstream) and `toxicity` (1)."""
    kind, _, rest = text.partition(":")
    if kind not in KINDS:
        raise ToxicError(f"{text}: no toxic {kind}. Use one of: {', '.join(sorted(KINDS))}")
    numbers, stream, toxicity = dict(KINDS[kind][1]), DOWN, 1.0
    for name, value in (part.split("=", 1) if "=" in part else (part, "") for part in rest.split(",") if part):
        if name == "stream" and value in (UP, DOWN):
            stream = value
        elif name == "toxicity":
            toxicity = _number(text, name, value)
        elif name in numbers:
            numbers[name] = _number(text, name, value)
        else:
            known = ", ".join([*numbers, f"stream={UP}", f"stream={DOWN}", "toxicity"])
            raise ToxicError(f"{text}: not {name}={value}. Use: {known}")
    return Toxic(kind, stream, toxicity, numbers)


def effect(item: Toxic, roll: random.Random) -> Effect:
    """What the toxic does to one way of one connection, with chances of its own."""
    return KINDS[item.kind][0](item.numbers, roll)


def _number(text: str, name: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise ToxicError(f"{text}: {name} must be a number, 0 or more, not {value or 'nothing'}")
    return number

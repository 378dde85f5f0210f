"""Spoils what is valid: JSON values, texts and addresses, each by one or a few changes drawn from a seed."""

import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from random import Random
from typing import Any

DEEP = 10_000
NASTY_TEXTS = (
    "", " ", "\x00", "a\x00b", "\r\nX-Injected: 1", "\x1b[31m", "\ud800", "\udfff\ud800", "\u202e", "\ufeff", "\uffff",
    "\U0001f4a9", "é" * 300, "%00", "%", "%zz", "{}", "{0.__class__}", "${7*7}", "' OR 1=1 --", "'; DROP TABLE row; --",
    "../../etc/passwd", "..%2f..%2f", "/", "\\", "//", "null", "undefined", "NaN", "-Infinity", "1e999", "-1", "0",
    "９９", "٣", "²", "1_000", "0x10", "+5", "007", "9" * 30, "9" * 5000, "a" * 70_000, "@{a.id}", "=1+1", "<b>", "]]>",
    "&x;", "2026-02-30", "0000-00-00", "9999-12-31T23:59:59.999Z", "-0001-01-01", "2026-13-01T25:61:61Z", "99999-01-01",
    "a@b", "501;502", "__proto__", "constructor", "id", "Id", "true", "i\u0307", "ß", "a,b,,", ",", "*", ".*",
    "(", "[", "\\d+",
)  # fmt: skip
NASTY_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**30, 10**400, 1.5, -0.0, 1e308, float("nan"),
    float("inf"), float("-inf"), [], {}, [[]], [None], {"": None}, {"id": {}}, [{"a": [1]}], {"a": {"b": {"c": 1}}},
    ["a"] * 2000, {str(n): n for n in range(500)}, [[[[[[[[1]]]]]]]],
)  # fmt: skip
Change = Callable[[Random, Any], Any]


def text(chance: Random) -> str:
    """A text that programs stumble over."""
    return chance.choice(NASTY_TEXTS)


def value(chance: Random) -> Any:
    """A JSON value where none of its kind is expected; it may be none of JSON's (NaN)."""
    return text(chance) if chance.random() < 0.5 else deepcopy(chance.choice(NASTY_VALUES))


def spoiled(chance: Random, whole: Any, times: int = 1) -> Any:
    """A copy of a JSON value in which that many places, drawn at random, are changed."""
    copy = json.loads(json.dumps(whole))
    for _ in range(times):
        copy = _changed(chance, copy)
    return copy


def _changed(chance: Random, whole: Any) -> Any:
    """The value with one place in it changed; places far down are as likely as those on top."""
    inner: list[Any] = list(whole) if isinstance(whole, dict) else list(range(len(whole))) if _many(whole) else []
    if not inner or chance.random() < 0.25:
        return _replaced(chance, whole)
    key = chance.choice(inner)
    if chance.random() < 0.12:
        del whole[key]
    else:
        whole[key] = _changed(chance, whole[key])
    return whole


def _many(whole: Any) -> bool:
    return isinstance(whole, list)


def _replaced(chance: Random, whole: Any) -> Any:
    kind = chance.random()
    if kind < 0.6:
        return value(chance)
    if kind < 0.7:
        return [whole]
    if kind < 0.8:
        return {"value": whole, text(chance): value(chance)}
    if kind < 0.9 and isinstance(whole, dict):
        return {**whole, text(chance): value(chance)}
    return [whole] * 3 if not isinstance(whole, str) else whole + text(chance)


def raw(chance: Random, body: bytes) -> bytes:
    """Bytes that are no JSON any more, or only just."""
    broken: Sequence[bytes] = (
        b"", b"\xff\xfe", b"\xc3\x28", b"\xef\xbb\xbf" + body, body[: len(body) // 2], body + body, b"\x00" + body,
        b"[" * DEEP, b"[" * DEEP + b"]" * DEEP, b'{"inputs":' * DEEP + b"1" + b"}" * DEEP, b"9" * 10_000,
        b'{"a":1' + b"0" * 5000 + b"}", b"{'id': 1}", b"NaN", b"Infinity", b'"\\ud800"', b'{"id":"\\ud800"}',
        b"//x\n{}",
        b'{"inputs":[{"id":"1","id":"2"}],"inputs":[]}', b"null", b"true", b'"text"', b"12",
        body.decode().encode("utf-16"),
        body.replace(b"1", b"1e999"), body.replace(b'"', b"'"), body.replace(b":", b"="), b"\n" * 5000 + body,
        body.replace(b"}", b",}"), b"%7B%7D", b"a=b&c=d", b"<xml/>", b'{"a":"' + b"x" * 300_000 + b'"}',
    )  # fmt: skip
    return chance.choice(broken)


def cut(chance: Random, whole: str) -> str:
    """A text with a few pieces taken out, doubled, swapped, or with something else put between."""
    for _ in range(chance.randint(1, 3)):
        a, b = sorted((chance.randint(0, len(whole)), chance.randint(0, len(whole))))
        piece = whole[a:b][:40]
        after = whole[a + len(piece) :]
        whole = whole[:a] + chance.choice(("", piece * 2, piece[::-1], text(chance)[:200], piece.swapcase())) + after
    return whole


def words(chance: Random, whole: str) -> str:
    """A text with whole words taken out, doubled, exchanged or replaced."""
    parts = whole.split(" ")
    for _ in range(chance.randint(1, 3)):
        n, m = chance.randrange(len(parts)), chance.randrange(len(parts))
        changed = ("", parts[m], f"{parts[n]} {parts[n]}", f"({parts[n]}", f"{parts[n]})", text(chance)[:100], "NULL")
        parts[n] = chance.choice(changed)
    return " ".join(parts)

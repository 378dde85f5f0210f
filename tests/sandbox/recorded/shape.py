"""The shape of two bodies compared: keys, types, nulls and formats everywhere, values where the names say so."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

FORMATS = (
    ("uuid", re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)),
    ("UTC time", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")),
    ("time with offset", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:?\d\d")),
    ("date", re.compile(r"\d{4}-\d\d-\d\d")),
    ("digits", re.compile(r"\d+")),
)
MASKED = re.compile(
    r"SCRUBBED|PLACEHOLDER|REDACTED|<[^<>]*>|\bid(id)+\b|user-[0-9a-f]+@example\.com|x{3,}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What may differ, by name; a name is the last key of a path, or several joined by slashes (`results/url`).

    optional: may stand on either side alone. later: the vendor has added it since, it may be answered only.
    gone: the vendor has taken it away since, it may be recorded only. maps: dictionaries keyed by data, with the keys
    to compare (None: all). parts: lists of which the recording shows a part. nullable: null or a value on either
    side. free: not looked at below its type. exact: equal values. loose: any text, whatever its format. keys: what
    tells the items of a list apart.
    """

    optional: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    maps: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    parts: frozenset[str] = frozenset()
    nullable: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    loose: frozenset[str] = frozenset()
    keys: tuple[str, ...] = ("id",)


def named(path: str, names: frozenset[str] | Mapping[str, Any]) -> str | None:
    """The name among `names` that a path ends in, or None."""
    steps = path.split("/")
    return next((name for count in range(1, len(steps)) if (name := "/".join(steps[-count:])) in names), None)


def compare(recorded: Any, answered: Any, tolerance: Tolerance, path: str = "") -> list[str]:
    """Where two JSON values differ in shape, each as `path: how`; empty where they agree."""
    if named(path, tolerance.free) and type(recorded) is type(answered):
        return []
    if isinstance(recorded, dict) and isinstance(answered, dict):
        return list(_keys(recorded, answered, tolerance, path))
    if isinstance(recorded, list) and isinstance(answered, list):
        return _lists(recorded, answered, tolerance, path)
    if (recorded is None) != (answered is None) and named(path, tolerance.nullable):
        return []
    if named(path, tolerance.exact) and not _masked(recorded) and recorded != answered:
        return [f"{path}: {recorded!r} recorded, {answered!r} answered"]
    one, other = form(recorded), form(answered)
    if one == other or (
        isinstance(recorded, str) and isinstance(answered, str) and _any_text(recorded, path, tolerance)
    ):
        return []
    return [f"{path or '/'}: {one} recorded, {other} answered"]


def _any_text(recorded: str, path: str, tolerance: Tolerance) -> bool:
    return form(recorded) == "text" or _masked(recorded) or named(path, tolerance.loose) is not None


def _masked(value: Any) -> bool:
    return isinstance(value, str) and MASKED.search(value) is not None


def form(value: Any) -> str:
    """The type of a JSON value, and the format of a text."""
    if isinstance(value, str):
        return next((name for name, pattern in FORMATS if pattern.fullmatch(value)), "text")
    if isinstance(value, dict | list):
        return "object" if isinstance(value, dict) else "list"
    # 9500 and 9500.0 are the same number to JSON.
    return {bool: "boolean", int: "number", float: "number"}.get(type(value), "null")


def _keys(recorded: dict[str, Any], answered: dict[str, Any], tolerance: Tolerance, path: str) -> Iterator[str]:
    name = named(path, tolerance.maps)
    chosen = tolerance.maps[name] if name else None
    for key in sorted(recorded.keys() | answered.keys()):
        here = f"{path}/{key}"
        if chosen is not None and key not in chosen:
            continue
        if key in recorded and key in answered:
            yield from compare(recorded[key], answered[key], tolerance, here)
        elif named(here, tolerance.optional) is None:
            side, excused = ("recorded", tolerance.gone) if key in recorded else ("answered", tolerance.later)
            if named(here, excused) is None:
                yield f"{here}: only {side}"


def _lists(recorded: list[Any], answered: list[Any], tolerance: Tolerance, path: str) -> list[str]:
    """Items are paired by their key where both have it, else each with the item most like it."""
    part = named(path, tolerance.parts) is not None
    if len(recorded) > len(answered) or (len(recorded) != len(answered) and not part):
        return [f"{path}: {len(recorded)} items recorded, {len(answered)} answered"]
    left, found = list(answered), []
    for item in recorded:
        best = min(_candidates(item, left, tolerance, path), key=lambda pair: len(pair[1]))
        left.pop(best[0])
        found += best[1]
    return found


def _candidates(item: Any, left: list[Any], tolerance: Tolerance, path: str) -> Iterator[tuple[int, list[str]]]:
    same = [place for place, other in enumerate(left) if _same(item, other, tolerance)]
    for place in same or range(len(left)):
        differences = compare(item, left[place], tolerance, path)
        yield place, differences
        if not differences:
            return


def _same(one: Any, other: Any, tolerance: Tolerance) -> bool:
    """Whether two items bear the same key."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return False
    return any(key in one and key in other and one[key] == other[key] for key in tolerance.keys)

"""What scripted actions do to an answer on its way to the client."""

import gzip
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sandbox.wire import Response

NOISE = bytes(range(256))
HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in to the network.</body></html>"


class Dropped(Exception):
    """The connection ends without an answer; `applied` says whether the call had taken effect, `reset` how it ends."""

    def __init__(self, applied: bool, reset: bool = False) -> None:
        super().__init__("dropped after the call took effect" if applied else "dropped before the call took effect")
        self.applied = applied
        self.reset = reset


def spoiled(response: Response, item: Mapping[str, Any], previous: Response, listing: bool) -> Response:
    """The answer after one action; actions that do not touch answers leave it."""
    if "apply_then" in item and item["apply_then"] != "drop":
        return scripted(item["apply_then"], item)
    if "hide" in item:
        return _rows(response, frozenset(map(str, item["hide"]))) if listing else response
    if "garble" in item:
        return previous if item["garble"] == "swap" else GARBLED[item["garble"]](response)
    if "truncate" in item:
        headers = {**response.headers, "Content-Length": str(len(response.body))}
        return replace(response, body=response.body[: int(item["truncate"])], headers=headers)
    if "drip" in item:
        return replace(response, drip=(int(item["drip"]), int(item.get("every_ms", 100))))
    return _dressed(response, item)


def _dressed(response: Response, item: Mapping[str, Any]) -> Response:
    """The actions on fields, headers and encoding."""
    if "hide_fields" in item:
        return _changed(response, lambda value: _without(value, frozenset(map(str, item["hide_fields"]))))
    if "set_json" in item:
        return _changed(response, lambda value: _set_all(value, item["set_json"]))
    if "set_headers" in item:
        return _headed(response, item["set_headers"])
    if "gzip" in item:
        return _encoded(response, gzip.compress(response.body, mtime=0))
    return _encoded(response, bomb(int(item["bomb"]))) if "bomb" in item else response


def scripted(status: int, item: Mapping[str, Any]) -> Response:
    """The answer an action spells out; `body` is text, or JSON for anything else."""
    body = item.get("body", "")
    plain = Response(int(status), str(body).encode("utf-8"), {"Content-Type": "text/html"})
    return _headed(plain if isinstance(body, str) else Response.of_json(int(status), body), item.get("headers", {}))


@lru_cache(maxsize=2)
def bomb(size: int) -> bytes:
    """A gzip stream that unpacks to a JSON array of this many bytes, nearly all of them white space."""
    packer = zlib.compressobj(9, wbits=31)
    piece = b" " * 65536
    parts = [packer.compress(b"[")]
    parts += [packer.compress(piece[: min(65536, size - at)]) for at in range(0, size, 65536)]
    return b"".join([*parts, packer.compress(b"]"), packer.flush()])


def _headed(response: Response, headers: Mapping[str, Any]) -> Response:
    """With these headers in place of others of their names; null removes one."""
    lowered = {name.lower() for name in headers}
    kept = {name: text for name, text in response.headers.items() if name.lower() not in lowered}
    new = {name: str(text) for name, text in headers.items() if text is not None}
    return replace(response, headers={**kept, **new})


def _encoded(response: Response, body: bytes) -> Response:
    return replace(response, body=body, headers={**response.headers, "Content-Encoding": "gzip"})


def _changed(response: Response, change: Callable[[Any], Any]) -> Response:
    """The answer with its JSON changed; one that is no JSON stays."""
    try:
        value = json.loads(response.body)
    except ValueError:
        return response
    return Response.of_json(response.status, change(value), response.headers)


def _listed(value: Any) -> str | None:
    """Where the rows of an answer stand: HubSpot says `results`, Salesforce `records` or `compositeResponse`."""
    names = ("results", "records", "compositeResponse")
    return next((name for name in names if isinstance(value, dict) and name in value), None)


def _with_rows(response: Response, change: Callable[[list[Any]], list[Any]]) -> Response:
    def changed(value: Any) -> Any:
        if isinstance(value, list):
            return change(value)
        name = _listed(value)
        return {**value, name: change(value[name])} if name else value

    return _changed(response, changed)


def _rows(response: Response, ids: frozenset[str]) -> Response:
    """A listing without the rows of these ids."""
    return _with_rows(response, lambda rows: [row for row in rows if str(row.get("id", row.get("Id"))) not in ids])


def _without(value: Any, names: frozenset[str]) -> Any:
    """The value without keys of these names at any depth, and without list entries that are named so."""
    if isinstance(value, dict):
        return {key: _without(inner, names) for key, inner in value.items() if key not in names}
    if isinstance(value, list):
        named = [item for item in value if not (isinstance(item, dict) and item.get("name") in names)]
        return [_without(item, names) for item in named]
    return value


def _set_all(value: Any, changes: Mapping[str, Any]) -> Any:
    for path, new in changes.items():
        value = _set(value, str(path).split("."), new)
    return value


def _set(value: Any, path: list[str], new: Any) -> Any:
    """The value with the place at the end of the path set; places that are not there are made, but not in lists."""
    if not path:
        return new
    if isinstance(value, list) and path[0].isdigit() and int(path[0]) < len(value):
        place = int(path[0])
        return [_set(item, path[1:], new) if at == place else item for at, item in enumerate(value)]
    known = value if isinstance(value, dict) else {}
    return {**known, path[0]: _set(known.get(path[0]), path[1:], new)}


def _other_ids(value: Any) -> Any:
    """The value with its ids, and those of its rows and of the bodies within them, one character off."""
    if isinstance(value, list):
        return [_other_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    off = {name: _off(value[name]) for name in ("id", "Id") if isinstance(value.get(name), str)}
    names = {_listed(value), "body"} & value.keys()
    return {**value, **off, **{name: _other_ids(value[name]) for name in names}}


def _off(text: str) -> str:
    return text[:-1] + ("1" if text[-1:] == "0" else "0")


GARBLED: Mapping[str, Callable[[Response], Response]] = {
    "empty": lambda response: _with_rows(response, lambda rows: []),
    "reorder": lambda response: _with_rows(response, lambda rows: rows[::-1]),
    "omit": lambda response: _with_rows(response, lambda rows: rows[:-1]),
    "repeat": lambda response: _with_rows(response, lambda rows: rows + rows[-1:]),
    "wrong_id": lambda response: _changed(response, _other_ids),
    "wrong_type": lambda response: _headed(response, {"Content-Type": "text/html; charset=utf-8"}),
    "html": lambda response: Response(response.status, HTML, {"Content-Type": "text/html; charset=utf-8"}),
    "noise": lambda response: replace(response, body=(NOISE * (len(response.body) // 256 + 1))[: len(response.body)]),
    "not_utf8": lambda response: replace(response, body=response.body.replace(b":", b":\xff", 1)),
}

"""The JSON forms of changes and ties, and the one canonical text: what plans, journals and findings are written in."""

import json
from collections.abc import Mapping
from typing import Any

from connectors.changes import (
    Archive,
    Change,
    Connect,
    Create,
    Merge,
    Restore,
    Set,
    Settle,
    Survivor,
    Target,
    Unlink,
    verb,
)
from connectors.records import Link, Ref
from connectors.values import dump_fields, load_fields


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted names, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def dump_change(change: Change) -> dict[str, Any]:
    """The JSON form of a change: its verb and its own words."""
    head = {"verb": verb(change)}
    match change:
        case Set():
            body = {
                "ref": _target(change.ref),
                "before": dump_fields(change.before),
                "after": dump_fields(change.after),
            }
        case Settle():
            body = {"ref": _target(change.ref), "after": dump_fields(change.after)}
        case Merge():
            merged = [str(ref) for ref in change.merged]
            body = {"ref": _target(change.survivor), "merged": merged, "carry": dump_fields(change.carry)}
        case Create():
            place = {"workspace": change.workspace, "kind": change.kind}
            body = {**place, "key": change.key, "key_field": change.key_field, "fields": dump_fields(change.fields)}
        case Connect() | Unlink():
            body = {"ref": _target(change.ref), **dump_link(change.link)}
        case Archive() | Restore():
            body = {"ref": str(change.ref)}
    return head | body


def load_change(data: Mapping[str, Any]) -> Change:
    """The change that `dump_change` wrote."""
    match data["verb"]:
        case "set":
            return Set(_load_target(data["ref"]), load_fields(data["after"]), load_fields(data["before"]))
        case "settle":
            return Settle(_load_target(data["ref"]), load_fields(data["after"]))
        case "merge":
            merged = tuple(Ref.parse(item) for item in data["merged"])
            return Merge(_load_target(data["ref"]), merged, load_fields(data["carry"]))
        case "create":
            fields = load_fields(data["fields"])
            return Create(data["workspace"], data["kind"], data["key"], fields, data["key_field"])
        case "link" | "unlink" as word:
            return (Connect if word == "link" else Unlink)(_load_target(data["ref"]), load_link(data))
        case "archive" | "restore" as word:
            return (Archive if word == "archive" else Restore)(Ref.parse(data["ref"]))
    raise ValueError(f"no such verb: {data['verb']!r}")


def dump_link(link: Link) -> dict[str, str]:
    """The JSON form of a tie."""
    return {"to": str(link.to), "label": link.label, "direction": link.direction}


def load_link(data: Mapping[str, Any]) -> Link:
    """The tie that `dump_link` wrote."""
    return Link(Ref.parse(data["to"]), data["label"], data["direction"])


def _target(ref: Target) -> Any:
    return {"survivor": ref.step} if isinstance(ref, Survivor) else str(ref)


def _load_target(data: Any) -> Target:
    return Survivor(data["survivor"]) if isinstance(data, dict) else Ref.parse(data)

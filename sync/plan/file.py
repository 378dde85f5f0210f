"""The plan as a file: canonical JSON, one group a line, identified by the SHA-256 of its bytes."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from connectors.changes import Way
from connectors.errors import RefusedError, UsageError
from connectors.records import Ref
from connectors.values import dump, dump_fields, load, load_fields, moment
from hygiene.check import Evidence
from sync.forms import canonical, dump_change, load_change
from sync.plan.model import About, Expectation, Grade, Group, Impact, Plan, Step, Workspace

FORMATS = (1, 2)
"""The formats that are read; a plan is written in the lowest that can say all of it, and the second says impact."""
MAX_BYTES = 256 * 1024 * 1024


def encode(plan: Plan) -> bytes:
    """The one byte form of a plan."""
    header = {
        "format": FORMATS[any(group.impact for group in plan.groups)],
        "tool": plan.tool,
        "made_at": moment(plan.made_at),
        "expires_at": moment(plan.expires_at),
        "config": plan.config,
        "undoes": plan.undoes,
        "workspaces": {name: _workspace(item) for name, item in plan.workspaces.items()},
        "counts": plan.counts(),
    }
    lines = ",\n".join(canonical(_group(group)) for group in plan.groups)
    return f'{{"plan":{canonical(header)},\n"groups":[\n{lines}\n]}}\n'.encode()


def plan_hash(content: bytes) -> str:
    """What an approval names."""
    return hashlib.sha256(content).hexdigest()


def decode(content: bytes) -> Plan:
    """The plan of a file; `RefusedError` unless writing it again gives the same bytes."""
    try:
        plan = _load_plan(json.loads(content))
        whole = encode(plan) == content
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise RefusedError(f"not a plan of this tool ({type(error).__name__})", "Make it again with `plan`") from None
    if not whole:
        raise RefusedError("the plan file was changed by hand", "Make it again with `plan`; edit the rules instead")
    return plan


def _load_plan(data: Mapping[str, Any]) -> Plan:
    header = data["plan"]
    if header["format"] not in FORMATS:
        known = " and ".join(map(str, FORMATS))
        raise RefusedError(f"the plan has format {header['format']}, this version reads {known}", "Plan again")
    return Plan(
        _text(header["tool"]),
        datetime.fromisoformat(header["made_at"]),
        datetime.fromisoformat(header["expires_at"]),
        _text(header["config"]),
        MappingProxyType({name: _load_workspace(name, item) for name, item in header["workspaces"].items()}),
        tuple(_load_group(item) for item in data["groups"]),
        _text(header["undoes"]),
    )


def read(path: Path) -> bytes:
    """The bytes of a plan file, read once so that nothing can change between check and use."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", "Name a plan file made by `revops-sync plan`") from None
    if len(content) > MAX_BYTES:
        raise UsageError(f"{path} is larger than any plan this tool makes")
    return content


def _workspace(item: Workspace) -> dict[str, Any]:
    pulled = {kind: moment(at) for kind, at in item.pulled_at.items()}
    facts = {"production": item.production, "api_version": item.api_version}
    return {**facts, "schema": dict(item.schema), "pulled_at": pulled, "calls": dict(item.calls)}


def _load_workspace(name: str, item: Mapping[str, Any]) -> Workspace:
    pulled = {kind: datetime.fromisoformat(at) for kind, at in item["pulled_at"].items()}
    maps = (MappingProxyType(found) for found in (item["schema"], pulled, item["calls"]))
    return Workspace(name, item["production"], item["api_version"], *maps)


def _group(group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "check": group.check,
        "finding": group.finding,
        "title": group.title,
        "grade": group.grade.value,
        "after": list(group.after),
        **({"way": group.way.value} if group.way else {}),
        "why": dict(group.why),
        "evidence": [asdict(item) for item in group.evidence],
        "expects": [_expectation(item) for item in group.expects],
        "steps": [{"id": step.id, **dump_change(step.change)} for step in group.steps],
        **({"impact": [_impact(item) for item in group.impact]} if group.impact else {}),
    }


def _load_group(data: Mapping[str, Any]) -> Group:
    evidence = (
        Evidence(_text(item["about"]), _text(item["text"]), item["weight"], _texts(item["values"]))
        for item in data["evidence"]
    )
    return Group(
        id=_text(data["id"]),
        check=_text(data["check"]),
        finding=_text(data["finding"]),
        title=_text(data["title"]),
        grade=Grade(data["grade"]),
        steps=tuple(Step(_text(item["id"]), load_change(item)) for item in data["steps"]),
        expects=tuple(_load_expectation(item) for item in data["expects"]),
        evidence=tuple(evidence),
        why=MappingProxyType({name: _text(why) for name, why in data["why"].items()}),
        after=_texts(data["after"]),
        way=Way(data.get("way", "")),
        impact=tuple(_load_impact(item) for item in data.get("impact", ())),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    return value


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(_text(value) for value in values)


def _expectation(item: Expectation) -> dict[str, Any]:
    links = {kind: list(ids) for kind, ids in item.links.items()}
    return {"ref": str(item.ref), "fields": dump_fields(item.fields), "links": links}


def _load_expectation(data: Mapping[str, Any]) -> Expectation:
    links = {kind: tuple(ids) for kind, ids in data["links"].items()}
    return Expectation(Ref.parse(data["ref"]), load_fields(data["fields"]), MappingProxyType(links))


def _impact(item: Impact) -> dict[str, Any]:
    values = {"before": dump(item.before), "after": dump(item.after)}
    facts = {"count": item.count, "exact": item.exact, "refs": [str(ref) for ref in item.refs]}
    return {"about": item.about.value, "name": item.name, **values, **facts}


def _load_impact(data: Mapping[str, Any]) -> Impact:
    if not isinstance(data["exact"], bool) or type(data["count"]) is not int:
        raise TypeError("not an effect of a merge")
    values = load(data["before"]), load(data["after"])
    refs = tuple(Ref.parse(ref) for ref in data["refs"])
    return Impact(About(data["about"]), _text(data["name"]), *values, data["count"], data["exact"], refs)

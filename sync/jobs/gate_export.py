"""The gate's rules as a CRM would hold to them by itself: exported, and compared with what it holds to."""

from collections.abc import Iterator
from pathlib import Path

from connectors.errors import UsageError
from connectors.records import ObjectSpec, Pipeline
from hygiene.check import RowCheck, Severity
from sync.jobs.gate import gated, gating
from sync.jobs.pull import seen
from sync.mirror.store import Mirror
from sync.rules import Drift, Export, LeftOut, hubspot, salesforce
from sync.session import Session

MOST = 1_000_000
"""Bytes of a file that is compared."""


def exported(session: Session, crm: str, active: bool = False) -> Export:
    """The rules of every gated pipeline of the CRM's account; `active` Salesforce rules stop people once deployed."""
    mirror = seen(session)
    files: dict[str, str] = {}
    rules, left = _objecting(session)
    for pipeline, spec in _pipelines(session, mirror, crm):
        found = (
            hubspot.export(rules, pipeline, spec)
            if crm == "hubspot"
            else salesforce.export(rules, pipeline, spec, active)
        )
        files |= found.files
        left += [item for item in found.left_out if item not in left]
    return Export(files, tuple(left))


def drift(session: Session, crm: str, folder: Path) -> list[Drift]:
    """How the rules that were retrieved into a folder, or anywhere below it, differ from the gate's."""
    endings = {".json"} if crm == "hubspot" else {".xml"}
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder", "Name the one that the rules were retrieved into")
    theirs = {str(path): _text(path) for path in sorted(folder.rglob("*")) if path.suffix in endings}
    ours = exported(session, crm).files
    return list((hubspot if crm == "hubspot" else salesforce).drift(ours, theirs))


def written(found: Export, folder: Path) -> list[Path]:
    """The files, put below a folder in place of those of the same names."""
    places = []
    for name, text in found.files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
        places.append(place)
    return places


def _objecting(session: Session) -> tuple[list[RowCheck], list[LeftOut]]:
    """The gate's checks, and those that are too mild to object to anything."""
    ranks, least = list(Severity), session.settings.config.gate.severity
    rules: list[RowCheck] = []
    left: list[LeftOut] = []
    for check, _ in gating(session):
        if ranks.index(getattr(check, "severity", least)) >= ranks.index(least):
            rules.append(check)
        else:
            left.append(LeftOut(check.label, "all of it", f"milder than the gate's `severity`, which is {least.value}"))
    return rules, left


def _pipelines(session: Session, mirror: Mirror, crm: str) -> Iterator[tuple[Pipeline, ObjectSpec]]:
    there = [item for item in mirror.pipelines("deal") if item.workspace.startswith(f"{crm}:")]
    if len(accounts := {item.workspace for item in there}) != 1:
        raise UsageError(f"the mirror has the pipelines of {len(accounts)} {crm} accounts", "Pull one account into it")
    for pipeline in there:
        spec = mirror.spec(pipeline.workspace, "deal")
        if spec and gated(pipeline, session.settings.config.gate.pipelines):
            yield pipeline, spec


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST:
            raise UsageError(f"{path}: too big for a rule", "Name the folder of the rules alone")
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {type(error).__name__}", "Retrieve it again") from None

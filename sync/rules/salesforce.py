"""The gate's rules as Salesforce's validation rules, in the files of its metadata."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from xml.etree import ElementTree

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from connectors.errors import UsageError
from connectors.records import FieldSpec, ObjectSpec, Pipeline, Stage
from hygiene.blank import ZERO
from hygiene.check import RowCheck
from hygiene.checks.exit_criteria import ExitCriteria
from hygiene.checks.required_field import LINKED, RequiredField
from hygiene.checks.stage_return import StageReturn
from hygiene.checks.stage_skip import StageSkip
from sync.rules import Drift, Export, LeftOut
from sync.rules.formula import (
    ACCOUNT,
    CHANGED,
    LONGEST,
    STAGE,
    Unsayable,
    ahead,
    back,
    blank,
    both,
    met,
    passed,
    stands_in,
)

SPACE = "http://soap.sforce.com/2006/04/metadata"
FOLDER = PurePosixPath("objects/Opportunity/validationRules")
ENDING, OURS = ".validationRule-meta.xml", "Revops_"
NAME, MESSAGE = 40, 255
"""Characters that a rule's name and its message may have."""
FROM_HISTORY = "stricter where a deal stood in a skipped stage before: a formula sees only the stage that it left"


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a check asks of a deal, the formula that is true where it is lacking, and where that is shown."""

    rule: str
    what: str
    formula: str
    field: str
    message: str


def export(rules: Sequence[RowCheck], pipeline: Pipeline, spec: ObjectSpec, active: bool = False) -> Export:
    """A file for each thing that the rules ask of a deal of the pipeline; `active` rules stop people once deployed."""
    fields = {field.name: field for field in spec.fields}
    files: dict[str, str] = {}
    left: list[LeftOut] = []
    for check in rules:
        for item in _asked(check, pipeline, fields):
            if isinstance(item, LeftOut):
                left.append(item)
            elif len(item.formula) > LONGEST:
                left.append(LeftOut(item.rule, item.what, f"its formula has more than {LONGEST:,} characters"))
            else:
                name = _name(item, files)
                files[str(FOLDER / f"{name}{ENDING}")] = _xml(name, item, active)
    return Export(files, tuple(left))


def drift(ours: Mapping[str, str], theirs: Mapping[str, str]) -> Iterator[Drift]:
    """How rules as they were retrieved differ from ours; `theirs` are the texts of files by path, whatever folder they
    lie in. Rules that are not ours are none of our business."""
    there = {PurePosixPath(path).name: _read(path, text) for path, text in theirs.items() if path.endswith(ENDING)}
    for path, text in ours.items():
        name = PurePosixPath(path).name
        mine, found = _read(path, text), there.get(name)
        if found is None:
            yield Drift(path, "is missing")
        elif _plain(found["errorConditionFormula"]) != _plain(mine["errorConditionFormula"]):
            yield Drift(path, "has another formula")
        elif found["active"] != "true":
            yield Drift(path, "is not active")
    for name in sorted(there.keys() - {PurePosixPath(path).name for path in ours}):
        if name.startswith(OURS):
            yield Drift(str(FOLDER / name), "is there, and no rule of the gate asks for it any more")


def _asked(check: RowCheck, pipeline: Pipeline, fields: dict[str, FieldSpec]) -> Iterator[Asked | LeftOut]:
    match check:
        case RequiredField():
            yield from _required(check, pipeline, fields)
        case ExitCriteria():
            yield from _criteria(check, pipeline, fields)
        case StageSkip():
            yield from _skipped(check, pipeline)
        case StageReturn():
            yield from _returned(check, pipeline)
        case _:
            yield LeftOut(check.label, "all of it", "only the gate itself can ask it")


def _required(check: RequiredField, pipeline: Pipeline, fields: dict[str, FieldSpec]) -> Iterator[Asked | LeftOut]:
    """A rule a field, for all the stages that ask for it."""
    stages: dict[str, list[Stage]] = {}
    for stage in pipeline.stages:
        for name in check.asked(pipeline, stage):
            stages.setdefault(name, []).append(stage)
    for name, where in stages.items():
        try:
            lacks = _lacks(check, name, fields)
        except Unsayable as error:
            yield LeftOut(check.label, name, str(error))
            continue
        if lacks:
            formula = both(CHANGED, ahead(pipeline), stands_in(where), lacks)
            shown = ACCOUNT if name in LINKED else fields[name].native
            yield Asked(check.label, name, formula, shown, f"{name} is missing. {check.mend}")


def _lacks(check: RequiredField, name: str, fields: dict[str, FieldSpec]) -> str:
    """When a deal lacks a name; empty where it never does: yes and no are never empty."""
    if name == "company":
        return f"ISBLANK({ACCOUNT})"
    if name in LINKED:
        raise Unsayable(f"a formula does not see which {name} records are tied to the deal")
    if name in fields and fields[name].type == "boolean":
        return ""
    none = check.numbers.get(name, ()) if check.zero_counts else (*ZERO, *check.numbers.get(name, ()))
    return blank(fields.get(name), check.placeholders, none)


def _criteria(check: ExitCriteria, pipeline: Pipeline, fields: dict[str, FieldSpec]) -> Iterator[Asked | LeftOut]:
    """A rule a criterion, for all the stages beyond the one that it closes."""
    still_open = [stage for stage in pipeline.stages if not stage.closed]
    for number, stage in enumerate(still_open):
        beyond = [*still_open[number + 1 :], *(item for item in pipeline.stages if item.closed and item.won)]
        for item in check.asked(pipeline, stage):
            what = f"{item.name} on leaving {stage.label}"
            try:
                lacks = f"NOT({met(item, fields)})"
            except Unsayable as error:
                yield LeftOut(check.label, what, str(error))
                continue
            formula = both(CHANGED, ahead(pipeline), stands_in(beyond), lacks)
            yield Asked(check.label, what, formula, STAGE, f"Not met: {what}. {check.mend}")


def _skipped(check: StageSkip, pipeline: Pipeline) -> Iterator[Asked | LeftOut]:
    """One rule: a stage lies between the one that the deal left and the one that it stands in."""
    free = {name.casefold() for name in check.optional}
    still_open = [stage for stage in pipeline.stages if not stage.closed]
    held = [stage for stage in still_open if free.isdisjoint((stage.id.casefold(), stage.label.casefold()))]
    won = [stage for stage in pipeline.stages if stage.closed and stage.won] if check.won else []
    formula = both("NOT(ISNEW())", f"ISCHANGED({STAGE})", passed(pipeline, held, won))
    yield Asked(check.label, "skipped", formula, STAGE, f"A stage was skipped. {check.mend}")
    if not check.again:
        yield LeftOut(check.label, "stages that the deal stood in before", FROM_HISTORY)
    yield LeftOut(check.label, "deals that were opened again", "a formula sees only that the deal was closed")


def _returned(check: StageReturn, pipeline: Pipeline) -> Iterator[Asked | LeftOut]:
    formula = both("NOT(ISNEW())", f"ISCHANGED({STAGE})", back(pipeline, check.least))
    yield Asked(check.label, "back", formula, STAGE, f"The deal goes back. {check.mend}")


def _name(item: Asked, taken: Mapping[str, str]) -> str:
    """A name of letters, digits and single underscores that no other rule has."""
    plain = re.sub(r"[^A-Za-z0-9]+", "_", f"{item.rule} {item.what}").strip("_")
    number, name = 1, f"{OURS}{plain}"[:NAME].strip("_")
    while str(FOLDER / f"{name}{ENDING}") in taken:
        number += 1
        name = f"{OURS}{plain}"[: NAME - 4].strip("_") + f"_{number}"
    return name


def _xml(name: str, item: Asked, active: bool) -> str:
    root = ElementTree.Element("ValidationRule", xmlns=SPACE)
    cells = {
        "fullName": name,
        "active": "true" if active else "false",
        "description": f"Made by revops-sync from its gate's rule {item.rule}: change it there"[:MESSAGE],
        "errorConditionFormula": item.formula,
        "errorDisplayField": item.field,
        "errorMessage": item.message[:MESSAGE],
    }
    for tag, value in cells.items():
        ElementTree.SubElement(root, tag).text = value
    ElementTree.indent(root, "    ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _read(path: str, content: str) -> dict[str, str]:
    """A rule's cells; `UsageError` for what is no rule."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException):
        raise UsageError(f"{path}: not the XML of a validation rule", "Retrieve it again") from None
    return {tag: root.findtext(f"{{{SPACE}}}{tag}") or "" for tag in ("active", "errorConditionFormula")}


def _plain(formula: str) -> str:
    """A formula without what people change in its looks."""
    return re.sub(r"\s+", "", formula)

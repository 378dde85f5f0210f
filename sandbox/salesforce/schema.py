"""The sObject types, their fields and how they refer to each other, read from the compact catalog."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sandbox.salesforce.catalog import SHEETS
from sandbox.salesforce.catalog.custom import custom_sheet
from sandbox.salesforce.catalog.person import PERSON_LINES
from sandbox.salesforce.catalog.picklists import PICKLISTS
from sandbox.salesforce.ids import KEY_PREFIXES
from sandbox.salesforce.switches import switch
from sandbox.store import Store

LINE = re.compile(r"(?P<name>\w+)\s+(?P<type>\w+)(?::(?P<size>[\d.]+))?\s+(?P<flags>[a-z-]+)\s+(?P<label>[^;]+)")
LENGTHS = {"id": 18, "reference": 18}
TEXT = frozenset({"string", "picklist", "textarea", "url", "phone", "email", "combobox"})
DECIMAL = frozenset({"double", "currency", "percent"})
KEYS = frozenset({"id", "reference"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `size` is the length of a text or the precision of a number, `refers_to` names sObject types."""

    name: str
    type: str
    label: str
    size: int = 0
    scale: int = 0
    flags: str = ""
    relationship: str | None = None
    refers_to: tuple[str, ...] = ()
    child_name: str | None = None
    cascades: bool = False
    values: tuple[str, ...] = ()
    part_of: str | None = None
    default: str | None = None

    @property
    def nillable(self) -> bool:
        """May be empty."""
        return "n" in self.flags

    @property
    def createable(self) -> bool:
        """May be given on create."""
        return "c" in self.flags

    @property
    def updateable(self) -> bool:
        """May be changed later."""
        return "u" in self.flags

    @property
    def required(self) -> bool:
        """Must be given on create."""
        return self.createable and not self.nillable and "d" not in self.flags

    @property
    def external_id(self) -> bool:
        """A unique key of another system."""
        return "x" in self.flags

    @property
    def custom(self) -> bool:
        """Made by the customer."""
        return self.name.endswith("__c")


@dataclass(frozen=True, slots=True)
class SObject:
    """One sObject type; `abilities` holds the flags of its describe that are true."""

    name: str
    kind: str
    label: str
    plural: str
    abilities: frozenset[str]
    fields: dict[str, Field]
    key_prefix: str = ""

    @property
    def prefix(self) -> str:
        """The first three characters of its ids."""
        return self.key_prefix or KEY_PREFIXES[self.kind]

    def field(self, name: str) -> Field | None:
        """The field of this name in any case."""
        return self.fields.get(name.lower())

    def relation(self, name: str) -> Field | None:
        """The reference field behind a relationship name in any case, such as `Account` or `Owner`."""
        wanted = name.lower()
        return next((field for field in self.fields.values() if (field.relationship or "").lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Child:
    """One way in which records of another type hang below a record."""

    sobject: SObject
    field: Field


class Schema:
    """Every sObject type of the organization."""

    def __init__(self, sobjects: Iterable[SObject]):
        self.sobjects = {sobject.name.lower(): sobject for sobject in sobjects}
        self.by_kind = {sobject.kind: sobject for sobject in self.sobjects.values()}
        self.by_prefix = {sobject.prefix: sobject for sobject in self.sobjects.values()}

    def get(self, name: str) -> SObject | None:
        """The type of this name in any case."""
        return self.sobjects.get(name.lower())

    def of_id(self, id18: str) -> SObject | None:
        """The type that an id belongs to."""
        return self.by_prefix.get(id18[:3])

    def children(self, parent: SObject) -> list[Child]:
        """Every reference that can point at a record of `parent`, its own MasterRecordId aside."""
        return [
            Child(sobject, field)
            for sobject in self.sobjects.values()
            for field in sobject.fields.values()
            if parent.name in field.refers_to and field.name != "MasterRecordId"
        ]


def schema_of(store: Store) -> Schema:
    """The schema with the organization's own switches.

    `custom_fields` adds catalog lines by type name; `custom_objects` adds types: {name: {prefix, fields, …}}, see
    `custom_sheet`; `hidden_fields` lists names by type that field-level security keeps from the API (the vendor then
    leaves them out of describe and refuses queries that name them).
    """
    hidden, customs = (json.dumps(switch(store, name), sort_keys=True) for name in ("hidden_fields", "custom_objects"))
    return _schema(_added(store), hidden, customs)


def whole_schema(store: Store) -> Schema:
    """The schema with the fields that security hides, which the organization itself keeps up all the same."""
    return _schema(_added(store), "{}", json.dumps(switch(store, "custom_objects"), sort_keys=True))


RECORD_TYPE_ID = "RecordTypeId reference ncud Record Type ID; to=RecordType:RecordType"


def _added(store: Store) -> str:
    """The catalog lines that switches add by type, as JSON: custom fields, and RecordTypeId where there are any."""
    lines: dict[str, list[str]] = {name: list(own) for name, own in switch(store, "custom_fields").items()}
    if switch(store, "person_accounts"):
        lines = {name: [*PERSON_LINES.get(name, ()), *lines.get(name, ())] for name in {**PERSON_LINES, **lines}}
    for name, types in switch(store, "record_types").items():
        if types and not any(line.split()[0] == "RecordTypeId" for line in lines.get(name, ())):
            lines.setdefault(name, []).append(RECORD_TYPE_ID)
    return json.dumps(lines, sort_keys=True)


@lru_cache(maxsize=16)
def _schema(added: str, hidden: str, customs: str) -> Schema:
    extra, gone, made = json.loads(added), json.loads(hidden), json.loads(customs)
    own = [_sobject(*sheet, extra, gone) for sheet in SHEETS]
    return Schema([*own, *(_custom(name, spec, extra, gone) for name, spec in made.items())])


def _custom(name: str, spec: dict[str, Any], extra: dict[str, list[str]], gone: dict[str, list[str]]) -> SObject:
    return replace(_sobject(*custom_sheet(name, spec), extra, gone), key_prefix=str(spec["prefix"]))


def _sobject(head: str, lines: str, extra: dict[str, list[str]], gone: dict[str, list[str]]) -> SObject:
    name, kind, label, plural, abilities = (part.strip() for part in head.split("|"))
    rows = [*lines.strip().splitlines(), *extra.get(name, ())]
    fields = [parse_field(line) for line in rows if line.strip()]
    shown = {field.name.lower(): field for field in fields if field.name not in gone.get(name, ())}
    return SObject(name, kind, label, plural, frozenset(abilities.split()), shown)


def parse_field(line: str) -> Field:
    """One catalog line: `name type:size flags label; option=value; ...`.

    Flags: n nillable, c createable, u updateable, d defaulted on create, r restricted picklist, x external id and
    unique, l usable for look-up, m the name field, - none. Options: `to=Relationship:Type,Type<ChildName!` (`!`:
    deleted with its parent), `values=` a picklist or `@one|two`, `in=` the compound field, `default=`.
    """
    head, *tail = (part.strip() for part in line.split(";"))
    found = LINE.fullmatch(head)
    if not found:
        raise ValueError(f"not a catalog line: {line!r}")
    size, _, scale = (found["size"] or "0").partition(".")
    options = dict(option.split("=", 1) for option in tail)
    relationship, targets, child, cascades = _reference(options.get("to", ""))
    return Field(
        name=found["name"],
        type=found["type"],
        label=found["label"].strip(),
        size=LENGTHS.get(found["type"], int(size)),
        scale=int(scale or 0),
        flags=found["flags"].replace("-", ""),
        relationship=relationship,
        refers_to=targets,
        child_name=child,
        cascades=cascades,
        values=_picklist(options.get("values", "")),
        part_of=options.get("in"),
        default=options.get("default"),
    )


def _picklist(text: str) -> tuple[str, ...]:
    return tuple(text[1:].split("|")) if text.startswith("@") else PICKLISTS.get(text, ())


def _reference(text: str) -> tuple[str | None, tuple[str, ...], str | None, bool]:
    if not text:
        return None, (), None, False
    names, _, child = text.rstrip("!").partition("<")
    relationship, _, targets = names.partition(":")
    return relationship or None, tuple(targets.split(",")), child or None, text.endswith("!")

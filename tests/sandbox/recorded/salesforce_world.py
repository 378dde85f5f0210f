"""The organization that a recording presumes: its types, fields and records are gathered, then put into a sandbox."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.app import Sandbox
from sandbox.salesforce.ids import DIGITS, make_id, normalize
from sandbox.salesforce.schema import Field, Schema, SObject, schema_of
from tests.sandbox.recorded.salesforce_driver import Driver
from tests.sandbox.recorded.salesforce_fields import Seen, catalog_line

SHORTEST_ID = 15
ROW_URL = re.compile(r"/sobjects/(\w+)/(\w+)$")


@dataclass(slots=True)
class Type:
    """A type as the recording shows it: `seen` by the lower-case names of fields."""

    name: str
    known: SObject | None
    prefix: str
    seen: dict[str, Seen] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)


class World:
    """What a recording presumes, until `settle` puts it into the sandbox."""

    def __init__(self, sandbox: Sandbox, text: str):
        self.sandbox = sandbox
        self.schema: Schema = schema_of(sandbox.store)
        self.text = text
        self.types: dict[str, Type] = {}
        self.rows: dict[str, tuple[str, dict[str, Any]]] = {}
        self.ids: dict[str, str] = {}
        self.archived: dict[str, str | None] = {}
        self.switches: dict[str, Any] = {}
        # Calls to make once the rest is there; each answers what stands for what in the recorded request.
        # Whether the recorded refusal was of a body that is no JSON.
        self.garbled = False
        self.prepare: list[Callable[[Driver], dict[str, str]]] = []
        self.valid_session = True
        self.may_write = True

    # types and fields

    def type(self, name: str) -> Type:
        """The type of a name, made known if it is not."""
        found = self.types.get(name.lower())
        if found is None:
            known = self.schema.get(name)
            prefix = known.prefix if known else self._prefix(name)
            found = self.types[name.lower()] = Type(known.name if known else name, known, prefix)
        return found

    def _prefix(self, name: str) -> str:
        """The prefix of the ids that the recording shows for a type, else a free one."""
        taken = {each.prefix for each in self.types.values()} | set(self.schema.by_prefix)
        for found in re.findall(rf"/sobjects/{re.escape(name)}/(\w{{15,18}})\b", self.text, re.IGNORECASE):
            if normalize(found) and found[:3] not in taken:
                return str(found[:3])
        free = (f"a{one}{two}" for one in DIGITS for two in DIGITS)
        return next(each for each in free if each not in taken)

    def saw(self, type_name: str, name: str, value: Any = None, **facts: Any) -> Seen:
        """A field is there, with a value or without; `facts` are those of `Seen`."""
        fields = self.type(type_name).seen
        seen = fields.setdefault(name.lower(), Seen(name))
        if value is not None:
            seen.values.append(value)
        for fact, given in facts.items():
            setattr(seen, fact, given)
        return seen

    def known_field(self, type_name: str, name: str) -> Field | None:
        """A field of the catalog."""
        known = self.type(type_name).known
        return known.field(name) if known else None

    def reference(self, type_name: str, relation: str, target: str | None) -> str:
        """The name of the reference field behind a relationship such as `Account` or `Friend__r`."""
        known = self.type(type_name).known
        if known and (found := known.relation(relation)):
            return found.name
        name = f"{relation[:-3]}__c" if relation.endswith("__r") else f"{relation}Id"
        seen = self.type(type_name).seen.get(name.lower())
        target = target or (seen.target if seen else None) or (name if relation.endswith("__r") else relation)
        self.type(target)
        seen = self.saw(type_name, name, target=target, relationship=relation)
        if field := self.known_field(type_name, name):
            seen.line = f"reference {field.flags or '-'} {field.label}; to={relation}:{target}"
        return name

    def child(self, type_name: str, relation: str, child_type: str | None) -> tuple[str, str]:
        """(type, reference field) of the children behind a relationship such as `Opportunities`."""
        known = self.type(type_name).known
        for each in self.schema.children(known) if known else ():
            if (each.field.child_name or "").lower() == relation.lower():
                return each.sobject.name, each.field.name
        child = child_type or f"{relation.removesuffix('__r')}__c"
        name = f"{type_name.removesuffix('__c')}__c"
        self.saw(child, name, target=self.type(type_name).name, child_name=relation)
        return self.type(child).name, name

    # records

    def id(self, type_name: str, given: str | None = None) -> str:
        """The 18-character id of a record: the recorded one where it can be one, else one that stands for it."""
        prefix = self.type(type_name).prefix
        found = normalize(given) if given else None
        if found and found[:3] == prefix:
            return found
        if given and given in self.ids:
            return self.ids[given]
        made = make_id(prefix, 900_000 + len(self.rows) + len(self.ids))
        if given:
            self.ids[given] = made
        return made

    def row(self, type_name: str, given: str | None, values: Mapping[str, Any]) -> str:
        """A record exists with these values; nested parents and children exist too. Answers its id."""
        id18 = self.id(type_name, given or values.get("Id") or values.get("id"))
        own = self.rows.setdefault(id18, (self.type(type_name).name, {}))[1]
        for name, value in values.items():
            if name == "attributes" or name.lower() == "id":
                continue
            if isinstance(value, dict) and "records" in value:
                self._children(type_name, id18, name, value)
            elif isinstance(value, dict) and "attributes" in value:
                own[self.reference(type_name, name, value["attributes"].get("type"))] = self.record(value)
            else:
                own[name] = self._value(type_name, name, value)
        return id18

    def record(self, shown: Mapping[str, Any]) -> str:
        """A record exists as a query or a read shows it."""
        attributes = shown.get("attributes") or {}
        found = ROW_URL.search(str(attributes.get("url", "")))
        return self.row(str(attributes.get("type", "Name")), found[2] if found else None, shown)

    def _children(self, type_name: str, parent: str, relation: str, shown: Mapping[str, Any]) -> None:
        for each in shown["records"]:
            child, name = self.child(type_name, relation, (each.get("attributes") or {}).get("type"))
            self.rows[self.record({"attributes": {"type": child}, **each})][1][name] = parent

    def _value(self, type_name: str, name: str, value: Any) -> Any:
        self.saw(type_name, name, value)
        if isinstance(value, str) and len(value) >= SHORTEST_ID and value in self.ids:
            return self.ids[value]
        return value

    def refers(self, type_name: str, values: Mapping[str, Any]) -> None:
        """What the values of a write point at exists; the fields that they name are there."""
        for name, value in values.items():
            if name == "attributes" or name.lower() == "id":
                continue
            if isinstance(value, dict):
                self._by_key(type_name, name, value)
                continue
            self.saw(type_name, name, value)
            target = self.target(type_name, name, value)
            if target:
                self.row(target, value, {})

    def _by_key(self, type_name: str, relation: str, key: Mapping[str, Any]) -> None:
        """A reference by external id: the field, its target, and a record with that key."""
        target = (key.get("attributes") or {}).get("type") or self._entity(relation)
        name = self.reference(type_name, relation, target)
        target = self.saw(type_name, name).target or self.known_target(type_name, name) or name
        for part, value in key.items():
            if part != "attributes":
                self.saw(target, part, value, external=True)
            if part != "attributes" and f"external ID: {value} not found" not in self.text:
                self.row(target, None, {part: value})

    def _entity(self, relation: str) -> str | None:
        """The type that a refusal in the recording names for a reference by external id."""
        found = re.search(r"not found for field [\w.]+ in entity (\w+)", self.text)
        return found[1] if found and relation.endswith("__r") else None

    def known_target(self, type_name: str, name: str) -> str | None:
        """The first type that a reference of the catalog can point at."""
        known = self.known_field(type_name, name)
        return known.refers_to[0] if known and known.refers_to else None

    def target(self, type_name: str, name: str, value: Any) -> str | None:
        """The type that a value of a reference field points at; None where it is no reference."""
        found = normalize(value) if isinstance(value, str) and len(value) in (15, 18) else None
        known = self.known_field(type_name, name)
        if known:
            of_id = self.schema.of_id(found) if found else None
            return (of_id.name if of_id else known.refers_to[0]) if known.refers_to else None
        if not found or name.lower() == "name":
            return None
        of_id = self.schema.of_id(found)
        of_type = next((each.name for each in self.types.values() if each.prefix == found[:3]), None)
        target = of_id.name if of_id else of_type
        if target:
            self.saw(type_name, name, target=target)
        return target

    # into the sandbox

    def declared(self) -> dict[str, dict[str, Any]]:
        """The switches `custom_objects`, `custom_fields` and `hidden_fields` of what was seen."""
        made: dict[str, dict[str, Any]] = {"custom_objects": {}, "custom_fields": {}, "hidden_fields": {}}
        # A line can make another type known, which is found in the first round.
        for each in [*self.types.values(), *self.types.values()]:
            lines = [catalog_line(self, each.name, seen) for seen in each.seen.values() if self._new(each.name, seen)]
            lines = [line for line in lines if line]
            if each.known:
                made["custom_fields"][each.name] = lines
            else:
                made["custom_objects"][each.name] = {"prefix": each.prefix, "fields": lines, **each.more}
            made["hidden_fields"][each.name] = each.hidden
        return made

    def _new(self, type_name: str, seen: Seen) -> bool:
        """Whether the catalog lacks the field, or the recording tells it whole."""
        return seen.line is not None or self.known_field(type_name, seen.name) is None

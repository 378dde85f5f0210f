"""Ref, Record, Link, FieldSpec, ObjectSpec: the words every layer shares."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from connectors.values import NO_FIELDS, Fields, Value, empty

WORKSPACE = re.compile(r"[a-z]+:[A-Za-z0-9_-]{1,40}")
KIND = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,79}")
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """One object in one CRM account: `hubspot:12345/company/678`."""

    workspace: str
    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.workspace}/{self.kind}/{self.id}"

    @property
    def crm(self) -> str:
        """The name of the CRM, `hubspot` or `salesforce`."""
        return self.workspace.partition(":")[0]

    @classmethod
    def parse(cls, text: str) -> Self:
        """The ref written as `workspace/kind/id`; `ValueError` for anything else."""
        parts = text.split("/")
        patterns = (WORKSPACE, KIND, ID)
        if len(parts) != 3 or not all(p.fullmatch(part) for p, part in zip(patterns, parts, strict=True)):
            raise ValueError(f"not a ref (workspace/kind/id): {text[:80]!r}")
        return cls(*parts)


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A tie from one record to another; `label` is the CRM's name for it, empty for a plain one.

    `direction` is `out` where this record holds the reference (a Salesforce lookup), `in` where the other one
    does, `both` where the CRM keeps the tie apart from either (a HubSpot association).
    """

    to: Ref
    label: str = ""
    direction: str = "both"


@dataclass(frozen=True, slots=True)
class Record:
    """One CRM object as seen. A field that is absent is unknown, one that is None is empty."""

    ref: Ref
    fields: Fields = field(default_factory=lambda: NO_FIELDS)
    links: tuple[Link, ...] = ()
    modified_at: datetime | None = None
    seen_at: datetime | None = None

    def get(self, name: str) -> Value:
        """The value, None where it is empty or unknown."""
        return self.fields.get(name)

    def text(self, name: str) -> str:
        """The value as text, blank where it is empty or unknown."""
        value = self.fields.get(name)
        return "" if empty(value) else str(value).strip()


@dataclass(frozen=True, slots=True)
class Past:
    """One value that a field took `at` a moment; `source` is who or what set it, in the CRM's words."""

    ref: Ref
    field: str
    at: datetime
    value: Value
    source: str = ""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """What the CRM says of one field; `native` is its own name for it, `pulled` whether a pull brings the field."""

    name: str
    native: str
    type: str
    label: str = ""
    writable: bool = True
    required: bool = False
    unique: bool = False
    length: int | None = None
    options: tuple[str, ...] = ()
    pulled: bool = True


@dataclass(frozen=True, slots=True)
class ObjectSpec:
    """What the CRM says of one kind: its fields as this credential sees them, and whether it merges natively."""

    kind: str
    native: str
    fields: tuple[FieldSpec, ...]
    mergeable: bool = False

    def field(self, name: str) -> FieldSpec | None:
        """The field of this neutral name, None where the credential sees none."""
        return next((item for item in self.fields if item.name == name), None)

    def bringing(self, natives: Collection[str]) -> Self:
        """The same, told that a pull brings the fields of these native names alone."""
        return replace(self, fields=tuple(replace(item, pulled=item.native in natives) for item in self.fields))


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a pipeline, in the pipeline's own order."""

    id: str
    label: str
    closed: bool = False
    won: bool = False
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The stages that a kind of record moves through."""

    workspace: str
    kind: str
    id: str
    label: str
    stages: tuple[Stage, ...]

"""Rows of Salesforce's JSON to records."""

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from connectors.errors import Garbled
from connectors.records import Link, Record, Ref
from connectors.salesforce import convert
from connectors.salesforce.fields import neutral
from connectors.salesforce.ids import id18, kind_of
from connectors.salesforce.schema import Described


class Builder:
    """Makes the records of one kind from rows that hold these columns; a column that a row lacks stays unknown."""

    def __init__(self, workspace: str, shape: Described, columns: Collection[str], ties: Collection[str]) -> None:
        self.workspace = workspace
        self.kind = shape.spec.kind
        named = sorted((neutral(self.kind, column), column, shape.types[column]) for column in columns)
        self.fields = tuple(named)
        self.ties = tuple(sorted(ties))

    def ref(self, row: Mapping[str, Any]) -> Ref:
        """The record that a row is of; `Garbled` where it does not say."""
        return Ref(self.workspace, self.kind, identifier(row, "Id"))

    def record(self, row: Mapping[str, Any]) -> Record:
        """The record with its fields in the order of their names."""
        values = {name: convert.read(kind, name, row[native]) for name, native, kind in self.fields if native in row}
        links = tuple(link for name in self.ties if (link := self._link(name, row.get(name))))
        return Record(self.ref(row), MappingProxyType(values), links, stamp(row))

    def _link(self, name: str, target: Any) -> Link | None:
        """The tie that a lookup holds; None where it is empty or points at a kind that is not ours."""
        kind = kind_of(target) if isinstance(target, str) else None
        if kind is None or kind == "owner":
            return None
        return Link(Ref(self.workspace, kind, id18(target)), name, "out")


def identifier(row: Mapping[str, Any], name: str) -> str:
    """The 18-character id in a column; `Garbled` where there is none."""
    try:
        return id18(row[name])
    except (KeyError, TypeError, ValueError):
        raise Garbled(f"a row has no id in {name}") from None


def stamp(row: Mapping[str, Any]) -> datetime | None:
    """When the record changed last, by a person or a process; LastModifiedDate leaves processes out."""
    value = convert.read("datetime", "modified", row.get("SystemModstamp"))
    return value if isinstance(value, datetime) else None

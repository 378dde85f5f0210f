"""What an org says of its objects: described once for each kind and kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.errors import Garbled
from connectors.records import FieldSpec, ObjectSpec
from connectors.salesforce import paths, soql
from connectors.salesforce.convert import UNREADABLE
from connectors.salesforce.fields import KINDS, NATIVE, NO_TIES, neutral, object_of
from connectors.transport import Answer, Call, Transport

SYSTEM = ("Id", "SystemModstamp", "IsDeleted", "MasterRecordId")


@dataclass(frozen=True, slots=True)
class Described:
    """One kind as this credential sees it; `types` by API name, `lookups` maps a reference to the kinds it may name."""

    spec: ObjectSpec
    types: Mapping[str, str]
    lookups: Mapping[str, frozenset[str]]
    keys: frozenset[str]

    @property
    def standard(self) -> tuple[str, ...]:
        """The API names of the neutral fields that the org has and this credential sees."""
        return tuple(name for name in NATIVE[self.spec.kind].values() if name in self.types)

    @property
    def ties(self) -> tuple[str, ...]:
        """The lookups that are links: those that may name a kind of ours and are not a repetition of another."""
        return tuple(name for name in self.lookups if name not in NO_TIES.get(self.spec.kind, ()))

    def holding(self, kind: str) -> tuple[str, ...]:
        """The links that may point at a kind."""
        return tuple(name for name in self.ties if kind in self.lookups[name])

    def system(self) -> tuple[str, ...]:
        """The columns that every read needs, as far as the object has them."""
        return tuple(name for name in SYSTEM if name in self.types)


class Schema:
    """Describes kinds on demand; a kind is asked for once in the life of a connector."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self._known: dict[str, Described] = {}

    def of(self, kind: str) -> Described:
        """The description of a kind; `Rejected` where the org or the credential has no such object."""
        if kind not in self._known:
            call = Call("GET", paths.describe(object_of(kind)))
            self._known[kind] = described(kind, self.transport.read(call, accept).json())
        return self._known[kind]


def accept(answer: Answer) -> None:
    """Refuse what is not the description of an object."""
    content = answer.json()
    if not isinstance(content, Mapping) or not isinstance(content.get("fields"), list):
        raise Garbled("the answer does not describe an object", status=answer.status)


def described(kind: str, content: Mapping[str, Any]) -> Described:
    """The description in our words; fields whose type holds no value of its own are left out."""
    fields = [item for item in content["fields"] if _readable(item)]
    spec = ObjectSpec(
        kind=kind,
        native=object_of(kind),
        fields=tuple(_field(kind, item) for item in fields),
        mergeable=bool(content.get("mergeable")),
    )
    return Described(
        spec=spec,
        types={item["name"]: item["type"] for item in fields},
        lookups={item["name"]: found for item in fields if (found := _targets(item))},
        keys=frozenset(item["name"] for item in fields if item.get("externalId")),
    )


def _readable(item: Mapping[str, Any]) -> bool:
    """A name goes into query texts, so that one of an unexpected shape is left out."""
    return soql.NAME.fullmatch(str(item.get("name"))) is not None and item.get("type") not in UNREADABLE


def _targets(item: Mapping[str, Any]) -> frozenset[str]:
    """The kinds that a reference may name; owners are a field and no tie."""
    named = {KINDS[native] for native in item.get("referenceTo") or () if native in KINDS}
    return frozenset(named - {"owner"})


def _field(kind: str, item: Mapping[str, Any]) -> FieldSpec:
    """`required` is what a create must hold; a field with a default is not among it."""
    needed = not item.get("nillable", True) and item.get("createable", False) and not item.get("defaultedOnCreate")
    return FieldSpec(
        name=neutral(kind, item["name"]),
        native=item["name"],
        type=item["type"],
        label=item.get("label") or "",
        writable=bool(item.get("updateable")),
        required=bool(needed),
        unique=bool(item.get("unique")),
        length=item.get("length") or None,
        options=tuple(option["value"] for option in item.get("picklistValues") or () if option.get("active")),
    )

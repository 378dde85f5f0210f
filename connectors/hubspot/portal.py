"""One HubSpot account as a credential sees it: its identity, its kinds and their properties, each asked for once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeVar

from connectors.base import Identity
from connectors.errors import Garbled, UsageError
from connectors.hubspot.fields import spec
from connectors.hubspot.version import ACCOUNT, API_VERSION, PROPERTIES
from connectors.records import ObjectSpec, Ref
from connectors.transport import Answer, Call, Transport

T = TypeVar("T")
Row = Mapping[str, Any]

TYPES: Mapping[str, str] = MappingProxyType(
    {"company": "companies", "contact": "contacts", "lead": "leads", "deal": "deals", "task": "tasks"}
)
TRIED_ON = frozenset({"SANDBOX", "DEVELOPER_TEST", "APP_DEVELOPER"})
"""The account types that hold no live data; of STANDARD, and of one that HubSpot adds, it is assumed."""

MERGEABLE = frozenset(("company", "contact", "deal", "ticket"))


@dataclass(frozen=True, slots=True)
class Bearer:
    """Signs with a token that does not renew itself (a private app's, a service key's)."""

    token: str

    def __post_init__(self) -> None:
        if not self.token or not self.token.isascii() or not self.token.isprintable() or " " in self.token:
            raise UsageError("the HubSpot token is missing or holds characters that no token has", "Copy it again")

    def __repr__(self) -> str:
        return "Bearer(...)"

    def headers(self, _: Transport) -> Mapping[str, str]:
        """The one header that HubSpot wants."""
        return {"Authorization": f"Bearer {self.token}"}

    def renew(self) -> bool:
        """There is no way to another token."""
        return False


class Portal:
    """Asks questions of one account and turns answers of the wrong shape into `Garbled`, to be asked again.

    `types` names HubSpot's type for each kind, as `companies` or, for a custom object, `2-123456`.
    """

    def __init__(self, transport: Transport, types: Mapping[str, str] = TYPES) -> None:
        self.transport = transport
        self.types = {**TYPES, **types}
        self._identity: Identity | None = None
        self._specs: dict[str, ObjectSpec] = {}

    def identity(self) -> Identity:
        """Which account the token opens; developer test accounts and sandboxes are not production, any other is."""
        if self._identity is None:
            facts = self.get(ACCOUNT, (), "portalId")
            name = f"HubSpot {facts['portalId']}"
            type_ = str(facts.get("accountType") or "unknown")
            self._identity = Identity(
                f"hubspot:{facts['portalId']}", name, type_ not in TRIED_ON, API_VERSION, type_.lower()
            )
        return self._identity

    def type(self, kind: str) -> str:
        """HubSpot's type for a kind; `UsageError` for one that nobody named."""
        if kind not in self.types:
            raise UsageError(f"no HubSpot object is configured for the kind {kind!r}", "Name its type id, as in 2-123")
        return self.types[kind]

    def ref(self, kind: str, key: object) -> Ref:
        """The ref of one of this account's records."""
        return Ref(self.identity().workspace, kind, str(key))

    def spec(self, kind: str) -> ObjectSpec:
        """The kind with the properties that the token sees, one call the first time."""
        if kind not in self._specs:
            native = self.type(kind)
            rows = self.get(f"{PROPERTIES}/{native}", (), "results")["results"]
            fields = tuple(spec(kind, row) for row in rows if not row.get("archived"))
            self._specs[kind] = ObjectSpec(kind, native, fields, kind in MERGEABLE or native.startswith("2-"))
        return self._specs[kind]

    def get(self, path: str, params: Sequence[tuple[str, str]], wanted: str) -> dict[str, Any]:
        """The object that a GET answers with; it must have the member `wanted`."""
        return self._ask(Call("GET", path, tuple(params)), wanted)

    def post(self, path: str, body: Any, wanted: str = "results") -> dict[str, Any]:
        """The object that a reading POST answers with; it must have the member `wanted`."""
        return self._ask(Call("POST", path, json=body), wanted)

    def _ask(self, call: Call, wanted: str) -> dict[str, Any]:
        found: dict[str, Any] = self.transport.read(call, lambda answer: _shaped(answer, wanted)).json()
        return found


def _shaped(answer: Answer, wanted: str) -> None:
    """`Garbled` unless the answer is an object with that member; `results` is a list of objects, `total` a number."""
    body = answer.json()
    if not isinstance(body, dict) or wanted not in body:
        raise Garbled(f"the answer lacks {wanted}", status=answer.status)
    if not _rows(body.get("results", [])) or not isinstance(body.get("total", 0), int):
        raise Garbled("the answer's results are not rows", status=answer.status)


def _rows(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def after(answer: Mapping[str, Any]) -> str:
    """The cursor of the next page, blank on the last; the link beside it names other hosts and is never followed."""
    paging = answer.get("paging") or {}
    return str((paging.get("next") or {}).get("after") or "")


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    source = iter(items)
    while chunk := list(islice(source, size)):
        yield chunk

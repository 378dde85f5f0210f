"""Puts a presumed organization into a sandbox: switches first, then records, then a session."""

from typing import Any
from urllib.parse import urlencode

from sandbox.app import Sandbox
from sandbox.salesforce.times import parse_datetime
from sandbox.store import Row
from sandbox.wire import Request
from tests.sandbox.recorded.replay import decoded
from tests.sandbox.recorded.salesforce_fields import DATETIME
from tests.sandbox.recorded.salesforce_world import World

PERSONS = frozenset({"contact", "lead", "user"})
WITHOUT_OWN_NAME = frozenset({"isdeleted", "createddate", "systemmodstamp", "masterrecordid"})


def settle(world: World) -> None:
    """Bring the sandbox into the state of the world."""
    sandbox = world.sandbox
    for name, value in {**world.declared(), **world.switches}.items():
        sandbox.store.set("salesforce", name, value)
    user = {"LastName": "Robot", "Username": "robot@sandbox.example", "Email": "robot@sandbox.example"}
    _put(sandbox, "user", "005SB0000000001YAA", 1_000_000, {**user, "IsActive": True})
    _set_up(world)
    for seq, (id18, (name, given)) in enumerate(world.rows.items(), 1):
        row = _put(sandbox, kind_of(world, name), id18, seq + 10, spelled(world, name, given))
        if id18 in world.archived:
            row.archived, row.merged_into = True, world.archived[id18]
            sandbox.store.put(row)


def _set_up(world: World) -> None:
    """Record types and lead statuses are what an administrator set up, not records like others."""
    types: dict[str, list[dict[str, Any]]] = {}
    for id18, (name, given) in world.rows.items():
        values = spelled(world, name, given)
        if name == "RecordType":
            label = values.get("DeveloperName") or values.get("Name") or "Type"
            facts = {"id": id18, "developerName": label, "name": values.get("Name") or label}
            types.setdefault(str(values.get("SobjectType") or "Account"), []).append(facts)
    world.sandbox.store.set("salesforce", "record_types", types)


def spelled(world: World, type_name: str, values: dict[str, Any]) -> dict[str, Any]:
    """The values under the names that the fields really have; conditions may write them in any case."""
    names = {name: world.known_field(type_name, name) for name in values}
    seen = world.type(type_name).seen
    return {
        field.name if field else seen[name.lower()].name if name.lower() in seen else name: values[name]
        for name, field in names.items()
    }


def kind_of(world: World, name: str) -> str:
    """The kind under which the store keeps records of a type."""
    known = world.type(name).known
    return known.kind if known else world.type(name).name.lower()


def _put(sandbox: Sandbox, kind: str, id18: str, seq: int, values: dict[str, Any]) -> Row:
    low = {name.lower(): value for name, value in values.items()}
    now = sandbox.clock.now_ms() - 60_000
    created, modified = (_at(low.get(name), now) for name in ("createddate", "systemmodstamp"))
    fields = {name: value for name, value in values.items() if name.lower() not in WITHOUT_OWN_NAME}
    fields = _flat({name: value for name, value in fields.items() if value is not None})
    if kind in PERSONS and "Name" in fields:
        first, _, last = str(fields.pop("Name")).rpartition(" ")
        fields = {"FirstName": first or None, "LastName": last, **fields}
    row = Row("salesforce", kind, id18, seq, created, modified, modified, bool(low.get("isdeleted")), None, fields)
    row.merged_into = low.get("masterrecordid")
    sandbox.store.put(row)
    return row


def _at(value: Any, otherwise: int) -> int:
    return parse_datetime(value) if isinstance(value, str) and DATETIME.fullmatch(value) else otherwise


def _flat(fields: dict[str, Any]) -> dict[str, Any]:
    """Compound values as their parts: `MailingAddress` {city} as `MailingCity`."""
    flat: dict[str, Any] = {}
    for name, value in fields.items():
        if isinstance(value, dict):
            prefix = name.removesuffix("Address")
            flat.update({prefix + part[0].upper() + part[1:]: inner for part, inner in value.items()})
        else:
            flat[name] = value
    return flat


def token(world: World) -> str:
    """An access token of the kind that the recording presumes."""
    if not world.valid_session:
        return "00D000000000001!NOT.A.SESSION"
    name = "sandbox-writer" if world.may_write else "sandbox-reader"
    form = {"grant_type": "client_credentials", "client_id": name, "client_secret": f"{name}-secret"}
    request = Request("POST", "/services/oauth2/token", body=urlencode(form).encode())
    return str(decoded(world.sandbox.handle(request).body)["access_token"])

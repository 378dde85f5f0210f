"""What a refusal presumes: the session, the limits, the rules and the other records that made it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.sandbox.recorded.salesforce_world import World

FOR_EVER = -1
ALWAYS: dict[str, Any] = {"all": []}


@dataclass(frozen=True, slots=True)
class Refused:
    """One error of a write (or of a whole call, where `type` is None) and the values that were sent."""

    type: str | None
    id: str | None
    values: Mapping[str, Any]
    error: Mapping[str, Any]

    @property
    def code(self) -> str:
        """The code, under either of its names."""
        return str(self.error.get("errorCode") or self.error.get("statusCode") or self.error.get("exceptionCode"))

    @property
    def message(self) -> str:
        """The text."""
        return str(self.error.get("message", ""))

    @property
    def fields(self) -> list[str]:
        """The fields that it is about."""
        return [str(each) for each in self.error.get("fields") or []]


def refusals(
    world: World,
    type_name: str | None,
    id_text: str | None,
    values: Mapping[str, Any],
    errors: Sequence[Mapping[str, Any]],
) -> None:
    """Put what a list of errors presumes into the world; an error that speaks for itself presumes nothing."""
    for error in errors:
        refused = Refused(type_name, id_text, values, error)
        rule = BY_CODE.get(refused.code, automation if refused.code in AUTOMATION else None)
        if rule and (type_name or refused.code in OF_CALLS):
            rule(world, refused)


def session(world: World, refused: Refused) -> None:
    """INVALID_SESSION_ID: the token is no session."""
    world.valid_session = False


def limit(world: World, refused: Refused) -> None:
    """REQUEST_LIMIT_EXCEEDED: the day's calls are used up."""
    world.switches["daily_limit"] = 0


def reader(world: World, refused: Refused) -> None:
    """INSUFFICIENT_ACCESS_OR_READONLY: the caller may not write."""
    world.may_write = False
    existing(world, refused)


def existing(world: World, refused: Refused) -> str | None:
    """The record that was to be changed is there; its id."""
    assert refused.type
    return world.row(refused.type, refused.id, {}) if refused.id else None


def required(world: World, refused: Refused) -> None:
    """REQUIRED_FIELD_MISSING: fields that are not the vendor's own requirement are the organization's."""
    assert refused.type
    for name in refused.fields or re.findall(r"\[([\w, ]+)\]", refused.message):
        known = world.known_field(refused.type, name)
        if known is None:
            world.saw(refused.type, name, required=True)
        elif known.nillable:
            world.saw(refused.type, name, line=f"{known.type}:{known.size} cu {known.label}")
    existing(world, refused)


def validation(world: World, refused: Refused) -> None:
    """FIELD_CUSTOM_VALIDATION_EXCEPTION: a rule with that message."""
    rule = {"object": refused.type, "when": ALWAYS, "message": refused.message}
    field = {"field": refused.fields[0]} if refused.fields else {}
    world.switches.setdefault("validation_rules", []).append({**rule, **field})
    existing(world, refused)


def automation(world: World, refused: Refused) -> None:
    """What a trigger, a flow or a lookup filter of the organization says to every save."""
    rule = {"object": refused.type, "when": ALWAYS, "message": refused.message, "code": refused.code}
    field = {"field": refused.fields[0]} if refused.fields else {}
    world.switches.setdefault("validation_rules", []).append({**rule, **field})
    existing(world, refused)


def duplicates(world: World, refused: Refused) -> None:
    """DUPLICATES_DETECTED: a rule over a field that was sent, and the records that hold its value."""
    assert refused.type
    name, value = key_of(world, refused.type, refused.values)
    detail = refused.error.get("duplicateResut") or refused.error.get("duplicateResult") or {}
    found = detail.get("matchResults") or [{"entityType": refused.type, "rule": "Standard_Rule", "matchRecords": [{}]}]
    matches = []
    for match in found:
        entity = str(match.get("entityType") or refused.type)
        same = entity == world.type(refused.type).name
        column = name if same or world.known_field(entity, name) else "Name"
        engine = {"engine": match["matchEngine"]} if match.get("matchEngine") else {}
        matches.append(
            {"rule": match.get("rule", "Rule"), "object": entity, "fields": [{"field": name, "as": column}], **engine}
        )
        for record in match.get("matchRecords") or []:
            world.row(entity, (record.get("record") or {}).get("Id"), {column: value})
    action = "block" if detail.get("allowSave") is False else "alert"
    rule = {
        "name": detail.get("duplicateRule", "Standard_Duplicate_Rule"),
        "object": world.type(refused.type).name,
        "match": matches,
        "on_insert": action,
        "on_update": action,
        "message": refused.message,
    }
    world.switches.setdefault("duplicate_rules", []).append(rule)
    existing(world, refused)


def key_of(world: World, type_name: str, values: Mapping[str, Any]) -> tuple[str, Any]:
    """A field and its value that a duplicate shares: the first text that was sent."""
    texts = {name: value for name, value in values.items() if isinstance(value, str) and name.lower() != "id"}
    for name, value in texts.items():
        if not world.target(type_name, name, value):
            return name, value
    return "Name", "x"


def locked(world: World, refused: Refused) -> None:
    """UNABLE_TO_LOCK_ROW: the rows that the message names are held, else the record itself and what it points at."""
    assert refused.type
    named = re.findall(r"\b[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?\b", refused.message.rpartition(":")[2])
    own = [existing(world, refused)]
    world.refers(refused.type, refused.values)
    parents = [id18 for id18 in world.rows if id18 in refused.values.values()]
    held = [each for each in named if each in world.rows] or [each for each in [*own, *parents] if each]
    if not held:
        # Nothing that is written stands on another row: it is a trigger that met the lock.
        automation(world, refused)
    world.switches["locked_rows"] = {**world.switches.get("locked_rows", {}), **dict.fromkeys(held, FOR_EVER)}


def in_approval(world: World, refused: Refused) -> None:
    """ENTITY_IS_LOCKED: the record waits for an approval."""
    world.switches.setdefault("approval_locked", []).append(existing(world, refused))


def deleted(world: World, refused: Refused) -> None:
    """ENTITY_IS_DELETED: the record is in the recycle bin."""
    if id18 := existing(world, refused):
        world.archived[id18] = None


def taken(world: World, refused: Refused) -> None:
    """DUPLICATE_VALUE: another record holds the value of a unique field."""
    assert refused.type
    found = re.search(r"duplicate value found: (\S+) duplicates value on record with id: (\w*)", refused.message)
    name = found[1] if found else next(iter(refused.fields), "")
    value = next((value for given, value in refused.values.items() if given.lower() == name.lower()), "1")
    if re.fullmatch(r"\w+", name):
        world.saw(refused.type, name, value, external=True)
        world.row(refused.type, found[2] if found else None, {name: value})
    existing(world, refused)


def converted(world: World, refused: Refused) -> None:
    """CANNOT_UPDATE_CONVERTED_LEAD: the lead is converted."""
    assert refused.type
    if refused.id:
        world.row(refused.type, refused.id, {"IsConverted": True})


def restricted(world: World, refused: Refused) -> None:
    """INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: the field takes other values only."""
    assert refused.type
    for name in refused.fields:
        world.saw(refused.type, name, line=f"picklist:255 ncur {name}; values=@none of these")
    existing(world, refused)


def read_only(world: World, refused: Refused) -> None:
    """INVALID_FIELD_FOR_INSERT_UPDATE: the field cannot be written."""
    assert refused.type
    for name in refused.fields:
        known = world.known_field(refused.type, name)
        if known is None or known.createable or known.updateable:
            world.saw(refused.type, name, line=f"string:255 n {name}")
    existing(world, refused)


def too_long(world: World, refused: Refused) -> None:
    """STRING_TOO_LONG: the field is as long as the message says."""
    assert refused.type
    most = re.search(r"max length=(\d+)", refused.message)
    for name in refused.fields:
        world.saw(refused.type, name, line=f"string:{most[1] if most else 1} ncu {name}")
    existing(world, refused)


def no_column(world: World, refused: Refused) -> None:
    """INVALID_FIELD: a field of the catalog that is not found is hidden from the caller."""
    assert refused.type
    for name in re.findall(r"No such column '(\w+)'", refused.message):
        if known := world.known_field(refused.type, name):
            world.type(refused.type).hidden.append(known.name)
    existing(world, refused)


def unreadable(world: World, refused: Refused) -> None:
    """JSON_PARSER_ERROR and API_ERROR: what was sent is no JSON, which a collector's parsed body cannot show."""
    if re.search(r"Illegal|Unexpected|Unrecognized|expecting", refused.message):
        world.garbled = True
    elif refused.type:
        existing(world, refused)


BY_CODE: dict[str, Callable[[World, Refused], Any]] = {
    "INVALID_SESSION_ID": session,
    "REQUEST_LIMIT_EXCEEDED": limit,
    "INSUFFICIENT_ACCESS_OR_READONLY": reader,
    "REQUIRED_FIELD_MISSING": required,
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": validation,
    "DUPLICATES_DETECTED": duplicates,
    "UNABLE_TO_LOCK_ROW": locked,
    "ENTITY_IS_LOCKED": in_approval,
    "ENTITY_IS_DELETED": deleted,
    "DUPLICATE_VALUE": taken,
    "CANNOT_UPDATE_CONVERTED_LEAD": converted,
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": restricted,
    "INVALID_FIELD_FOR_INSERT_UPDATE": read_only,
    "STRING_TOO_LONG": too_long,
    "INVALID_FIELD": no_column,
    "FIELD_INTEGRITY_EXCEPTION": existing,
    "INVALID_EMAIL_ADDRESS": existing,
    "JSON_PARSER_ERROR": unreadable,
    "API_ERROR": unreadable,
}
OF_CALLS = frozenset({"INVALID_SESSION_ID", "REQUEST_LIMIT_EXCEEDED", "JSON_PARSER_ERROR", "API_ERROR"})
AUTOMATION = frozenset(
    {
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        "CANNOT_EXECUTE_FLOW_TRIGGER",
        "FIELD_FILTER_VALIDATION_EXCEPTION",
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        "STORAGE_LIMIT_EXCEEDED",
        "UNKNOWN_EXCEPTION",
    }
)

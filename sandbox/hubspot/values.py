"""Property values as a write gives them: checked by type and put into the form in which they are kept."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from sandbox.hubspot import definitions
from sandbox.hubspot.catalog import Property, stage_of
from sandbox.hubspot.errors import Issue, invalid, not_valid
from sandbox.hubspot.object_types import ObjectType
from sandbox.hubspot.times import DAY_MS, day, iso, parse
from sandbox.settings import setting
from sandbox.store import Store

EMAIL = re.compile(r"[^@\s,;<>()\"]+@[^@\s.,;<>()\"]+(\.[^@\s.,;<>()\"]+)+")
MAX_LENGTH = 65_536
# Validation rules by the code of their refusal: what a value must be, and what is said of one that is not.
VALIDATIONS = {"INVALID_ALPHA": (re.compile(r"[^\W\d_]+"), "Enter only letters")}


def checked(store: Store, item: ObjectType, given: object, portal: int) -> dict[str, str]:
    """The values of a write in kept form ("" clears); refuses with every issue at once.

    `null` is passed over: HubSpot documents only the empty string for clearing.
    """
    if not isinstance(given, dict):
        raise invalid("Some required fields were not set: [properties]")
    known = definitions.properties(store, item.kind)
    rules = setting(store, "hubspot", "property_validations").get(item.kind, {})
    kept: dict[str, str] = {}
    issues: list[Issue] = []
    for name, value in given.items():
        if value is None:
            continue
        result = _one(store, item, known.get(str(name).lower()), (str(name), _text(value)), portal)
        broken = _broken(str(name), result, rules.get(str(name).lower())) if isinstance(result, str) else result
        if broken is not None:
            issues.append(broken)
        elif isinstance(result, str):
            kept[str(name).lower()] = result
    if issues:
        raise not_valid(issues)
    return kept


def _broken(name: str, value: str, rule: str | None) -> Issue | None:
    """What an administrator's validation rule of the property says against a value."""
    if rule is None or not value:
        return None
    pattern, text = VALIDATIONS[rule]
    return None if pattern.fullmatch(value) else Issue(name, rule, text)


def _text(value: object) -> str:
    """Numbers and booleans are taken as their JSON text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _one(store: Store, item: ObjectType, spec: Property | None, given: tuple[str, str], portal: int) -> str | Issue:
    name, text = given
    if spec is None:
        return Issue(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
    if spec.read_only:
        return Issue(name, "READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set.')
    if text == "":
        return ""
    if spec.external:
        return _reference(store, item.kind, name, text)
    if name == "email" and item.kind == "contact":
        return (
            text.strip().lower()
            if EMAIL.fullmatch(text.strip())
            else Issue(name, "INVALID_EMAIL", f"Email address {text} is invalid")
        )
    return READERS[spec.type](spec, text, f"Portal {portal}, object type {item.type_id}")


def _number(spec: Property, text: str, _: str) -> str | Issue:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    return text.strip() if number.is_finite() else Issue(spec.name, "INVALID_NUMBER", f"{text} was not a valid number.")


def _datetime(spec: Property, text: str, place: str) -> str | Issue:
    ms = parse(text.strip())
    return iso(ms) if ms is not None else Issue(spec.name, "INVALID_LONG", f"{text} was not a valid long. {place}")


def _date(spec: Property, text: str, place: str) -> str | Issue:
    ms = parse(text.strip())
    if ms is None:
        return Issue(spec.name, "INVALID_LONG", f"{text} was not a valid long. {place}")
    if ms % DAY_MS:
        return Issue(spec.name, "INVALID_DATE", f"{text} is at {iso(ms)[11:19]} UTC, not midnight!")
    return day(ms)


def _enumeration(spec: Property, text: str, _: str) -> str | Issue:
    allowed = [option.value for option in spec.options]
    many = spec.field_type == "checkbox"
    wrong = [part for part in (text.removeprefix(";").split(";") if many else [text]) if part not in allowed]
    if not wrong:
        return text
    return Issue(
        spec.name, "INVALID_OPTION", f"{';'.join(wrong)} was not one of the allowed options: [{', '.join(allowed)}]"
    )


def _bool(spec: Property, text: str, _: str) -> str | Issue:
    if text.lower() in ("true", "false"):
        return text.lower()
    return Issue(spec.name, "INVALID_OPTION", f"{text} was not one of the allowed options: [true, false]")


def _string(spec: Property, text: str, _: str) -> str | Issue:
    if len(text) <= MAX_LENGTH:
        return text
    return Issue(
        spec.name,
        "PROPERTY_VALUE_TOO_LONG",
        f"The value is {len(text)} characters long; at most {MAX_LENGTH} are allowed",
    )


READERS: Mapping[str, Callable[[Property, str, str], str | Issue]] = {
    "number": _number,
    "datetime": _datetime,
    "date": _date,
    "enumeration": _enumeration,
    "bool": _bool,
    "string": _string,
    "phone_number": _string,
}


def _reference(store: Store, kind: str, name: str, text: str) -> str | Issue:
    """Values whose options live elsewhere: owners, pipelines and stages; others are taken as they are."""
    pipeline, stage = stage_of(kind) or ("", "")
    if name == "hubspot_owner_id":
        allowed = text.isdigit() and store.get("hubspot", "owner", text) is not None
        return text if allowed else Issue(name, "INVALID_OWNER_ID", f"Owner {text} does not exist")
    every = definitions.pipelines(store, kind)
    ids = [item.id for item in every] if name == pipeline else [part.id for item in every for part in item.stages]
    if name in (pipeline, stage) and text not in ids:
        return Issue(name, "INVALID_OPTION", f"{text} was not one of the allowed options: [{', '.join(ids)}]")
    return text


def appended(before: str | None, text: str) -> str:
    """A multiple selection that begins with `;` adds to what is there."""
    if not text.startswith(";"):
        return text
    parts = [*(before or "").split(";"), *text.split(";")]
    return ";".join(dict.fromkeys(part for part in parts if part))

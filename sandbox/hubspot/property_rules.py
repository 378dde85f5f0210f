"""The property validation endpoints: rules for the form of a property's values, and what they refuse."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.hubspot import bodies, definitions
from sandbox.hubspot.call import Call
from sandbox.hubspot.errors import Issue, Refusal, invalid
from sandbox.store import Store
from sandbox.wire import Response

Rule = dict[str, Any]
TEXT, MOMENT = ("string", "phone_number"), ("date", "datetime")
# Which property types a rule type is for (documented); those without a check below are kept and shown, not held to.
FOR_TYPES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("ALPHANUMERIC", "DOMAIN", "EMAIL", "EMAIL_ALLOWED_DOMAINS", "EMAIL_BLOCKED_DOMAINS"), TEXT),
    **dict.fromkeys(("FORMAT", "MAX_LENGTH", "MIN_LENGTH", "REGEX", "SPECIAL_CHARACTERS", "URL"), TEXT),
    **dict.fromkeys(("PHONE_NUMBER_WITH_EXPLICIT_COUNTRY_CODE", "URL_ALLOWED_DOMAINS"), TEXT),
    **dict.fromkeys(("URL_BLOCKED_DOMAINS", "WHITESPACE"), TEXT),
    **dict.fromkeys(("DECIMAL", "MAX_NUMBER", "MIN_NUMBER"), ("number",)),
    **dict.fromkeys(("AFTER_DURATION", "BEFORE_DURATION", "DAYS_OF_WEEK", "END_DATE", "START_DATE"), MOMENT),
    **dict.fromkeys(("AFTER_DATETIME_DURATION", "BEFORE_DATETIME_DURATION", "END_DATETIME", "START_DATETIME"), MOMENT),
}


def _every(store: Store, kind: str) -> dict[str, dict[str, Rule]]:
    """The rules of a kind, by property and rule type."""
    found: dict[str, dict[str, Rule]] = store.setting("hubspot", f"rules:{kind}", {})
    return found


def of_type(call: Call) -> Response:
    """The properties of a type that have rules."""
    every = _every(call.store, call.kind().kind)
    shown = [{"propertyName": name, "propertyValidationRules": list(rules.values())} for name, rules in every.items()]
    return call.reply(200, {"results": shown})


def of_property(call: Call) -> Response:
    """The rules of one property."""
    return call.reply(200, {"results": list(_every(call.store, call.kind().kind).get(call.args["name"], {}).values())})


def one(call: Call) -> Response:
    """The rule of one type that a property has."""
    found = _every(call.store, call.kind().kind).get(call.args["name"], {}).get(call.args["rule"].upper())
    if found is None:
        text = f"No {call.args['rule']} rule found for property {call.args['name']}"
        raise Refusal(404, text, "OBJECT_NOT_FOUND")
    return call.reply(200, found)


def put(call: Call) -> Response:
    """204; the rule takes the place of one of its type. No arguments at all lift it, which is unverified."""
    kind, name, rule, body = call.kind().kind, call.args["name"], call.args["rule"].upper(), call.body()
    spec = definitions.properties(call.store, kind).get(name)
    if spec is None:
        raise Refusal(404, f"property {name} does not exist", "OBJECT_NOT_FOUND", "Properties.PROPERTY_NOT_FOUND")
    if spec.type not in FOR_TYPES.get(rule, ()):
        raise invalid(f"Validation rule {rule} is not supported for property {name} of type {spec.type}")
    given = list(bodies.names(body.get("ruleArguments")))
    _refuse_arguments(rule, given)
    every = _every(call.store, kind)
    rules = {key: value for key, value in every.get(name, {}).items() if key != rule}
    if given:
        apply = bool(body.get("shouldApplyNormalization"))
        rules[rule] = {"ruleType": rule, "ruleArguments": given, "shouldApplyNormalization": apply}
    call.store.set("hubspot", f"rules:{kind}", {**every, name: rules})
    return call.done()


def _refuse_arguments(rule: str, given: list[str]) -> None:
    try:
        if given and rule in CHECKS:
            CHECKS[rule][1]("0", given)
    except (ValueError, re.error) as wrong:
        raise invalid(f"Invalid ruleArguments for {rule}: {', '.join(given)}") from wrong


def issues(store: Store, kind: str, values: Mapping[str, str]) -> list[Issue]:
    """What the rules refuse in new values, clearing aside."""
    every = _every(store, kind)
    found: list[Issue] = []
    for name in every.keys() & values.keys():
        for rule, spec in every[name].items():
            code, holds = CHECKS.get(rule, ("", _any))
            if values[name] and not holds(values[name], spec["ruleArguments"]):
                wanted = f"{rule} [{', '.join(spec['ruleArguments'])}]"
                found.append(Issue(name, code, f"{values[name]} does not meet the validation rule {wanted}"))
    return found


def _any(_: str, __: list[str]) -> bool:
    return True


def _alphanumeric(text: str, given: list[str]) -> bool:
    letters, digits = any(map(str.isalpha, text)), any(map(str.isdigit, text))
    return not ((given[0] == "NUMERIC_ONLY" and letters) or (given[0] == "ALPHA_ONLY" and digits))


# Of the codes INVALID_ALPHA alone is known from the wire.
CHECKS: Mapping[str, tuple[str, Callable[[str, list[str]], bool]]] = {
    "ALPHANUMERIC": ("INVALID_ALPHA", _alphanumeric),
    "MAX_LENGTH": ("INVALID_MAX_LENGTH", lambda text, given: len(text) <= int(given[0])),
    "MIN_LENGTH": ("INVALID_MIN_LENGTH", lambda text, given: len(text) >= int(given[0])),
    "MAX_NUMBER": ("INVALID_MAX_NUMBER", lambda text, given: float(text) <= float(given[0])),
    "MIN_NUMBER": ("INVALID_MIN_NUMBER", lambda text, given: float(text) >= float(given[0])),
    "REGEX": ("INVALID_REGEX", lambda text, given: re.fullmatch(given[0], text) is not None),
}

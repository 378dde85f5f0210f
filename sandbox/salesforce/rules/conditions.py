"""Conditions over the values of a record as data, in which rules say when they apply."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Values = Mapping[str, Any]
Condition = Mapping[str, Any]


def holds(condition: Condition, after: Values, before: Values | None) -> bool:
    """Whether a condition is true of a record that is saved; `before` is None while it is created.

    A condition is `{"all": […]}`, `{"any": […]}`, `{"not": …}` or `{"field", "op", "value"}`; a value
    `{"field": name}` is that of another field. `KeyError` for an operator that is none.
    """
    if "all" in condition:
        return all(holds(each, after, before) for each in condition["all"])
    if "any" in condition:
        return any(holds(each, after, before) for each in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], after, before)
    if condition["op"] in OVER_TIME:
        return OVER_TIME[condition["op"]](condition, after, before)
    return OPERATORS[condition["op"]](after.get(condition["field"]), _value(condition.get("value"), after))


def _value(value: Any, after: Values) -> Any:
    return after.get(value["field"]) if isinstance(value, Mapping) else value


def _blank(left: Any, right: Any) -> bool:
    return left is None or left == ""


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda left, right: left is not None and right is not None and test(left, right)


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
    "in": lambda left, right: left in right,
    "not in": lambda left, right: left not in right,
    "blank": _blank,
    "filled": lambda left, right: not _blank(left, right),
    "contains": lambda left, right: str(right) in str(left or ""),
    "begins": lambda left, right: str(left or "").startswith(str(right)),
    "matches": lambda left, right: re.fullmatch(str(right), str(left or "")) is not None,
}


def _changed(condition: Condition, after: Values, before: Values | None) -> bool:
    return before is not None and before.get(condition["field"]) != after.get(condition["field"])


def _was(condition: Condition, after: Values, before: Values | None) -> bool:
    return before is not None and before.get(condition["field"]) == condition.get("value")


OVER_TIME: dict[str, Callable[[Condition, Values, Values | None], bool]] = {
    "new": lambda condition, after, before: before is None,
    "changed": _changed,
    "was": _was,
}

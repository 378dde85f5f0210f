"""JSON bodies whose numbers are exact."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

JSON_HEADERS = (("Content-Type", "application/json; charset=UTF-8"),)


def encode(value: Any) -> bytes:
    """The JSON text of dicts, lists, text, truth, null and `Decimal`, which is never rounded to a float."""
    return _text(value).encode("utf-8")


def _text(value: Any) -> str:
    match value:
        case Decimal():
            return number(value)
        case Mapping():
            return "{" + ",".join(f"{json.dumps(name)}:{_text(item)}" for name, item in value.items()) + "}"
        case Sequence() if not isinstance(value, str):
            return "[" + ",".join(_text(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def number(value: Decimal) -> str:
    """A number in digits; a whole one without a point, since an integer field does not take 5.0."""
    if not value.is_finite():
        raise ValueError("neither infinity nor NaN can be written")
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text

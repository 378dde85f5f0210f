"""Query texts, made of described names, quoted values and checked ids."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
ESCAPES = str.maketrans(
    {
        "\\": "\\\\",
        "'": "\\'",
        '"': '\\"',
        "\n": "\\n",
        "\r": "\\r",
        "\t": "\\t",
        "\b": "\\b",
        "\f": "\\f",
    }
)
IDS_PER_QUERY = 400
"""A GET address may hold about 16 KB; a quoted id takes 27 characters of it once encoded."""
KEYS_PER_QUERY = 100
"""A change key may be 64 characters long, each up to three in an address."""


def quote(text: str) -> str:
    """A string literal; the escapes are those of the SOQL reference, backslash among them."""
    return f"'{text.translate(ESCAPES)}'"


def moment(at: datetime) -> str:
    """A datetime literal in UTC, cut to the second, which is the grain of SystemModstamp; it takes no quotes."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def name(text: str) -> str:
    """The text, if it can be the name of an object or a field; `ValueError` otherwise."""
    if not NAME.fullmatch(text):
        raise ValueError("not the name of a Salesforce object or field")
    return text


def select(fields: Iterable[str], native: str, where: str = "", order: str = "Id") -> str:
    """A query over one object; `where` is made by the functions of this module."""
    columns = ", ".join(name(item) for item in fields)
    condition = f" WHERE {where}" if where else ""
    return f"SELECT {columns} FROM {name(native)}{condition} ORDER BY {order}"  # noqa: S608 - every part was checked


def among(field: str, values: Sequence[str]) -> str:
    """A condition: the field is one of the values."""
    return f"{name(field)} IN ({','.join(quote(value) for value in values)})"


def chunks(ids: Sequence[str], size: int = IDS_PER_QUERY) -> Iterator[Sequence[str]]:
    """Ids in groups that fit one query."""
    return (ids[start : start + size] for start in range(0, len(ids), size))

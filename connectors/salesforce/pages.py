"""SOQL answers, page by page, to the end that the CRM states and no other."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from connectors.errors import Garbled
from connectors.salesforce import paths
from connectors.transport import Answer, Call, Transport

Row = Mapping[str, Any]
FROM = re.compile(r" FROM (\w+)")
NEXT = re.compile(r"/services/data/v\d+\.\d+/query(?:All)?/([A-Za-z0-9-]+)")


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows as they came, and how many the whole query finds."""

    rows: tuple[Row, ...]
    total: int


def query(transport: Transport, text: str, everything: bool = False) -> Iterator[Batch]:
    """The batches of a query, deleted and archived rows included where `everything` is asked for.

    Salesforce sends up to 2,000 rows at once and fewer as it likes, so that the end is where it says `done`. Of the
    next address only the locator is used, and one met before raises `Garbled`; so do rows of another object.
    """
    call = Call("GET", paths.QUERY_ALL if everything else paths.QUERY, (("q", text),))
    seen, asked = set[str](), FROM.findall(text)[-1:]
    while True:
        content = transport.read(call, accept).json()
        if any(_object(row) not in ("", *asked) for row in content["records"]):
            raise Garbled("a query was answered with rows of another object")
        yield Batch(tuple(content["records"]), content["totalSize"])
        if content["done"]:
            return
        call = Call("GET", _next(content["nextRecordsUrl"], seen))


def _object(row: Row) -> str:
    """What a row is of, blank where it does not say."""
    said = row.get("attributes")
    return str(said.get("type", "")) if isinstance(said, Mapping) else ""


def _next(address: str, seen: set[str]) -> str:
    found = NEXT.fullmatch(urlsplit(address).path)
    if found is None or found[1] in seen:
        raise Garbled("the next page of a query is one that was read already, or no page at all")
    seen.add(found[1])
    return f"{paths.QUERY}/{found[1]}"


def rows(transport: Transport, text: str, everything: bool = False) -> Iterator[Row]:
    """The rows of a query; `Garbled` where there are fewer or more than the CRM says it found."""
    count, total = 0, 0
    for batch in query(transport, text, everything):
        count, total = count + len(batch.rows), batch.total
        yield from batch.rows
    if count != total:
        raise Garbled(f"a query found {total} rows and sent {count}")


def accept(answer: Answer) -> None:
    """Refuse what is not a batch of a query, so that a strange answer never passes for an empty one."""
    content = answer.json()
    sound = (
        isinstance(content, Mapping)
        and isinstance(content.get("records"), list)
        and all(isinstance(row, Mapping) for row in content["records"])
        and isinstance(content.get("totalSize"), int)
        and isinstance(content.get("done"), bool)
        and (content["done"] or isinstance(content.get("nextRecordsUrl"), str))
    )
    if not sound:
        raise Garbled("the answer is not a page of a query", status=answer.status)

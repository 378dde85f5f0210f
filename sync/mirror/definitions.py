"""What the CRMs said of their objects and pipelines, from the rows that keep it, as of any moment."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Engine

from connectors.fields import NAMES
from connectors.records import FieldSpec, ObjectSpec, Pipeline, Stage
from sync.mirror.asked import DEFINED

Said = tuple[str, Any]
"""An account and what it said."""


def versions(engine: Engine, kind: str, what: str) -> Sequence[Any]:
    """Every definition that was ever kept, as rows with `workspace`, `at` (milliseconds since 1970) and `data`, the
    oldest of each account first."""
    with engine.connect() as connection:
        return connection.execute(DEFINED, {"_kind": kind, "_what": what}).all()


def newest(rows: Iterable[Any], at: int | None = None, assume: bool = False) -> list[Said]:
    """The newest definition of each account, or the newest as of a moment.

    Where none was known by then the first one that became known stands in for it, if `assume` says so.
    """
    found: dict[str, Any] = {}
    for row in rows:
        if at is None or row.at <= at or (assume and row.workspace not in found):
            found[row.workspace] = row.data
    return list(found.items())


def pipelines(kind: str, said: Iterable[Said]) -> tuple[Pipeline, ...]:
    """The pipelines of every account."""
    return tuple(
        Pipeline(workspace, kind, item["id"], item["label"], tuple(Stage(**stage) for stage in item["stages"]))
        for workspace, data in said
        for item in data
    )


def known(workspace: str, said: Sequence[Said]) -> frozenset[str]:
    """The fields that the pull's credential could see and that it brought: of any other a record tells nothing."""
    return frozenset(name for place, data in said if place == workspace for name in brought(data))


def brought(data: Any) -> Iterator[str]:
    """The fields that a pull brought; definitions of old do not say, and only standard fields were pulled then."""
    standard = NAMES.get(data["kind"], ())
    yield from (item["name"] for item in data["fields"] if item.get("pulled", item["name"] in standard or not standard))


def spec(workspace: str, kind: str, said: Sequence[Said]) -> ObjectSpec | None:
    """The description of a kind, None where nothing is said of it."""
    for place, data in said:
        if place == workspace:
            fields = tuple(FieldSpec(**{**item, "options": tuple(item["options"])}) for item in data["fields"])
            return ObjectSpec(kind, data["native"], fields, data["mergeable"])
    return None

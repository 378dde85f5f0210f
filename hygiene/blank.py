"""Tells a value that says nothing from one that does."""

from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal

from connectors.records import Record
from connectors.values import Value, empty
from hygiene.check import Evidence, Finding, Severity
from hygiene.view import View

PLACEHOLDERS = ("n/a", "na", "-", "tbd", "test", "unknown", "none", "xxx")
ZERO = (Decimal(0),)
MANY = {"company": "companies"}


def blank(value: Value, texts: Collection[str] = PLACEHOLDERS, numbers: Collection[Decimal] = ZERO) -> bool:
    """Whether a value is empty or stands in for one: a text in any case, a number whatever its scale (1 is 1.00)."""
    if isinstance(value, str):
        return value.strip().casefold() in {"", *map(str.casefold, texts)}
    return empty(value) or (isinstance(value, Decimal) and value in numbers)


def lacking(record: Record, names: Iterable[str], ties: Collection[str] = ()) -> tuple[Evidence, ...]:
    """What is wrong with each of these names of a record: a tie that is missing, nothing, or a placeholder."""

    def word(name: str) -> str:
        if name in ties:
            return f"no {name} is tied to it"
        return "it is empty" if empty(record.get(name)) else "it holds a placeholder"

    return tuple(Evidence(name, word(name), -1.0, (record.text(name),) if record.text(name) else ()) for name in names)


def unseen(check: str, view: View, kind: str, workspaces: Iterable[str], names: Collection[str]) -> Iterator[Finding]:
    """One finding for each field that a credential cannot see, once a workspace: what is not visible is not empty."""
    many = MANY.get(kind, f"{kind}s")
    for workspace in sorted(workspaces):
        for name in sorted(set(names) - view.known(workspace, kind)):
            yield Finding(
                check=check,
                refs=(),
                message=f"{name} is not visible in {workspace}: whether {many} lack it is unknown",
                severity=Severity.INFO,
                discriminator=f"{workspace}/{name}",
            )


def workspaces_of(view: View) -> set[str]:
    """The accounts whose deals move through pipelines."""
    return {pipeline.workspace for pipeline in view.pipelines("deal")}

"""HubSpot's associations: which are pulled for a kind, how they are read, and the type id behind a label."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from connectors.errors import Garbled, UsageError
from connectors.hubspot.portal import Portal, after, chunks
from connectors.hubspot.version import ASSOCIATIONS
from connectors.records import Link

READ_TIES = 1000
PULLED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "contact": ("company",),
        "lead": ("contact", "company"),
        "deal": ("company", "contact"),
        "task": ("company", "contact", "deal"),
    }
)

KNOWN: Mapping[tuple[str, str, str], int] = MappingProxyType(
    {
        **{("contact", "company", ""): 279, ("contact", "company", "primary"): 1},
        **{("company", "contact", ""): 280, ("company", "contact", "primary"): 2},
        **{("deal", "company", ""): 341, ("deal", "company", "primary"): 5},
        **{("company", "deal", ""): 342, ("company", "deal", "primary"): 6},
        **{("deal", "contact", ""): 3, ("contact", "deal", ""): 4},
    }
)
"""HubSpot's own types; they differ by direction. Any other label is looked up in the account."""

Ties = dict[str, list[Link]]


def ties(portal: Portal, kind: str, ids: Sequence[str], to: str) -> Ties:
    """The links of each id to records of the kind `to`, however many pages of them there are.

    HubSpot answers each id either in `results` or by an error that none were found. An id that it passes over in
    silence is asked for once more, since "no answer" must not be taken for "no ties".
    """
    found: Ties = {key: [] for key in ids}
    silent = list(found)
    for _ in range(2):
        spoken = _read(portal, kind, to, found, [{"id": key} for key in silent])
        silent = [key for key in silent if key not in spoken]
    if silent:
        raise Garbled(f"HubSpot did not say which {to} records are tied to {len(silent)} of {len(ids)} {kind} records")
    return found


def _read(portal: Portal, kind: str, to: str, found: Ties, waiting: list[dict[str, str]]) -> set[str]:
    """Follow every page and add to `found`; the ids that the answers spoke of."""
    path = f"{ASSOCIATIONS}/{portal.type(kind)}/{portal.type(to)}/batch/read"
    asked: set[tuple[str, str]] = set()
    spoken: set[str] = set()
    while waiting:
        more: list[dict[str, str]] = []
        for inputs in chunks(waiting, READ_TIES):
            answer = portal.post(path, {"inputs": inputs})
            for row in answer["results"]:
                key = str((row.get("from") or {}).get("id"))
                found.get(key, []).extend(_links(portal, to, row))
                more += [{"id": key, "after": cursor}] if (cursor := after(row)) else []
                spoken.add(key)
            spoken.update(_without(answer.get("errors") or ()))
        _advance(asked, more)
        waiting = more
    return spoken


def _advance(asked: set[tuple[str, str]], more: list[dict[str, str]]) -> None:
    for item in more:
        step = (item["id"], item["after"])
        if step in asked:
            raise Garbled("the paging of associations does not move on")
        asked.add(step)


def _links(portal: Portal, to: str, row: Mapping[str, Any]) -> Iterable[Link]:
    """One link for each label that a pair of records bears, a blank one for the unlabelled tie."""
    for target in row.get("to") or ():
        labels = {str(item.get("label") or "") for item in target.get("associationTypes") or ()}
        for label in sorted(labels or {""}):
            yield Link(portal.ref(to, target["toObjectId"]), label)


def _without(errors: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    """The ids of which an error says that they have no ties, or are no longer there."""
    for error in errors:
        context = error.get("context") or {}
        if error.get("category") == "OBJECT_NOT_FOUND":
            for name in ("fromObjectId", "id", "ids"):
                yield from map(str, context.get(name) or ())


class Labels:
    """The association type of a label, known or looked up once for each pair of kinds."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self._seen: dict[tuple[str, str], dict[str, tuple[str, int]]] = {}

    def type(self, kind: str, to: str, label: str) -> dict[str, Any]:
        """HubSpot's name for the type; `UsageError` where the account has no such label."""
        plain = label.strip().lower()
        known = KNOWN.get((kind, to, "primary" if plain == "primary company" else plain))
        found = ("HUBSPOT_DEFINED", known) if known else self._looked_up(kind, to).get(plain)
        if found is None:
            raise UsageError(f"HubSpot knows no association {label!r} from {kind} to {to}")
        category, number = found
        return {"associationCategory": category, "associationTypeId": number}

    def _looked_up(self, kind: str, to: str) -> dict[str, tuple[str, int]]:
        if (kind, to) not in self._seen:
            path = f"{ASSOCIATIONS}/{self.portal.type(kind)}/{self.portal.type(to)}/labels"
            rows = self.portal.get(path, (), "results")["results"]
            self._seen[kind, to] = {
                str(row.get("label") or "").strip().lower(): (str(row["category"]), int(row["typeId"]))
                for row in sorted(rows, key=lambda row: -int(row["typeId"]))
            }
        return self._seen[kind, to]

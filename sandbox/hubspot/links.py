"""Associations between HubSpot records: types, labels, both directions, and what is counted from them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sandbox.hubspot import events
from sandbox.hubspot.association_types import ASSOCIATIONS, LABELS
from sandbox.hubspot.writing import Writer
from sandbox.store import Store

Link = tuple[str, str, str, str, int]  # from kind, from id, to kind, to id, type id
PRIMARY_LABELS = {
    1: "Primary",
    2: "Primary",
    5: "Primary",
    6: "Primary",
    26: "Primary",
    25: "Primary",
    578: "Primary",
    579: "Primary",
}


@dataclass(frozen=True, slots=True)
class LinkType:
    """One association type of one direction; `inverse` is the id of the other direction."""

    type_id: int
    label: str | None
    inverse: int
    category: str = "HUBSPOT_DEFINED"


def types(store: Store, from_kind: str, to_kind: str) -> list[LinkType]:
    """Every type that may join two kinds in this direction, labelled ones first."""
    added = store.setting("hubspot", "labels", [])
    own = [
        LinkType(item["typeId"], item["label"], item["inverse"], "USER_DEFINED")
        for item in added
        if (item["from"], item["to"]) == (from_kind, to_kind)
    ]
    return [*_defined(from_kind, to_kind), *own]


@cache
def _defined(from_kind: str, to_kind: str) -> tuple[LinkType, ...]:
    """The types that HubSpot itself defines; every row of an association read asks for them."""
    plain = _standard(from_kind, to_kind)
    if plain is None:
        return ()
    back = _standard(to_kind, from_kind)
    found = [LinkType(plain, None, back if back is not None else plain)]
    primaries = {(a, b): primary for a, b, _, primary in ASSOCIATIONS}
    primary, inverse = primaries.get((from_kind, to_kind)), primaries.get((to_kind, from_kind))
    if primary is not None:
        found.insert(0, LinkType(primary, "Primary", inverse if inverse is not None else found[-1].inverse))
    fixed = [LinkType(number, label, other) for a, b, number, label, other in LABELS if (a, b) == (from_kind, to_kind)]
    return (*found, *fixed)


def unlabelled(store: Store, from_kind: str, to_kind: str) -> LinkType | None:
    """The default type of a direction, or None where the kinds cannot be joined."""
    return next((item for item in types(store, from_kind, to_kind) if item.label is None), None)


def _standard(from_kind: str, to_kind: str) -> int | None:
    return next((plain for a, b, plain, _ in ASSOCIATIONS if (a, b) == (from_kind, to_kind)), None)


def label_of(store: Store, from_kind: str, to_kind: str, type_id: int) -> dict[str, Any]:
    """A type as association reads show it; the unlabelled one has a null label."""
    found = next((item for item in types(store, from_kind, to_kind) if item.type_id == type_id), None)
    category = found.category if found else "HUBSPOT_DEFINED"
    return {"category": category, "typeId": type_id, "label": found.label if found else None}


class Joiner:
    """Adds and removes associations, both directions at once, at one moment."""

    def __init__(self, writer: Writer) -> None:
        self.writer, self.store = writer, writer.store

    def add(self, from_kind: str, from_id: str, to_kind: str, to_id: str, type_ids: Iterable[int]) -> None:
        """Add these types to a pair; the unlabelled one comes with them, a primary takes the place of another."""
        every = types(self.store, from_kind, to_kind)
        plain = next(item.type_id for item in every if item.label is None)
        wanted = {plain, *type_ids}
        new: list[Link] = []
        for item in every:
            if item.type_id in wanted:
                if item.label == "Primary":
                    self._dethrone(from_kind, from_id, to_kind, to_id, item)
                new += both(from_kind, from_id, to_kind, to_id, item)
        have = {(to_id, number) for _, to_id, number in self.store.links("hubspot", from_kind, from_id, to_kind)}
        added = [item for item in every if item.type_id in wanted and (to_id, item.type_id) not in have]
        if not added:
            return
        self.store.link("hubspot", new)
        self._note("link", (from_kind, from_id, to_kind, to_id), sorted(wanted))
        events.joined(self.writer, (from_kind, from_id, to_kind, to_id), added, removed=False)

    def replace(self, from_kind: str, from_id: str, to_kind: str, to_id: str, type_ids: Iterable[int]) -> None:
        """Make these the labels of a pair; others it has are removed."""
        wanted = set(type_ids)
        every = types(self.store, from_kind, to_kind)
        surplus = [item for item in every if item.label is not None and item.type_id not in wanted]
        self._remove(from_kind, from_id, to_kind, to_id, surplus)
        self.add(from_kind, from_id, to_kind, to_id, wanted)

    def remove(self, from_kind: str, from_id: str, to_kind: str, to_id: str, type_ids: Iterable[int] = ()) -> None:
        """Remove these types from a pair; the unlabelled one, or none named, means all of them."""
        every = types(self.store, from_kind, to_kind)
        wanted = set(type_ids)
        plain = {item.type_id for item in every if item.label is None}
        doomed = every if not wanted or wanted & plain else [item for item in every if item.type_id in wanted]
        if self._remove(from_kind, from_id, to_kind, to_id, doomed):
            self._note("unlink", (from_kind, from_id, to_kind, to_id), sorted(item.type_id for item in doomed))

    def _remove(self, from_kind: str, from_id: str, to_kind: str, to_id: str, doomed: Iterable[LinkType]) -> bool:
        have = {
            number for _, other, number in self.store.links("hubspot", from_kind, from_id, to_kind) if other == to_id
        }
        there = [item for item in doomed if item.type_id in have]
        for item in there:
            self.store.unlink("hubspot", both(from_kind, from_id, to_kind, to_id, item))
        events.joined(self.writer, (from_kind, from_id, to_kind, to_id), there, removed=True)
        return bool(there)

    def _dethrone(self, from_kind: str, from_id: str, to_kind: str, to_id: str, item: LinkType) -> None:
        """A contact or deal has one primary company: seen from either side, it is the company that is primary."""
        child, mine = (from_kind, True) if to_kind == "company" else (to_kind, False)
        if child == "company":
            return
        side, side_id, other, number = (
            (from_kind, from_id, to_kind, item.type_id) if mine else (to_kind, to_id, from_kind, item.inverse)
        )
        for _, linked, type_id in self.store.links("hubspot", side, side_id, other):
            if type_id == number and linked != (to_id if mine else from_id):
                inverse = item.inverse if mine else item.type_id
                self.store.unlink(
                    "hubspot", [(side, side_id, other, linked, number), (other, linked, side, side_id, inverse)]
                )

    def _note(self, verb: str, ends: tuple[str, str, str, str], type_ids: list[int]) -> None:
        from_kind, from_id, to_kind, to_id = ends
        detail = {"to_kind": to_kind, "to_id": to_id, "types": type_ids}
        self.store.note(self.writer.now, "hubspot", verb, from_kind, from_id, detail)
        recount(self.writer, from_kind, from_id)
        recount(self.writer, to_kind, to_id)


def both(from_kind: str, from_id: str, to_kind: str, to_id: str, item: LinkType) -> list[Link]:
    """A link and its other direction."""
    return [(from_kind, from_id, to_kind, to_id, item.type_id), (to_kind, to_id, from_kind, from_id, item.inverse)]


COUNTED = {
    "company": (("contact", "num_associated_contacts"), ("deal", "num_associated_deals")),
    "contact": (("deal", "num_associated_deals"),),
    "deal": (("contact", "num_associated_contacts"),),
}


def recount(writer: Writer, kind: str, record_id: str) -> None:
    """Bring the calculated properties that count links up to date; that moves the record's modification time."""
    row = writer.store.get("hubspot", kind, record_id)
    if row is None or kind not in COUNTED:
        return
    found: dict[str, str] = {}
    for other, name in COUNTED[kind]:
        number = len({linked for _, linked, _ in writer.store.links("hubspot", kind, record_id, other)})
        found[name] = str(number)
    if kind == "contact":
        primary = [
            linked for _, linked, number in writer.store.links("hubspot", kind, record_id, "company") if number == 1
        ]
        found["associatedcompanyid"] = primary[0] if primary else ""
    changed = {
        name: value
        for name, value in found.items()
        if value != (row.fields.get(name) or "0" * (name != "associatedcompanyid"))
    }
    if changed:
        writer.apply(row, changed)

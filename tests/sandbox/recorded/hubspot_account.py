"""A HubSpot account put into the state that a recording presumes: records, links and owners over its definitions."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.hubspot import links
from sandbox.hubspot.object_types import ObjectType
from sandbox.hubspot.times import parse
from sandbox.store import Row
from tests.sandbox.recorded.hubspot_model import Model

BORN_MS = 1_600_000_000_000
OWNERS = ("hubspot_owner_id",)


class Account(Model):
    """Loads what must have been there; it writes rows and definitions, never through the API that is compared."""

    def hold(self, item: ObjectType, shown: Mapping[str, Any], **more: Any) -> Row:
        """The record is there as the API shows it (id, properties, createdAt, updatedAt, archived)."""
        properties = {**(shown.get("properties") or {}), **more}
        for name, value in properties.items():
            self.define(item, name, value)
        own = {item.created, item.modified, "hs_object_id"}
        fields = {name: str(value) for name, value in properties.items() if value is not None and name not in own}
        created = _moment(shown.get("createdAt") or properties.get(item.created), BORN_MS)
        modified = _moment(shown.get("updatedAt") or properties.get(item.modified), created)
        archived = shown.get("archived") is True
        row = Row("hubspot", item.kind, str(shown["id"]), 0, created, modified, 0, archived, None, fields)
        self._insert(row)
        return row

    def _insert(self, row: Row) -> None:
        """Ids ascend with seq, as in an account that numbered them itself."""
        row.seq = int(row.id) if row.id.isdigit() else 0
        self.store.put(row)

    def accepts(self, item: ObjectType, name: str, value: object) -> None:
        """A write of this value is taken: its option, stage or owner is there."""
        super().accepts(item, name, value)
        if name in OWNERS and value not in ("", None):
            self.owner({"id": str(value), "email": f"owner{value}@example.com"})

    def exists(self, item: ObjectType, record_id: str) -> None:
        """A record of this id is there; one that is already held stays as it is."""
        if record_id.isdigit() and self.store.get("hubspot", item.kind, record_id) is None:
            self.hold(item, {"id": record_id, "properties": {}})

    def merged(self, item: ObjectType, old: str, new: str) -> None:
        """An old id leads to the record that it was merged into."""
        self._insert(Row("hubspot", item.kind, old, 0, BORN_MS, BORN_MS, 0, False, new, {}))

    # links

    def join(
        self, one: tuple[ObjectType, str], other: tuple[ObjectType, str], types: Iterable[Mapping[str, Any]]
    ) -> None:
        """Two records are associated by these types ({category, typeId, label} each), in both directions."""
        (item, from_id), (to, to_id) = one, other
        self.exists(item, from_id)
        self.exists(to, to_id)
        for shown in types:
            number = int(shown["typeId"])
            self.label(item, to, shown)
            known = {kind.type_id: kind.inverse for kind in links.types(self.store, item.kind, to.kind)}
            back = (to.kind, to_id, item.kind, from_id, known.get(number, number))
            self.store.link("hubspot", [(item.kind, from_id, to.kind, to_id, number), back])

    def label(self, item: ObjectType, to: ObjectType, shown: Mapping[str, Any]) -> None:
        """A label that a user made is there."""
        if shown.get("category") != "USER_DEFINED":
            return
        number, added = int(shown["typeId"]), self.store.setting("hubspot", "labels", [])
        if all(entry["typeId"] != number for entry in added):
            ends = {"from": item.kind, "to": to.kind}
            fresh = {"typeId": number, "label": shown.get("label"), "inverse": number + 1, **ends}
            back = {
                "typeId": number + 1,
                "label": shown.get("label"),
                "inverse": number,
                "from": to.kind,
                "to": item.kind,
            }
            self.switch("labels", [*added, fresh, back])

    def type_named(self, item: ObjectType, to: ObjectType, name: str) -> dict[str, Any]:
        """The type that v3 calls by this name: labels in snake case, else the plain one."""
        every = links.types(self.store, item.kind, to.kind)
        for kind in every:
            if kind.label and kind.label.lower().replace(" ", "_") == name:
                return {"category": kind.category, "typeId": kind.type_id, "label": kind.label}
        if not name.startswith(f"{item.kind}_to_{to.kind}"):
            return {"category": "USER_DEFINED", "typeId": 901, "label": name.replace("_", " ")}
        primary = not name.endswith("_unlabeled") and any(kind.label == "Primary" for kind in every)
        wanted = "Primary" if primary else None
        number = next((kind.type_id for kind in every if kind.label == wanted), 0)
        return {"category": "HUBSPOT_DEFINED", "typeId": number, "label": wanted}

    # owners

    def owner(self, shown: Mapping[str, Any]) -> None:
        """An owner is there as the API shows it."""
        user = shown.get("userIdIncludingInactive") or shown.get("userId") or shown["id"]
        names = ("email", "type", "firstName", "lastName", "teams")
        fields = {"userId": str(user), **{name: shown[name] for name in names if name in shown}}
        created = _moment(shown.get("createdAt"), BORN_MS)
        modified = _moment(shown.get("updatedAt"), created)
        archived = shown.get("archived") is True
        self._insert(Row("hubspot", "owner", str(shown["id"]), 0, created, modified, 0, archived, None, fields))


def _moment(text: object, default: int) -> int:
    found = parse(str(text)) if text else None
    return default if found is None else found

"""The names that the v3 endpoints give association types."""

from sandbox.hubspot import association_definitions, kinds, links
from sandbox.hubspot.links import LinkType
from sandbox.store import Store


def name_of(store: Store, from_kind: str, to_kind: str, type_id: int) -> str:
    """contact_to_company for the primary, ..._unlabeled for the plain one where both exist, else the label's name."""
    every = links.types(store, from_kind, to_kind)
    found = next((item for item in every if item.type_id == type_id), None)
    return _name(store, (from_kind, to_kind), found, any(item.label == "Primary" for item in every))


def _name(store: Store, ends: tuple[str, str], item: LinkType | None, primary: bool) -> str:
    if item is not None and item.category == "USER_DEFINED":
        return _own(store, ends, item.type_id)
    plain = "_to_".join(kinds.of_kind(store, kind).name for kind in ends)
    if item is None or item.label is None:
        return f"{plain}_unlabeled" if primary else plain
    return plain if item.label == "Primary" else item.label.lower().replace(" ", "_")


def _own(store: Store, ends: tuple[str, str], type_id: int) -> str:
    """The name that the account gave; both directions share it."""
    every = association_definitions.every(store)
    return next(
        str(item.get("name") or item["label"])
        for item in every
        if item["typeId"] == type_id and (item["from"], item["to"]) == ends
    )


def named(store: Store, from_kind: str, to_kind: str) -> dict[str, LinkType]:
    """The types of a direction by name and by number."""
    every = links.types(store, from_kind, to_kind)
    names = {name_of(store, from_kind, to_kind, item.type_id): item for item in every}
    return {**{str(item.type_id): item for item in every}, **names}
